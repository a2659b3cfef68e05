"""Tests of loading a configuration from end to end."""

import json
import time
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field, RootModel

from orchestrator.errors import InputError
from orchestrator.strict_yaml.loader import load


class Simulated(BaseModel, extra="forbid", strict=True):
    """A worker of known skill."""

    type: Literal["simulated"]
    name: str
    cost: float = Field(ge=0)


class Function(BaseModel, extra="forbid", strict=True):
    """A worker that is a function."""

    type: Literal["function"]
    name: str
    function: str


class Task(BaseModel, extra="forbid", strict=True):
    """Something to do."""

    id: str
    question: str
    value: float
    needs: tuple[str, ...] = ()


class Run(BaseModel, extra="forbid", strict=True):
    """A configuration like the real one."""

    seed: int = 0
    key: str = ""
    workers: list[Annotated[Simulated | Function, Field(discriminator="type")]] = []
    tasks: list[Task] = []


class Anything(RootModel[Any]):
    """Accepts all data as it is."""


def _refused(file: Path, text: str, *options: str, **variables: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(file, Run, options, variables)
    return str(caught.value).replace(f"{file}:", "").splitlines()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return a place for a configuration."""
    return tmp_path / "run.yaml"


def test_valid_file(file: Path) -> None:
    """A strict model gets lists as tuples, options over the file, and variables in strings."""
    file.write_text(
        "seed: 1\nkey: ${KEY}\ntasks: [{id: a, question: no, value: 1e1, needs: [b]}]\n"
    )
    run = load(file, Run, ["seed=2"], {"KEY": "secret"})
    task = Task(id="a", question="no", value=10.0, needs=("b",))
    assert run == Run(seed=2, key="secret", tasks=[task])


def test_all_mistakes_at_once(file: Path) -> None:
    """Mistakes of YAML, variables, schema and options come in one go, in reading order."""
    text = """\
seed: no
seed: 2
key: ${NONE}
workers:
  - type: simulated
    name: a
    cost: -1
  - {type: function, name: b, functoin: f}
  - {type: simulatd}
taks: []
"""
    assert _refused(file, text, "workers.0.name=[1]", "workers.9.name=b") == [
        "1:7 seed: expected an integer, got 'no'",
        "2:1 key 'seed' is given twice, first at 1:1",
        "3:6 variable NONE is not set; set it or write ${NONE:-default}",
        "7:11 workers.0.cost: must be at least 0, got -1",
        "8:5 workers.1: key 'function' is missing",
        "8:31 workers.1.functoin: unknown key, did you mean 'function'?",
        "9:12 workers.2: unknown type 'simulatd', did you mean 'simulated'?",
        "10:1 taks: unknown key, did you mean 'tasks'?",
        "--set workers.0.name=[1] workers.0.name: expected a text, got a list of 1",
        "--set workers.9.name=b workers is a list of 3 items, so it has no item '9'",
    ]


def test_one_mistake_one_line(file: Path) -> None:
    """What YAML or a variable made wrong is not said again by the schema."""
    text = "tasks: [{id: a, question: q, value: .nan}]"
    (line,) = _refused(file, text)
    assert line.startswith("1:37 expected a finite number")


def test_options_are_blamed(file: Path) -> None:
    """A value or key from an option is reported at the option."""
    assert _refused(file, "seed: 1", "seed=x", "zeed=1", "tasks=[{id: a}]") == [
        "--set seed=x seed: expected an integer, got 'x'",
        "--set zeed=1 zeed: unknown key, did you mean 'seed'?",
        "--set tasks=[{id: a}] tasks.0: key 'question' is missing",
        "--set tasks=[{id: a}] tasks.0: key 'value' is missing",
    ]


def test_secrets_stay_secret(file: Path) -> None:
    """No value of a variable is in the message, nor in any error chained to it."""
    file.write_text("seed: ${KEY}\nkey: ['${KEY}', 1]\nworkers: [{type: '${KEY}'}]\n")
    with pytest.raises(InputError) as caught:
        load(file, Run, ["tasks=${KEY}"], {"KEY": "sk-12345"})
    assert str(caught.value).count("${KEY}") == 4
    assert "sk-12345" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_relative_names_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages name the file as the user did."""
    monkeypatch.chdir(tmp_path)
    Path("run.yaml").write_text("seed: a")
    with pytest.raises(InputError, match=r"^run\.yaml:1:7 seed: expected an integer, got 'a'$"):
        load("run.yaml", Run)


def test_root_must_be_a_mapping(file: Path) -> None:
    """A file that is a list, or holds nothing, is refused at its beginning."""
    assert _refused(file, "[1]") == ["1:1 expected a mapping, got a list of 1"]
    assert _refused(file, "---\n") == ["2:1 expected a mapping, got nothing"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f$")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc$ é"), inner),
        max_leaves=10,
    ),
)
def test_json_files(tmp_path: Path, data: Any) -> None:
    """A .json file, surrogate escapes included, is read as the data it holds."""
    file = tmp_path / "data.json"
    file.write_text(json.dumps(data))
    assert load(file, Anything).root == data


def test_speed(file: Path) -> None:
    """5,000 tasks load in time proportional to their text: a third of a second, amply bounded."""
    tasks = [{"id": f"t{n}", "question": f"{n} + {n}?", "value": 0.5} for n in range(5000)]
    file.write_text(yaml.safe_dump({"tasks": [{**task, "needs": []} for task in tasks]}))
    started = time.process_time()
    assert len(load(file, Run).tasks) == 5000
    assert time.process_time() - started < 2


def test_many_mistakes_are_quick(file: Path) -> None:
    """A file of 30,000 mistakes is explained in bounded time, well under a second when idle."""
    started = time.process_time()
    lines = _refused(file, "tasks: [" + "{zz: 1}," * 10_000 + "]")
    assert len(lines) == 21
    assert time.process_time() - started < 2
