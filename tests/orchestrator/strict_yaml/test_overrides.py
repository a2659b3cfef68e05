"""Tests of ``--set path=value``."""

import pytest

from orchestrator.strict_yaml.interpolation import Data, Environment, plain
from orchestrator.strict_yaml.overrides import override
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_tree import refusal

_FILE = """\
seed: 1
workers:
  - &small {name: a, cost: 1}
  - *small
prices:
  gpt-4.1: {input: 1}
"""


def _set(*options: str) -> Data:
    tree = override(parse(_FILE, "a.yaml"), options)
    assert tree.faults == []
    return plain(tree.root, Environment({}), [])


def _refused(*options: str) -> str:
    return str(refusal(override(parse(_FILE, "a.yaml"), options).faults))


@pytest.mark.parametrize(
    ("value", "data"),
    [
        ("3", 3),
        ("1e3", 1000.0),
        ("no", "no"),
        ("", None),
        ('""', ""),
        ("'1'", "1"),
        (" padded ", "padded"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("Is it 3: 4? # yes", "Is it 3: 4? # yes"),
        ("a=b=c", "a=b=c"),
        ("- *x", "- *x"),
        ("!!python/none", "!!python/none"),
        ("$${HOME}", "${HOME}"),
    ],
)
def test_values(value: str, data: Data) -> None:
    """A value is a YAML scalar or flow collection; any other text stands for itself."""
    changed = _set(f"seed={value}")
    assert isinstance(changed, dict)
    assert changed["seed"] == data


def test_paths() -> None:
    """A path goes through keys, list indexes and quoted keys, and creates what is missing."""
    changed = _set("workers.1.cost=2", 'prices."gpt-4.1".input=3', "new.deep.key=x", "seed=2")
    assert changed == {
        "seed": 2,
        "workers": [{"name": "a", "cost": 1}, {"name": "a", "cost": 2}],
        "prices": {"gpt-4.1": {"input": 3}},
        "new": {"deep": {"key": "x"}},
    }


def test_last_option_wins() -> None:
    """Options apply in order, each to the result of those before it."""
    changed = _set("seed={a: 1}", "seed.a=2", "seed.b=3")
    assert isinstance(changed, dict)
    assert changed["seed"] == {"a": 2, "b": 3}


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("workers.2.cost=1", "workers is a list of 2 items, so it has no item '2'"),
        ("workers.-1.cost=1", "workers is a list of 2 items, so it has no item '-1'"),
        ("workers.first.cost=1", "workers is a list of 2 items, so it has no item 'first'"),
        ("workers.0.name.x=1", "workers.0.name is no mapping or list, so it has no 'x'"),
        ("seed", "expected path=value, as in workers.0.cost=3"),
        ("=1", "expected path=value, as in workers.0.cost=3"),
        ("a..b=1", "expected path=value, as in workers.0.cost=3"),
        ("seed=.nan", "expected a finite number, got .nan; quote it if it is a text"),
        ("seed=[!x 1]", "tags are not accepted, got '!x'"),
        ("seed={a: 1, a: 2}", "key 'a' is given twice, first at 1:2"),
        (
            "seed=[1",
            "not valid YAML: did not find expected ',' or ']', while parsing a flow sequence from 1:1",
        ),
    ],
)
def test_refused(option: str, message: str) -> None:
    """A wrong option is one line that quotes it and names the part that does not exist."""
    assert _refused(option) == f"--set {option} {message}"


def test_every_wrong_option_is_reported() -> None:
    """Wrong options are all reported, in their order, and the right ones do not hide them."""
    lines = _refused("z.0=1", "workers.9=1", "seed.a=1").splitlines()
    assert [line.split()[1] for line in lines] == ["workers.9=1", "seed.a=1"]


def test_hostile_options() -> None:
    """An endless path, and characters that a terminal obeys, are refused in a short clean line."""
    assert _refused("a." * 10_000 + "a=1").endswith("... nested deeper than 50 levels")
    line = _refused('seed="\x1b[31m')
    assert line.isprintable()


def test_places_of_what_is_set() -> None:
    """Everything that an option sets is placed at the option, also inside its collections."""
    root = override(parse(_FILE, "a.yaml"), ["seed={a: [1]}"]).root
    assert isinstance(root.value, dict)
    seed = root.value["seed"]
    assert isinstance(seed.value, dict)
    assert str(seed.keys["a"]) == str(seed.value["a"].mark) == "--set seed={a: [1]}"
