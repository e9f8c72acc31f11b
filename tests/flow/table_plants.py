"""Plants that tests of tables write out and read in."""

from __future__ import annotations

PLANT = """\
# A plant with one of everything that tables hold.
name: plant
title: {en: Plant, fr: Usine}
start: 2026-01-05T06:00:00

calendars:
  # two shifts
  day:
    week:
      mon-thu: ["06:00-13:30", "14:00-21:30"]
      fri: ["06:00-12:00"]  # one shift
      sat: []
    breaks: ["09:00-09:15"]
    holidays: france
    closed: [{from: 2026-08-03, to: 2026-08-21}, {from: 2026-12-24, to: 2026-12-24}]
    open:
      - {date: 2026-08-15, hours: ["06:00-12:00", "13:00-15:00"]}
      - {date: 2026-11-02, hours: []}
  night:
    week: {mon-fri: ["22:00-06:00"]}
    holidays: [2026-05-01]
  once:
    week: {}
    open: [{date: 2026-01-10, hours: ["06:00-12:00"]}]

products:
  car: {label: {en: Car, fr: Voiture}}
  van: {label: {en: Van, fr: Fourgon}}
  truck: {label: {en: Truck, fr: Camion}}
  door: {label: {en: Door, fr: Porte}}

crews:
  fitters: {count: 3, skills: [fit, weld], calendar: day}
  helpers:
    count: 1  # on loan
    skills: [fit]

sources:
  gate:
    mix:
      car: {value: 0.7, source: "counted in 2025", confidence: A}
      van: 0.2
      truck: 0.1
    every: {law: exponential, mean: 10 min}
    next: constant
  side_door:
    product: van
    every: 1 h
    next: {among: [constant, bank], choose: shortest_queue}

stations:
  constant:
    time: 40 min  # as published
    time_by_product:
      van: {value: 1 h, source: "a, \\"b\\" | c", confidence: B}
      truck: {law: constant, value: 100 s, source: "timed", confidence: A}
    next: laws
    next_by_product:
      truck: {among: {laws: {value: 0.25, source: "guess", confidence: C}, out: 0.75}}
  laws:
    operations:
      a: {do: task, time: {law: exponential, mean: 0.1 h}}
      b: {do: task, time: {law: uniform, low: 1 min, high: 100 s}}
      c:
        do: task
        # measured twice
        time:
          law: triangular
          low: {value: 1 min, source: "first", confidence: A}
          mode: {value: 2 min, source: "second", confidence: B}
          high: 3 min
      d: {do: task, time: {law: normal, mean: 5 min, sd: 1 min, low: 2 min}}
      e: {do: task, time: {law: normal, mean: 5 min, sd: 1 min, high: 9 min}}
      f: {do: task, time: {law: lognormal, mean: 5 min, sd: 1 min}}
      g: {do: task, time: {law: gamma, mean: 5 min, sd: 1 min}}
      h: {do: task, time: {law: erlang, mean: 5 min, shape: 3}}
      i: {do: task, time: {law: weibull, shape: 1.5, scale: 5 min}}
      j: {do: task, time: {law: beta, low: 1 min, high: 5 min, alpha: 2, beta: 3.5}}
      k:
        do: task
        time:
          {law: hyperexponential, means: [1 min, 0.3 s], probabilities: [0.9, 0.1]}
        time_by_product:
          car: {law: discrete, values: [1 min, 2 min], probabilities: [0.5, 0.5]}
          van: {law: empirical, file: times.csv, column: minutes, unit: h}
      l:
        do: task
        time: 1 min
        people: {fit: 1}
        yields:
          door: {count: 2, to: {among: [bank, out], choose: first_with_room}}
    next: out

buffers:
  bank:
    next: out

sinks:
  out: {}
"""

STATION = """\
name: small
title: {en: Small, fr: Petit}
start: 2026-01-05T06:00:00
products: {car: {label: {en: Car, fr: Voiture}}}
sources: {gate: {product: car, every: 2 min, next: saw}}
stations:
  saw:
    time: 1 min
    next: out
sinks: {out: {}}
"""
