"""Tests of what a workflow may say, and of what is said where it may not."""

from pathlib import Path
from typing import Any

import pytest

from orchestrator.config import RunConfig
from orchestrator.errors import InputError
from orchestrator.strict_yaml.loader import load
from tests.orchestrator.command import CONFIGS, WORKFLOW, workflow

MISTAKES = [
    ("name: small", "name: small\nworkrs: 3", "2:1 workrs: unknown key, did you mean 'workers'?"),
    ("cost: 0.001", "cots: 0.001", "4:44 workers.0.cots: unknown key, did you mean 'cost'?"),
    ("stake", "steak", "2:35 mechanism.steak: unknown key, did you mean 'stake'?"),
    ("name: small", "seed: abc", "1:7 seed: expected an integer, got 'abc'"),
    ("name: small", "seed: -1", "1:7 seed: must be at least 0, got -1"),
    ("name: small", "name: ../up", "1:7 name: expected a text that matches"),
    ("name: small", "budget: -3", "1:9 budget: must be at least 0, got -3"),
    ("name: small", "budget: lots", "1:9 budget: 'lots' is not an amount of money"),
    ("name: small", "market: {batch: 0}", "1:17 market.batch: must be at least 1, got 0"),
    ("name: small", "market: {bacth: 3}", "market.bacth: unknown key, did you mean 'batch'?"),
    ("0.7", "high", "4:39 workers.0.skill: expected a number or a mapping, got 'high'"),
    ("0.7", "1.7", "4:39 workers.0.skill: must be at most 1, got 1.7"),
    ("0.7", "-0.1", "4:39 workers.0.skill: must be at least 0, got -0.1"),
    ("0.7", ".nan", "4:39 expected a finite number, got .nan; quote it if it is a text"),
    ("0.7", "nan", "4:39 workers.0.skill: expected a number or a mapping, got 'nan'"),
    ("0.01}", ".inf}", "2:42 expected a finite number"),
    ("0.01}", "nan}", "2:42 mechanism.stake: 'nan' is not an amount of money"),
    ("cost: 0.001", "cost: -1", "4:50 workers.0.cost: must be at least 0, got -1"),
    ("cost: 0.001", "cost: 1e30", "4:50 workers.0.cost: 1e+30 is not an amount of money"),
    ("value: 0.05", "value: -1", "7:33 tasks.0.value: must be at least 0, got -1"),
    ("value: 0.05", "value: 1, reserve: -1", "tasks.0.reserve: must be at least 0, got -1"),
    ("id: bob", "id: ada", "5:27 workers.1.id: the id 'ada' is taken"),
    ("id: two", "id: one", "8:10 tasks.1.id: the id 'one' is taken"),
    ("id: bob", 'id: "b\\e"', "5:27 workers.1.id: expected a text that matches"),
    ("id: one", 'id: "o\\n"', "7:10 tasks.0.id: expected a text that matches"),
    ("[one]", "[onne]", "8:47 tasks.1.needs.0: there is no task 'onne', did you mean 'one'?"),
    ("[one]", "[two]", "8:46 tasks.1.needs: these tasks need each other: two -> two"),
    ("{id: one,", "{id: one, needs: [two],", "need each other: one -> two -> one"),
    (
        "type: simulated",
        "type: simulatd",
        "4:12 workers.0: unknown type 'simulatd', did you mean 'simulated'?",
    ),
    ("type: simulated, ", "", "4:5 workers.0: key 'type' is missing"),
    (
        "contingent-vcg",
        "contingent-vgc",
        "2:19 mechanism: unknown name 'contingent-vgc', did you mean 'contingent-vcg'?",
    ),
    (
        "{name: contingent-vcg, stake: 0.01}",
        "vikrey",
        "2:12 mechanism: unknown name 'vikrey', did you mean 'vickrey'?",
    ),
    (
        "{name: contingent-vcg, stake: 0.01}",
        "{vikrey: {}}",
        "2:13 mechanism: unknown name 'vikrey', did you mean 'vickrey'?",
    ),
    ("{name: contingent-vcg, stake: 0.01}", "3", "2:12 mechanism: expected a mapping, got 3"),
    ("{name: contingent-vcg, stake: 0.01}", "optimal", "mechanism: key 'sample' is missing"),
    (
        "stake: 0.01",
        "rule: quadrtic",
        "2:41 mechanism.rule: unknown scoring rule 'quadrtic', did you mean 'quadratic'?",
    ),
    ("stake: 0.01", "rule: zzz", "unknown scoring rule 'zzz', expected one of quadratic, "),
    (
        "{name: contingent-vcg, stake: 0.01}",
        "{contingent-vcg: {rule: sphericl}}",
        "2:36 mechanism.contingent-vcg.rule: unknown scoring rule 'sphericl'",
    ),
    ('{exact: "1"}', '{exat: "1"}', "7:48 tasks.0.verify: unknown type 'exat', did you mean"),
    ('{exact: "1"}', "exat", "7:47 tasks.0.verify: unknown type 'exat', did you mean 'exact'?"),
    ('{exact: "1"}', "exact", "7:47 tasks.0.verify: key 'answer' is missing"),
    ('{exact: "1"}', '{regex: "("}', "tasks.0.verify.regex: not a regular expression"),
    ('{exact: "1"}', "{json-schema: {type: 3}}", "tasks.0.verify.json-schema: not a JSON Schema"),
    (
        "skill: 0.7",
        "skill: 0.7, strategy: overconfidnt",
        "4:54 workers.0.strategy: unknown name 'overconfidnt', did you mean 'overconfident'?",
    ),
    (
        "skill: 0.7",
        "skill: 0.7, strategy: {overconfidnt: 2}",
        "4:55 workers.0.strategy: unknown name 'overconfidnt', did you mean 'overconfident'?",
    ),
    (
        "simulated, id: ada, skill: 0.7",
        "function, id: f, function: 'os:a.b'",
        "expected a text that matches",
    ),
    ("name: small", "description: ${NOPE}", "1:14 variable NOPE is not set; set it or write"),
    ("name: small", "description: !!python/name:os.system x", "1:14 tags are not accepted"),
    ("name: small", "name: small\nname: small", "2:1 key 'name' is given twice, first at 1:1"),
]


