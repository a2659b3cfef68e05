"""``truthbid export-config``, as a shell sees it."""

from pathlib import Path

import pytest

from orchestrator.recorded_config import recorded_config
from tests.orchestrator.command import CONFIGS, truthbid
from tests.orchestrator.small_runs import events, write


@pytest.mark.parametrize("name", ["quickstart", "simulated", "recorded", "peer"])
def test_a_run_can_be_had_again(tmp_path: Path, name: str) -> None:
    """The exported workflow runs, with what --set changed, and comes to the same configuration.

    Where its records lie outside of its new folder, it says what has to be typed.
    """
    first, second, again = tmp_path / "1.db", tmp_path / "2.db", CONFIGS / f"{name}.yaml"
    truthbid("run", again, "--set", "seed=5", "--journal", first, "--quiet")
    said = truthbid("export-config", first, "-o", tmp_path / "again.yaml")
    wrote, *hints = said.err.splitlines()
    assert (said.code, wrote) == (0, f"wrote {tmp_path / 'again.yaml'}")
    assert [hint.endswith(" --set allow_outside=true") for hint in hints] == [True] * len(hints)
    assert len(hints) == (name == "recorded")
    allowed = hints[0].split()[-2:] if hints else []
    rerun = ("run", tmp_path / "again.yaml", "--journal", second, "--quiet", *allowed)
    assert truthbid(*rerun).code in (0, 1)
    config, _ = recorded_config(first)
    repeated, _ = recorded_config(second)
    changed = {"records": config.records, "allow_outside": config.allow_outside}
    assert repeated.model_copy(update=changed) == config
    assert config.seed == 5


def test_it_prints_where_no_file_is_named(tmp_path: Path) -> None:
    """Standard output holds the workflow and nothing else."""
    path = tmp_path / "run.db"
    truthbid("run", CONFIGS / "quickstart.yaml", "--journal", path, "--quiet")
    assert truthbid("export-config", path).out.startswith("name: quickstart\n")


def test_no_file_is_replaced(tmp_path: Path) -> None:
    """A file that exists is a mistake of one line, and stays as it is."""
    path, target = tmp_path / "run.db", tmp_path / "mine.yaml"
    truthbid("run", CONFIGS / "quickstart.yaml", "--journal", path, "--quiet")
    target.write_text("mine")
    said = truthbid("export-config", path, "-o", target)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert target.read_text() == "mine"


def test_the_run_of_a_program_has_no_workflow(tmp_path: Path) -> None:
    """It is said in one line."""
    said = truthbid("export-config", write(tmp_path / "run.db", events()))
    assert said.code == 2
    assert "opened by a program" in said.err
