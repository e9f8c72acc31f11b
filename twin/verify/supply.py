"""What a station waits for besides parts: stock, people, tools, transporters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from twin.verify.markov import solve_chain
from twin.verify.queues import Queue, check_load, md1


class _Stock(NamedTuple):
    stock: int
    orders: int
    waiting: int


@dataclass(frozen=True, slots=True)
class Store:
    """A reordered stock in the long run.

    Attributes:
        wait_mean_s: Of a demand until it has its piece.
        waiting_mean: Demands that wait.
        waiting_share: Share of time in which at least one does.
        stock_mean: Pieces in stock.
    """

    wait_mean_s: float
    waiting_mean: float
    waiting_share: float
    stock_mean: float


def reordered_store(
    demand_per_s: float, at: int, quantity: int, lead_time_mean_s: float
) -> Store:
    """Return an (s, Q) stock from which each of a Poisson stream takes a piece.

    Whenever stock plus what is on order falls to ``at``, ``quantity`` is ordered;
    orders come after independent exponential times and may pass each other. A
    demand without a piece waits its turn; the store knows nothing of it until it
    takes its piece. The chain is cut off at 400 waiting demands.

    Args:
        demand_per_s: Pieces taken a second, Poisson.
        at: s, at least 0; the start is s + Q in stock.
        quantity: Q, at least 1.
        lead_time_mean_s: From order to delivery.

    Raises:
        ValueError: If deliveries cannot keep up.

    Source:
        Hadley, Whitin (1963), Analysis of Inventory Systems, chapter 4 (model),
        with demands seen on delivery; solved as a Markov chain.
    """
    # Out of stock, only what is on order counts: the most orders under way.
    most_orders = at // quantity + 1
    check_load(demand_per_s * lead_time_mean_s / (most_orders * quantity))

    def settled(stock: int, orders: int, waiting: int) -> _Stock:
        while stock and waiting:
            stock, waiting = stock - 1, waiting - 1
            if stock + orders * quantity <= at:
                orders += 1
        return _Stock(stock, orders, waiting)

    def moves(state: _Stock) -> Iterator[tuple[_Stock, float]]:
        stock, orders, waiting = state
        if waiting < 400:
            yield settled(stock, orders, waiting + 1), demand_per_s
        if orders:
            arrived = settled(stock + quantity, orders - 1, waiting)
            yield arrived, orders / lead_time_mean_s

    chain = solve_chain(_Stock(at + quantity, 0, 0), moves)
    waiting_mean = chain.mean(lambda state: float(state.waiting))
    return Store(
        wait_mean_s=waiting_mean / demand_per_s,
        waiting_mean=waiting_mean,
        waiting_share=chain.mean(lambda state: float(state.waiting > 0)),
        stock_mean=chain.mean(lambda state: float(state.stock)),
    )


def shared_specialist(
    common_mean_s: float, special_mean_s: float
) -> tuple[float, float]:
    """Return what two people make at three stations that never lack parts.

    Two stations need the common skill, which both people have; the third needs a
    special one, which one of them has. Who asked first is served first; who can
    help nobody asked before goes on to who asked after. Times are exponential.

    Then the specialist does a common and a special job in turn, and the other
    common jobs only: a Markov chain of two states.

    Args:
        common_mean_s: Of a job at either of the two common stations.
        special_mean_s: Of a job at the third.

    Returns:
        Jobs a second at both common stations together, and at the special one.

    Source:
        Derived here; alternating renewal process, Ross (2014), Introduction to
        Probability Models, section 7.5.
    """
    cycle_s = common_mean_s + special_mean_s
    return 1.0 / common_mean_s + 1.0 / cycle_s, 1.0 / cycle_s


def loop_throughput_per_s(
    vehicles: int, distance_m: float, speed_mps: float, load_s: float, unload_s: float
) -> float:
    """Return the trips a second of vehicles that always have something to carry.

    They carry one part from A to B and come back empty; nobody is in the way.

    Args:
        vehicles: How many.
        distance_m: From A to B along the aisles, and as far back.
        speed_mps: Loaded and empty.
        load_s: Constant.
        unload_s: Constant.

    Source:
        Constant cycle; Tompkins et al. (2010), Facilities Planning, section 5.
    """
    return vehicles / (2.0 * distance_m / speed_mps + load_s + unload_s)


def shuttle(
    arrival_per_s: float,
    distance_m: float,
    speed_mps: float,
    load_s: float,
    unload_s: float,
) -> Queue:
    """Return one vehicle that brings parts of a Poisson stream from A to B.

    It stays at B until it is called, so every trip takes both ways: M/D/1, whose
    service is the whole of driving empty, loading, driving and unloading.

    Source:
        Pollaczek-Khinchine; Gross et al. (2008), section 5.1.
    """
    return md1(arrival_per_s, 2.0 * distance_m / speed_mps + load_s + unload_s)


def belt(
    arrival_per_s: float, length_m: float, speed_mps: float, pitch_m: float
) -> Queue:
    """Return a conveyor onto which parts of a Poisson stream go one pitch apart.

    Its entry is M/D/1 with pitch over speed; then each part rides for length over
    speed, whatever the others do: M/D/infinity.

    Returns:
        Waiting is before the entry; service is the ride; servers are the places.

    Source:
        Gross et al. (2008), sections 5.1 (M/D/1) and 2.7 (infinitely many servers).
    """
    entry = md1(arrival_per_s, pitch_m / speed_mps)
    places = round(length_m / pitch_m)
    return Queue(arrival_per_s, entry.wait_mean_s, length_m / speed_mps, places)
