"""Tests of how a sweep is shown."""

import io
from dataclasses import replace

from orchestrator.reports.sweep_tables import print_sweep, sweep_sheet
from orchestrator.reports.tables import console
from orchestrator.sweep.result import Arm

FIRST = Arm("vcg", {}, 3, 30, 0.9, 0.1, 0.2, 0.2, 0.5, 0, None, None, None, "")
OTHER = replace(FIRST, name="<vickrey>", difference=-0.02, low=-0.03, high=-0.01, over="seeds")


def test_the_first_row_is_what_the_others_differ_from() -> None:
    """It has no difference; the others have one with half of their interval."""
    out = io.StringIO()
    print_sweep(console(out), [FIRST, OTHER], "EUR")
    first, other = (line for line in out.getvalue().splitlines() if "90.0 %" in line)
    assert first.split()[-1] == "-"
    assert other.split()[-2:] == ["-0.02", "0.01"]
    assert "In EUR." in out.getvalue()


def test_the_sheet_shows_differences_and_costs() -> None:
    """Names are escaped, and both figures have all settings."""
    sheet = sweep_sheet([FIRST, OTHER], "night", "EUR")
    assert len(sheet.figures) == 2
    assert "&lt;vickrey&gt;" in sheet.figures[0].svg
    assert "<vickrey>" not in sheet.figures[1].svg
