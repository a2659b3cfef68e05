"""A workflow file names paths in its own folder only; what the user types may lie anywhere."""

import os
from pathlib import Path

import pytest

from orchestrator.coordinator import Coordinator
from orchestrator.errors import InputError
from orchestrator.workflow_file import read_workflow
from tests.orchestrator.command import CONFIGS, truthbid

RECORDS = "question,worker,correct,cost\nq1,ann,1,0.01\nq1,bob,0,0.02\n"
PLANNER = """\
planner: {type: openai, model: m, free: true, recording: ../r.jsonl}
workers: [{type: simulated, id: ann, skill: 0.9, cost: 0.001}]
"""
LEARNER = "openai, id: a, model: m, free: true, bid: {learned: {embeddings: ../models}}"
BODY = "name: r\nmechanism: first-price\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a project folder beside which lies a file of somebody else's."""
    (tmp_path / "secret.csv").write_text(RECORDS, encoding="utf-8")
    project = tmp_path / "project"
    project.mkdir()
    (project / "mine.csv").write_text(RECORDS, encoding="utf-8")
    (project / "link.csv").symlink_to(tmp_path / "secret.csv")
    (project / "up").symlink_to(tmp_path)
    (project / "loop").symlink_to(project / "loop")
    monkeypatch.chdir(project)
    return project


def records(path: str) -> str:
    """Return a workflow with recorded outcomes."""
    return f"{BODY}records: {{path: {path}, value: 0.1, columns: {{cost: cost}}}}\n"


def task(verify: str, more: str = "") -> str:
    """Return a workflow with one task."""
    worker = "workers: [{type: simulated, id: ann, skill: 0.9, cost: 0.001}]\n"
    return f"{BODY}{more}{worker}tasks: [{{id: t, prompt: p, value: 1, verify: {verify}}}]\n"


def read(project: Path, text: str, *overrides: str, typed: int | None = None) -> object:
    """Read a workflow from a file in the project."""
    path = project / "w.yaml"
    path.write_text(text, encoding="utf-8")
    return read_workflow(path, overrides, os.environ, typed=typed)


OUTSIDE = [
    "../secret.csv",
    "up/secret.csv",
    "link.csv",
    "./x/../../secret.csv",
    "/etc/passwd",
    "loop/x",
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_records_outside_are_refused_with_their_place(place: Path, path: str) -> None:
    """By a name, a link or an absolute path: refused before anything is read."""
    with pytest.raises(InputError) as caught:
        read(place, records(path))

    (problem,) = caught.value.problems
    assert problem.where == f"{place / 'w.yaml'}:3:17"
    assert problem.message == (
        f"records.path: {path!r} lies outside of the folder of the configuration; give it with"
        " --set, or allow it with --set allow_outside=true"
    )


@pytest.mark.parametrize("path", ["mine.csv", "./mine.csv", "up/project/mine.csv"])
def test_records_inside_are_read(place: Path, path: str) -> None:
    """However one gets there."""
    assert read(place, records(path))


def test_what_the_user_types_may_lie_anywhere(place: Path) -> None:
    """A path of an option, absolute or not, and all paths of the file if an option says so."""
    outside = str(place.parent / "secret.csv")
    assert read(place, records("nowhere.csv"), f"records.path={outside}")
    assert read(place, records("nowhere.csv"), "records.path=../secret.csv")
    assert read(place, records("../secret.csv"), "allow_outside=true")


def test_a_file_cannot_allow_itself(place: Path) -> None:
    """The word counts on the command line only, also if the file has a list of settings to try."""
    with pytest.raises(InputError, match=r"w\.yaml:1:16 allow_outside: only on the command line"):
        read(place, "allow_outside: true\n" + records("../secret.csv"))
    for override in ("records.path=../secret.csv", "allow_outside=true"):
        with pytest.raises(InputError, match="--set"):
            read(place, records("../secret.csv"), override, typed=0)


def test_a_variable_does_not_lead_outside(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file chooses the variable; its value is not shown."""
    monkeypatch.setenv("PLACE", str(place.parent))
    with pytest.raises(InputError) as caught:
        read(place, records('"${PLACE}/secret.csv"'))
    assert str(place.parent / "secret.csv") not in str(caught.value)
    assert "${PLACE}/secret.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "loc"),
    [
        (task("{exact: x}", "journal: ../run.db\n"), "journal"),
        (task("{exact: x}", "journal: up/run.db\n"), "journal"),
        (
            task("{exact: x}", "judges: [{id: j, model: m, free: true, recording: ../r.jsonl}]\n"),
            "judges.0.recording",
        ),
        (task("{command: [../run.sh]}", "commands: [../run.sh]\n"), "tasks.0.verify.run.0"),
        (task("{command: [/bin/sh]}", "commands: [/bin/sh]\n"), "tasks.0.verify.run.0"),
        (
            f"{BODY}budget: 1\ngoal: g\n{PLANNER}",
            "planner.recording",
        ),
        (
            task("{exact: x}").replace("simulated, id: ann, skill: 0.9, cost: 0.001", LEARNER),
            "workers.0.bid.learned.embeddings",
        ),
    ],
)
def test_every_path_that_a_file_can_name_is_held(place: Path, text: str, loc: str) -> None:
    """Journals, recordings and the programs of verifiers; their files are held elsewhere."""
    with pytest.raises(InputError) as caught:
        read(place, text)
    (problem,) = caught.value.problems
    assert problem.message.startswith(f"{loc}: ")
    assert "lies outside of the folder" in problem.message


def test_files_of_verifiers_do_not_leave_the_folder_either(place: Path) -> None:
    """Neither by name nor by a link."""
    for name in ("../secret.csv", "link.csv", "up/secret.csv", "/etc/passwd"):
        text = task(f"{{command: {{run: [cat], files: [{name}]}}}}", "commands: [cat]\n")
        with pytest.raises(InputError, match=r"outside of the folder|expected the relative path"):
            read(place, text)


def test_the_command_says_so_with_exit_code_2(place: Path) -> None:
    """One line; with the permission it runs."""
    path = place / "w.yaml"
    path.write_text(records("../secret.csv"), encoding="utf-8")
    said = truthbid("validate", path)
    assert (said.code, said.out, said.err.count("\n")) == (2, "", 1)
    assert truthbid("run", path, "--set", "allow_outside=true", "--quiet").code in {0, 1}


def test_shipped_configurations_stay_inside() -> None:
    """Every one of them is read as it is."""
    for path in sorted(CONFIGS.glob("*.yaml")):
        said = truthbid("validate", path, env={"OPENAI_API_KEY": "sk-x"})
        assert "lies outside" not in said.err, path


def test_programs_read_workflows_under_the_same_rule(place: Path) -> None:
    """Overrides are what the program says; the file is not."""
    path = place / "w.yaml"
    path.write_text(records("../secret.csv"), encoding="utf-8")
    with pytest.raises(InputError, match="lies outside"):
        Coordinator.from_config(path)
    assert Coordinator.from_config(path, overrides=["allow_outside=true"]).tasks
