"""The bench of loose bodies tells what it measured; how fast is no test's concern."""

from __future__ import annotations

import pytest

from twin.bench.bodies import bodies


@pytest.mark.slow
def test_the_table_has_a_row_for_each_size() -> None:
    told = bodies(quick=True)
    assert [row["bodies"] for row in told["sizes"]] == [10, 25, 50, 100, 200, 400]
    for row in told["sizes"]:
        least, most = row["us_per_step_and_body_spread"]
        assert 0.0 < least <= row["us_per_step_and_body"] <= most
        assert row["us_per_step"] > 0.0
    assert told["sizes"][0]["times_first"] == 1.0
    assert told["steps"] == 150
