"""``truthbid sweep``, as a shell sees it."""

from pathlib import Path

import pytest

from tests.orchestrator.command import CONFIGS, WORKFLOW, truthbid, workflow

SHIPPED = CONFIGS / "sweep.yaml"


def test_the_shipped_sweep_compares_four_rules(tmp_path: Path) -> None:
    """Twelve runs make four rows; the rule that ignores chances is surely worse than the first."""
    page, drawing = tmp_path / "s.html", tmp_path / "s.svg"
    arguments = ["--out", tmp_path / "runs", "--jobs", 1, "--html", page, "--svg", drawing]
    found = truthbid("sweep", SHIPPED, *arguments, "--json").data()
    assert (found["run_now"], len(found["cells"])) == (12, 12)
    names = [arm["name"] for arm in found["settings"]]
    assert names[0] == "contingent-vcg stake=0.01"
    assert names[3] == "first-price"
    assert found["settings"][3]["high"] < 0
    assert {arm["over"] for arm in found["settings"][1:]} == {"seeds"}
    assert page.read_text(encoding="utf-8").count("<svg") == 2
    assert "xmlns" in drawing.read_text(encoding="utf-8")
    again = truthbid("sweep", SHIPPED, "--out", tmp_path / "runs", "--json").data()
    assert again["run_now"] == 0
    assert again["settings"] == found["settings"]


def _small(folder: Path, sweep: str) -> Path:
    return workflow(folder, f"{WORKFLOW}sweep: {sweep}\n")


def test_what_is_missing_is_run_and_the_rest_is_not(tmp_path: Path) -> None:
    """A journal that was taken away is made again; the others are only read."""
    path, out = _small(tmp_path, "{mechanism.stake: [0.01, 0.02]}"), tmp_path / "out"
    assert truthbid("sweep", path, "--out", out).code == 0
    (out / "cell-0002.db").unlink()
    said = truthbid("sweep", path, "--out", out)
    assert "(2 runs, 1 of them now)" in said.out
    assert "mechanism" not in said.out


def test_populations_can_be_swept(tmp_path: Path) -> None:
    """A value may be a list of workers."""
    bob = "{type: simulated, id: bob, skill: 0.6, cost: 0.001}"
    path = _small(tmp_path, f"{{workers: [[{bob}], [{bob.replace('0.6', '0.9')}]]}}")
    found = truthbid("sweep", path, "--out", tmp_path / "out", "--json").data()
    assert [arm["name"] for arm in found["settings"]] == ["[bob]", "[bob]"]
    assert len(found["settings"]) == 2


@pytest.mark.parametrize(
    ("sweep", "message"),
    [
        ("{}", "expected a section sweep"),
        ("{mechanism: []}", "sweep.mechanism: "),
        ("{mechanism: [vcg, vicrey]}", 'sweep: mechanism="vicrey" '),
        ("{mechanism.stak: [1]}", "mechanism.stak"),
        ("{tasks.7.value: [1]}", "has no item '7'"),
    ],
)
def test_bad_sweeps_are_one_line_and_run_nothing(tmp_path: Path, sweep: str, message: str) -> None:
    """Every cell is checked before the first one is run."""
    said = truthbid("sweep", _small(tmp_path, sweep), "--out", tmp_path / "out")
    assert said.code == 2
    assert message in said.err
    assert said.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_run_takes_the_file_as_it_is(tmp_path: Path) -> None:
    """The section does not change what ``truthbid run`` does."""
    path = _small(tmp_path, "{seed: [1, 2]}")
    assert truthbid("run", path, "--journal", tmp_path / "run.db", "--quiet").code in (0, 1)
