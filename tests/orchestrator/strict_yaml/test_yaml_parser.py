"""Tests of the strict YAML parser."""

import json
import time
import tracemalloc

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InputError
from orchestrator.strict_yaml.interpolation import Data, Environment, plain
from orchestrator.strict_yaml.yaml_parser import MAX_ALIASES, MAX_DEPTH, MAX_NODES, parse

_CHARACTERS = st.characters(
    exclude_categories=["Cs", "Cc", "Cn"],
    exclude_characters="\u2028\u2029",
    include_characters="\t\n\0",
)
_TEXTS = st.text(_CHARACTERS, max_size=20)
_TRAPS = st.sampled_from(["no", "12:30", "<<", "~", "0x1", "2024-01-01", ".nan", "a: b", "%a", ""])
_FLOATS = st.floats(allow_nan=False, allow_infinity=False)


def _any_data(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Data]:
    return st.recursive(
        st.none() | st.booleans() | st.integers() | _FLOATS | texts | _TRAPS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
        max_leaves=15,
    )


def _data(text: str) -> Data:
    tree = parse(text, "a.yaml")
    assert tree.faults == []
    return plain(tree.root, Environment({}), [])


def _refused(text: str) -> list[str]:
    """Return every problem of a text, those the parser stops at and those it notes."""
    try:
        tree = parse(text, "a.yaml")
    except InputError as error:
        return str(error).splitlines()
    return [f"{fault.mark} {fault.message}" for fault in tree.faults]


@given(_any_data(_TEXTS | st.just("1e3")))
def test_json_round_trip(data: Data) -> None:
    """Whatever JSON holds, compact or indented by tabs, is read as the same data."""
    assert _data(json.dumps(data, ensure_ascii=False)) == data
    assert _data(json.dumps(data, ensure_ascii=False, indent="\t")) == data


@given(_any_data(_TEXTS.filter(lambda text: not set(text) & set("eEo"))), st.booleans())
def test_yaml_round_trip(data: Data, unicode: bool) -> None:
    """What PyYAML writes is read as the same data, but for words like 1e3 that 1.2 reads anew."""
    dumped = yaml.safe_dump(data, allow_unicode=unicode, sort_keys=False)
    if not dumped.startswith("%"):
        assert _data(dumped) == data


def test_positions() -> None:
    """Every value and key knows its line and column, counted from 1 in characters."""
    root = parse("é: 1\nlist:\n  - {k: v}\n  - |\n    text\n", "a.yaml").root
    assert isinstance(root.value, dict)
    items = root.value["list"].value
    assert isinstance(items, list)
    assert str(root.keys["list"]) == "a.yaml:2:1"
    assert [str(item.mark) for item in items] == ["a.yaml:3:5", "a.yaml:4:5"]
    assert str(items[0].keys["k"]) == "a.yaml:3:6"
    assert str(root.value["é"].mark) == "a.yaml:1:4"


def test_norway() -> None:
    """YAML 1.1's booleans, sexagesimals and dates are strings, as keys too."""
    data = _data("country: no\nat: 12:30\non: 2024-01-01\nrate: 1e3\nraw: '1'\n")
    expected = {"country": "no", "at": "12:30", "on": "2024-01-01", "rate": 1000.0, "raw": "1"}
    assert data == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3", "3:1 key 'a' is given twice, first at 1:1"),
        ('{"a": 1, a: 2}', "1:10 key 'a' is given twice, first at 1:2"),
        ("a: !!python/object:os.system x", "1:4 tags are not accepted, got 'tag:yaml.org,2002:py"),
        ("a: !anything [1]", "1:4 tags are not accepted, got '!anything'"),
        ("a: !!str 1", "1:4 tags are not accepted, got 'tag:yaml.org,2002:str'"),
        ("a: ! 1", "1:4 tags are not accepted, got '!'"),
        ("!x a: 1", "1:1 tags are not accepted, got '!x'"),
        ("a: .nan", "1:4 expected a finite number, got .nan; quote it if it is a text"),
        ("a: [-.inf]", "1:5 expected a finite number, got -.inf; quote it if it is a text"),
        ("1: a", "1:1 a key must be a string, quote '1'"),
        ("a: {true: a}", "1:5 a key must be a string, quote 'true'"),
        ("a: 1\n? # nothing\n: b", "2:2 a key must be a string, quote ''"),
        ("? [a]\n: b", "1:3 a key must be a plain string"),
        ("a: &x b\n*x : c", "2:1 a key must be a plain string"),
        ("a: &x {b: 1}\nc:\n  <<: *x", "3:3 merge keys (<<) are not accepted"),
        ("a: 1\n---\nb: 2", "2:1 expected one document, got several"),
        ("", "1:1 the file is empty"),
        ("# nothing\n", "1:1 the file is empty"),
        ("a: &x [*x]", "1:8 alias *x does not name an earlier anchor"),
        ("a: *y", "1:4 alias *y does not name an earlier anchor"),
        (
            "a: [1, 2\n",
            "2:1 not valid YAML: did not find expected ',' or ']', while parsing a flow sequence from 1:4",
        ),
        ("a:\n\t- 1", "2:1 not valid YAML: found character that cannot start any token"),
        ("a: b: c", "1:5 not valid YAML: mapping values are not allowed in this context"),
        ("%YAML 1.2\n--- 1", "1:1 a line may not begin with '%'"),
        ("a: \x07", "1:4 character \\x07 is not allowed"),
    ],
)
def test_refused(text: str, problem: str) -> None:
    """What a configuration never needs is refused in one line that points at it."""
    (line,) = _refused(text)
    assert line.startswith(f"a.yaml:{problem}")


