"""The verification page: what was expected, what came out, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from twin.verify.runner import Calibration
from twin.verify.verdict import FAMILY_LEVEL, WIDEST_SHARE, Verdict

_HEAD = """\
# Verification of the flow engine

`flins verify` runs every scenario below in the flow engine and compares one of its
results with a value that theory gives exactly: a closed form, or the stationary law of
a Markov chain solved without truncation error that would show. This page is written
by that command; do not edit it.

- **Expected** and **simulated** are SI: s, 1/s, parts, or shares of time.
- **Half-width** is Student's, over independent replications with the warm-up left out.
  All {n} intervals together hold at {family} % (Bonferroni: each at
  {each:.5f} %), so chance alone refuses a case once in a thousand such tables.
- **ok** means that theory lies inside the interval and that its half-width is at most
  {widest} % of the expected value, so that agreement means something.
- Where nothing is random the half-width is 0, and the simulated value may miss by the
  part that a window cuts in two.

"""

_CALIBRATION = """
## Calibration

A separate, slow run: for each case {seeds} fixed seeds, each giving one nominal 95 %
interval from a short run. Intervals that hold what theory says should be 95 of 100;
92 to 98 is accepted. Cases without randomness have no such interval.

"""


def verification_page(
    verdicts: Sequence[Verdict], calibrations: Sequence[Calibration] = ()
) -> str:
    """Return the page as Markdown.

    Args:
        verdicts: Of the whole table, at least one.
        calibrations: Of the slow run; its section is left out where empty.
    """
    lines = [
        "| case | what | measure | expected | simulated | half-width | ok | source |",
        "|---|---|---|---:|---:|---:|---|---|",
    ]
    lines += [_row(verdict) for verdict in verdicts]
    n_ok = sum(verdict.ok for verdict in verdicts)
    page = _HEAD.format(
        n=len(verdicts),
        family=f"{100.0 * FAMILY_LEVEL:g}",
        each=100.0 * verdicts[0].interval.level,
        widest=f"{100.0 * WIDEST_SHARE:g}",
    )
    page += "\n".join(lines) + f"\n\n{n_ok} of {len(verdicts)} cases are ok.\n"
    if calibrations:
        page += _CALIBRATION.format(seeds=f"{calibrations[0].n_seeds:,}")
        page += "| case | held | coverage | ok |\n|---|---:|---:|---|\n"
        page += "".join(
            f"| `{each.case.name}` | {each.n_held} | {100.0 * each.coverage:.1f} % | "
            f"{_yes(each.ok)} |\n"
            for each in calibrations
        )
    return page


def _row(verdict: Verdict) -> str:
    case, interval = verdict.case, verdict.interval
    share = 100.0 * interval.half_width / case.expected
    cells = (
        f"`{case.name}`",
        case.title,
        f"`{case.measure}`",
        f"{case.expected:.6g}",
        f"{interval.mean:.6g}",
        f"{share:.2f} %",
        _yes(verdict.ok),
        case.source,
    )
    # A bar would part cells.
    return "| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |"


def _yes(ok: bool) -> str:
    return "yes" if ok else "**no**"