def _refused(path: Path, *overrides: str) -> str:
    with pytest.raises(InputError) as caught:
        load(path, RunConfig, overrides)
    return str(caught.value)


@pytest.mark.parametrize(("old", "new", "line"), MISTAKES)
def test_a_mistake_is_one_line_at_its_place(tmp_path: Path, old: str, new: str, line: str) -> None:
    """Every mistake is one line: file, line, column, path and what was expected."""
    assert old in WORKFLOW
    path = workflow(tmp_path, WORKFLOW.replace(old, new, 1))
    said = _refused(path)
    assert "\n" not in said
    assert line in said.removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", "1:1 the file is empty"),
        ("# nothing\n", "1:1 the file is empty"),
        ("- a\n", "1:1 expected a mapping, got a list of 1"),
        ("name: [x\nseed: 1\n", "2:5 not valid YAML"),
        ("name: x\n\tseed: 3\n", "2:1 not valid YAML"),
        (WORKFLOW.partition("tasks:")[0], "1:1 there is nothing to do"),
        (WORKFLOW.partition("tasks:")[0] + "tasks: []\n", "6:8 tasks: there is nothing to do"),
        (WORKFLOW.partition("tasks:")[0] + "tasks:\n", "6:7 tasks: expected a list, got nothing"),
        ("tasks: [{id: a, prompt: p, value: 1}]\n", "1:1 there is nobody to do it"),
        (
            "generate: {count: 0, kinds: {a: 1}, value: 1}",
            "1:19 generate.count: must be at least 1",
        ),
        (
            "generate: {count: 1, kinds: {a: -1}, value: 1}",
            "1:33 generate.kinds.a: must be more than 0",
        ),
    ],
)
def test_whole_files(tmp_path: Path, text: str, line: str) -> None:
    """An empty, broken or incomplete file is said to be that."""
    path = workflow(tmp_path, text)
    assert line in _refused(path).removeprefix(f"{path}:")


@pytest.mark.parametrize(
    ("option", "line"),
    [
        ("seed=x", "seed: expected an integer, got 'x'"),
        ("mechanism=vikrey", "mechanism: unknown name 'vikrey', did you mean 'vickrey'?"),
        ("workers.0.skill=2", "workers.0.skill: must be at most 1, got 2"),
        ("workers.9.skill=1", "workers is a list of 2 items, so it has no item '9'"),
        ("tasks.1.needs=[three]", "tasks.1.needs.0: there is no task 'three'"),
        ("budget", "expected path=value, as in workers.0.cost=3"),
        ("market.batch=0", "market.batch: must be at least 1, got 0"),
        ("nonsense=1", "nonsense: unknown key"),
    ],
)
def test_mistakes_in_options(tmp_path: Path, option: str, line: str) -> None:
    """A mistake in ``--set`` is placed at the option, not in the file."""
    said = _refused(workflow(tmp_path), option)
    assert said.startswith(f"--set {option} ")
    assert line in said


@pytest.mark.parametrize(
    ("option", "path", "value"),
    [
        ("name=other", "name", "other"),
        ("description=Is it 3: 4?", "description", "Is it 3: 4?"),
        ("seed=7", "seed", 7),
        ("currency=EUR", "currency", "EUR"),
        ("budget=0.5", "budget", 500_000_000),
        ("mechanism=first-price", "mechanism.name", "first-price"),
        ("mechanism.stake=0.02", "mechanism.stake", 20_000_000),
        ("mechanism={posted-price: {price: 0.03}}", "mechanism.price", 30_000_000),
        ("market.attempts=3", "market.attempts", 3),
        ("workers.0.strategy=overconfident", "workers.0.strategy.name", "overconfident"),
        ("workers.1.skill={code: 0.9}", "workers.1.skill", {"code": 0.9}),
        ("tasks.0.value=0.10", "tasks.0.value", 100_000_000),
        ("generate={count: 3, kinds: {a: 1}, value: 1}", "generate.count", 3),
        ("records={path: a.csv, value: 1}", "records.path", "a.csv"),
        ("journal=here.db", "journal", "here.db"),
    ],
)
def test_every_section_can_be_set(tmp_path: Path, option: str, path: str, value: object) -> None:
    """``--set`` reaches every section of a workflow."""
    found: Any = load(workflow(tmp_path), RunConfig, [option])
    for part in path.split("."):
        found = found[int(part)] if part.isdigit() else getattr(found, part)
    assert found == value


def test_what_is_left_out() -> None:
    """Only workers and tasks are asked for; the default mechanism is the truthful one."""
    config = RunConfig.model_validate_json(
        '{"workers": [{"type": "simulated", "id": "a", "skill": 0.5, "cost": 0}],'
        ' "tasks": [{"id": "t", "prompt": "p", "value": 1}]}'
    )
    assert config.mechanism.name == "contingent-vcg"
    assert config.budget is None


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_configuration_survives_the_journal(path: Path) -> None:
    """Written as JSON, as the journal keeps it, and read again a configuration is the same."""
    config = load(path, RunConfig, (), {})
    assert RunConfig.model_validate_json(config.model_dump_json()) == config
