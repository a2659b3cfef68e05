"""``truthbid replay --mechanism`` and ``truthbid compare``, as a shell sees them."""

from pathlib import Path

import pytest

from tests.orchestrator.command import CONFIGS, Said, truthbid

DRAWN = """\
name: drawn
seed: 3
mechanism: {name: sortition, price: 0.02}
market: {attempts: 1, batch: 10}
generate: {count: 60, kinds: {a: 1, b: 1}, value: 0.05}
workers:
  - {type: simulated, id: ada, skill: {a: 0.9, b: 0.4}, cost: 0.004, cost_spread: 0.5}
  - {type: simulated, id: bob, skill: {a: 0.5, b: 0.8}, cost: 0.005, cost_spread: 0.5}
  - {type: simulated, id: cy, skill: 0.6, cost: 0.002, cost_spread: 0.5}
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of the quickstart."""
    path = tmp_path_factory.mktemp("quickstart") / "run.db"
    truthbid("run", CONFIGS / "quickstart.yaml", "--journal", path, "--quiet")
    return path


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the journal of a run that draws by lot."""
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "w.yaml").write_text(DRAWN, encoding="utf-8")
    truthbid("run", folder / "w.yaml", "--journal", folder / "run.db", "--quiet")
    return folder / "run.db"


def test_a_table_beside_the_run(run: Path) -> None:
    """Every mechanism has a row under that of the run, and the differences have errors."""
    said = truthbid("replay", run, "--mechanism", "first-price", "--mechanism", "contingent-vcg")
    assert said.code == 0
    rows = [line.split() for line in said.out.splitlines()]
    assert [
        "the",
        "run,",
        "as",
        "it",
        "was",
        "49",
        "49",
        "2.45",
        "0.1399",
        "0.3386",
        "2.11",
    ] in rows
    assert [
        "contingent-vcg",
        "+0.0",
        "±",
        "0.0",
        "0.000",
        "±",
        "0.000",
        "0.000",
        "±",
        "0.000",
    ] in rows
    assert "the bids are those of the run" in " ".join(said.out.split()).lower()


def test_unknown_is_a_word(run: Path) -> None:
    """From the journal alone part of another path is unknown, and the reason is told."""
    said = truthbid("replay", run, "--mechanism", "first-price", "--journal-only")
    assert "unknown" in said.out
    assert "nothing was drawn by lot (propensity 1)" in said.out
    data = truthbid("replay", run, "--mechanism", "vickrey", "--journal-only", "--json").data()
    (row,) = data["mechanisms"]
    assert row["totals"] is None
    assert sum(row["unknown"].values()) + row["known"] == data["tasks"] == 49


def test_estimates_are_shown_three_ways(drawn: Path) -> None:
    """From draws the doubly robust estimate leads; the truth is within three of its errors."""
    asked = ("replay", drawn, "--mechanism", "first-price")
    said = truthbid(*asked, "--journal-only")
    assert "by IPS" in said.out
    assert "by SNIPS" in said.out
    (guess,) = truthbid(*asked, "--journal-only", "--json").data()["mechanisms"]
    (truth,) = truthbid(*asked, "--json").data()["mechanisms"]
    assert (guess["estimated"], truth["known"]) == (60, 60)
    found = guess["compared"]["doubly-robust"]["surplus"]
    assert abs(found["total"] - truth["totals"]["surplus"]) < 3 * found["error"]


def test_the_own_mechanism_with_other_settings(run: Path) -> None:
    """Without a mechanism it is that of the run, with less cash or another forecast."""
    said = truthbid("replay", run, "--budget", "0.05", "--calibration", "recalibrated", "--json")
    (row,) = said.data()["mechanisms"]
    assert row["mechanism"] == "contingent-vcg, recalibrated"
    assert row["totals"]["cost"] <= 0.05
    assert said.data()["budget"] == "0.05"
    free = truthbid("replay", run, "--budget", "none", "--json").data()
    assert free["budget"] is None


def test_settings_and_rules_of_others(run: Path) -> None:
    """A mechanism may come with settings; rules that are in use elsewhere have names too."""
    stake = "{name: contingent-vcg, stake: 0.05}"
    said = truthbid(
        "replay", run, "--mechanism", stake, "--mechanism", "highest-confidence", "--json"
    )
    assert [row["mechanism"] for row in said.data()["mechanisms"]] == [stake, "highest-confidence"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--mechanism", "vickry"), "did you mean 'vickrey'?"),
        (("--mechanism", "{stake: 1}"), "expected a name or {name: ..., setting: ...}"),
        (("--mechanism", "{name: vcg"), "--mechanism"),
        (("--mechanism", "{name: optimal}"), "sample"),
        (("--budget", "much"), "'much' is not an amount of money"),
        (("--budget", "-1"), "at least 0"),
        (("--mechanism", "vcg", "--calibration", "raw"), "no forecast"),
    ],
)
def test_what_is_wrong_is_one_line(run: Path, options: tuple[str, ...], words: str) -> None:
    """A wrong option is bad input, named with what was expected."""
    said = truthbid("replay", run, *options)
    assert (said.code, said.out) == (2, "")
    assert words in said.err
    assert said.err.count("\n") == 1


def test_a_plain_replay_is_what_it_was(run: Path) -> None:
    """Without those options the verb proves the journal."""
    assert truthbid("replay", run).out.startswith("identical: ")


# Compare --------------------------------------------------------------------------------------


def compare(run: Path, folder: Path, *options: object) -> Said:
    """Compare the quickstart with another run of it."""
    other = folder / "other.db"
    if not other.exists():
        changes = ("--set", "mechanism=first-price", "--journal", other, "--quiet")
        truthbid("run", CONFIGS / "quickstart.yaml", *changes)
    return truthbid("compare", run, other, *options)


def test_two_runs(run: Path, tmp_path: Path) -> None:
    """The same 49 tasks are paired; first price pays less in most, which surely counts."""
    said = compare(run, tmp_path)
    assert said.code == 0
    assert "49 tasks of both" in said.out
    assert "mechanism.name" in said.out
    data = compare(run, tmp_path, "--json").data()
    assert (data["paired"], data["same_tasks"]["paid"]["sign"]) == (49, -1)
    assert data["same_tasks"]["paid"]["less"] == 45


def test_two_runs_with_other_tasks(run: Path, drawn: Path) -> None:
    """Nothing is paired; the difference is told with a warning."""
    said = truthbid("compare", run, drawn)
    assert "no task in common" in said.out
    assert "49 and 60 other tasks" in said.out
    assert "part of the difference may be theirs" in said.out


def test_two_currencies(run: Path, tmp_path: Path) -> None:
    """Amounts of two currencies are not compared."""
    other = tmp_path / "eur.db"
    changes = ("--set", "currency=EUR", "--journal", other, "--quiet")
    truthbid("run", CONFIGS / "quickstart.yaml", *changes)
    said = truthbid("compare", run, other)
    assert said.code == 2
    assert "is in EUR" in said.err


@pytest.mark.parametrize(
    ("mechanism", "why"),
    [
        ("{name: dutch, rounds: true}", "prices that were accepted and not costs"),
        ("{name: joint-value, combine: any}", "each task counts alone"),
    ],
)
def test_what_nobody_can_know_is_said_in_one_line(mechanism: str, why: str, tmp_path: Path) -> None:
    """Accepted prices are no costs, and a joint value is not that of tasks; its own rule replays."""
    journal = tmp_path / "run.db"
    rule = f"mechanism={mechanism}"
    truthbid("run", CONFIGS / "quickstart.yaml", "--set", rule, "--journal", journal, "--quiet")
    said = truthbid("replay", journal, "--mechanism", "vcg")
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert why in said.err
    assert truthbid("replay", journal, "--budget", "none").code == 0
    assert truthbid("replay", journal).code == 0
