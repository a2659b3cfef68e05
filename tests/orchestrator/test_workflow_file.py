"""Tests of reading a workflow file with all that it names."""

from pathlib import Path

import pytest

from orchestrator.errors import InputError
from orchestrator.workflow_file import read_workflow
from tests.orchestrator.command import WORKFLOW, workflow

MODEL = (
    '{type: openai, id: m, model: "${MODEL}", api_key_env: NO_SUCH_VARIABLE, base_url: "${URL:-}"}'
)


def _refused(path: Path, *overrides: str, **variables: str) -> str:
    with pytest.raises(InputError) as caught:
        read_workflow(path, overrides, variables)
    return str(caught.value)


def test_what_cannot_be_had_is_placed_in_the_file(tmp_path: Path) -> None:
    """A missing file of records is told with the line that names it."""
    path = workflow(tmp_path, WORKFLOW + "records:\n  path: no.csv\n  value: 1\n")
    said = _refused(path)
    assert said.startswith(f"{path}:10:3 records: ")
    assert said.endswith("no.csv: cannot be read: No such file or directory")


def test_what_cannot_be_had_is_placed_at_the_option(tmp_path: Path) -> None:
    """What an option asked for is refused at the option."""
    said = _refused(workflow(tmp_path), "records={path: no.csv, value: 1}")
    assert said.startswith("--set records={path: no.csv, value: 1} records: ")


def test_variables_are_named_and_not_shown(tmp_path: Path) -> None:
    """A message about a value that came from a variable shows the name of the variable."""
    path = workflow(tmp_path, WORKFLOW.replace("workers:", f"workers:\n  - {MODEL}"))
    said = _refused(path, MODEL="canary", URL="http://127.0.0.1:9/v1")
    assert said.startswith(
        f"{path}:4:5 workers.0: no price is known for model '${{MODEL}}' at ${{URL}}"
    )
    assert "canary" not in said


def test_a_missing_embedding_model_is_placed_in_the_file(tmp_path: Path) -> None:
    """One line says in which folder there is none; nothing is fetched."""
    pytest.importorskip("model2vec", reason="the extra `semantic` is missing")
    learner = "{type: openai, id: m, model: m, free: true, base_url: 'http://127.0.0.1:9/v1',"
    learner += " bid: {learned: {embeddings: minishlab/potion-base-8M}}}"
    path = workflow(tmp_path, WORKFLOW.replace("workers:", f"workers:\n  - {learner}"))
    said = _refused(path)
    assert said.startswith(f"{path}:4:5 workers.0: embeddings: there is no static embedding model")
    assert said.endswith(f"'{tmp_path}/minishlab/potion-base-8M'")


def test_an_empty_address_is_the_providers_own(tmp_path: Path) -> None:
    """Without an address and a key it is said which variable to set."""
    path = workflow(tmp_path, WORKFLOW.replace("workers:", f"workers:\n  - {MODEL}"))
    said = _refused(path, MODEL="gpt-5-mini")
    assert "wants a key: set the environment variable NO_SUCH_VARIABLE" in said


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "cannot be read: No such file or directory"), (b"\xff\xfe\x00", "not valid UTF-8")],
)
def test_unreadable_files(tmp_path: Path, content: bytes | None, words: str) -> None:
    """A file that is missing or no text is said to be that."""
    path = tmp_path / "w.yaml"
    if content is not None:
        path.write_bytes(content)
    assert words in _refused(path)


def test_a_folder_is_no_workflow(tmp_path: Path) -> None:
    """A folder in the place of a file is said to be one."""
    assert "cannot be read: Is a directory" in _refused(tmp_path)
