"""Days on which France does not work."""

from __future__ import annotations

from datetime import date, timedelta


def french_holidays(year: int) -> frozenset[date]:
    """Return the eleven national holidays of a year.

    Source:
        Code du travail, article L3133-1. Alsace-Moselle has two more.
    """
    easter = easter_sunday(year)
    fixed = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
    # Easter Monday, Ascension Day, Whit Monday.
    moving = (1, 39, 50)
    return frozenset(
        [date(year, month, day) for month, day in fixed]
        + [easter + timedelta(days=days) for days in moving]
    )


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of a year in the Gregorian calendar, from 1583.

    Source:
        J. Meeus, Astronomical Algorithms, 2nd ed., Willmann-Bell 1998, chapter 8;
        the letters are his.
    """
    a = year % 19
    b, c = divmod(year, 100)
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    l = (32 + 2 * e + 2 * i - h - k) % 7  # noqa: E741  Meeus's letter
    m = (a + 11 * h + 22 * l) // 451
    n, p = divmod(h + l - 7 * m + 114, 31)
    return date(year, n, p + 1)
