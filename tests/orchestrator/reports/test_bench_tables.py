"""Tests of how an offline comparison is shown."""

import io
from pathlib import Path

from orchestrator.bench.study import study
from orchestrator.mechanisms import mechanism_from
from orchestrator.reports.bench_tables import NAMES, bench_sheet, print_bench
from orchestrator.reports.tables import console
from protocols.mechanism import Mechanism
from tests.orchestrator.bench.tables import parts


def _rules(value: float) -> tuple[Mechanism, Mechanism | None]:
    del value
    return mechanism_from({"name": "contingent-vcg", "stake": "0"})[1], None


def test_every_way_has_a_name_and_a_mark(tmp_path: Path) -> None:
    """Worse and better than the market are marked where two standard errors say so."""
    found = study(*parts(tmp_path), [6.0], _rules)
    assert {row.name for row in found.rows[6.0]} <= NAMES.keys()
    out = io.StringIO()
    print_bench(console(out), found, "USD", details=True)
    lines = out.getvalue().splitlines()
    loud = next(line for line in lines if "highest stated confidence" in line)
    assert loud.rstrip().endswith("-")
    assert max(map(len, lines)) <= 100


def test_the_sheet_has_a_table_for_each_value(tmp_path: Path) -> None:
    """Two figures, the two overviews, and the details of every value."""
    found = study(*parts(tmp_path), [3.0, 6.0], _rules)
    sheet = bench_sheet(found, "t.csv", "EUR")
    assert len(sheet.tables) == 4
    assert all(figure.svg.startswith("<svg") for figure in sheet.figures)
    assert "EUR" in sheet.tables[2].title