def test_quoted_merge_key_is_a_key() -> None:
    """A quoted << is an ordinary key, and a quoted number too."""
    assert _data("'<<': 1\n\"2\": 3") == {"<<": 1, "2": 3}


def test_faults_do_not_stop_the_parser() -> None:
    """Every duplicate, tag and bad key of one file is reported in one go."""
    assert len(_refused("a: !x 1\na: 2\n3: .inf\n<<: {}\n")) == 5


def test_a_flood_of_faults_stops_the_parser() -> None:
    """The parser gives up a file of countless faults after those that are shown."""
    assert len(_refused("{" + "a: !x 1, " * 10_000 + "}")) == 21


def _wide(count: int) -> str:
    return "[" + "a," * count + "]"


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


def test_caps_are_reachable() -> None:
    """The largest and the deepest allowed documents are read; one more is refused."""
    assert len(_refused(_wide(MAX_NODES - 1))) == 0
    assert "more than" in _refused(_wide(MAX_NODES))[0]
    assert len(_refused(_nested(MAX_DEPTH))) == 0
    assert "nested deeper than" in _refused(_nested(MAX_DEPTH + 1))[0]
    assert len(_refused("a: &x 1\nb: [" + "*x," * MAX_ALIASES + "]")) == 0
    assert "aliases" in _refused("a: &x 1\nb: [" + "*x," * (MAX_ALIASES + 1) + "]")[0]


def test_aliases_count_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nodes and depth that aliases add count as if the text were repeated."""
    monkeypatch.setattr("orchestrator.strict_yaml.yaml_parser.MAX_NODES", 10_000)
    assert len(_refused(f"a: &x {_wide(4990)}\nb: *x")) == 0
    assert "counting aliases" in _refused(f"a: &x {_wide(5000)}\nb: *x")[0]
    deep = f"a: &x {_nested(MAX_DEPTH - 10)}\nb: "
    assert len(_refused(deep + "[[*x]]")) == 0
    assert "nested deeper" in _refused(deep + "[" * 20 + "*x" + "]" * 20)[0]
    chain = "a0: &a0 []\n" + "".join(
        f"a{n}: &a{n} {'[' * 20}*a{n - 1}{']' * 20}\n" for n in range(1, 60)
    )
    assert "nested deeper" in _refused(chain)[0]


_BOMBS = {
    "laughs": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(
        f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ),
    "doubling": "a0: &a0 x\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 50)),
    "text": f"a: &a {'y' * 100_000}\nb: [{'*a,' * 99}]",
    "deep flow": "[" * 1_000_000,
    "deep block": "- " * 1_000_000,
    "deep keys": "? " * 1_000_000,
    "wide": "[" + "[]," * 1_000_000 + "]",
    "long": "a: 1\n" * 1_000_000,
    "aliases": "a: &a x\nb: [" + "*a," * 1_000_000 + "]",
    "directives": "%TAG !a! tag:x\n" * 300_000 + "--- 1",
    "huge": "x" * 9_000_000,
}


@pytest.mark.parametrize("name", _BOMBS)
def test_bombs(name: str) -> None:
    """Every known bomb is refused at once, or within a second; the bound leaves room for load."""
    started = time.process_time()
    assert len(_refused(_BOMBS[name])) > 0
    assert time.process_time() - started < 4


def test_bombs_take_little_memory() -> None:
    """A short text cannot take more than a few megabytes, however much it stands for."""
    tracemalloc.start()
    try:
        assert len(_refused(_BOMBS["laughs"])) == 1
        assert len(_refused(_BOMBS["doubling"])) == 1
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000


def test_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """PyYAML's own parser, used where libyaml is absent, gives the same tree and faults."""
    text = "a: &x [1, {b: no}]\nc: *x\nd: !t 'é'\nd: |\n  text\n"
    tree = parse(text, "a.yaml")
    monkeypatch.setattr("orchestrator.strict_yaml.yaml_parser._LOADER", yaml.SafeLoader)
    assert parse(text, "a.yaml") == tree
    assert "not valid YAML" in _refused("a: [1\nb")[0]
