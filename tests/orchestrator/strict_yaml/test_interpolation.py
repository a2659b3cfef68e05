"""Tests of ``${VAR}``."""

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.strict_yaml.yaml_text import MAX_BYTES

if TYPE_CHECKING:
    from orchestrator.strict_yaml.yaml_tree import Fault

_VARIABLES = {"KEY": "sk-1", "EMPTY": "", "TRAP": "${KEY}", "_x9": "v"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("${KEY}", "sk-1"),
        ("a${KEY}b${_x9}c", "ask-1bvc"),
        ("${KEY:-other}", "sk-1"),
        ("${NONE:-other: x}", "other: x"),
        ("${NONE:-}", ""),
        ("${EMPTY}", ""),
        ("${EMPTY:-other}", "other"),
        ("${TRAP}", "${KEY}"),
        ("$${KEY}", "${KEY}"),
        ("$$${KEY}", "$${KEY}"),
        ("$KEY $ $$ {KEY} costs 5$", "$KEY $ $$ {KEY} costs 5$"),
    ],
)
def test_fill(text: str, filled: str) -> None:
    """Variables are filled in once, defaults stand in for unset and empty ones, $${ is literal."""
    assert Environment(_VARIABLES).fill(text) == filled


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("${NONE}", "variable NONE is not set; set it or write ${NONE:-default}"),
        ("${1}", "expected ${NAME} or ${NAME:-default}; write $${ for a literal ${"),
        ("${KEY", "expected ${NAME} or ${NAME:-default}; write $${ for a literal ${"),
        ("${KEY:?x}", "expected ${NAME} or ${NAME:-default}; write $${ for a literal ${"),
        ("${}", "expected ${NAME} or ${NAME:-default}; write $${ for a literal ${"),
    ],
)
def test_refused(text: str, message: str) -> None:
    """A variable that is not set, or a malformed reference, is refused with the way out."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Environment(_VARIABLES).fill(text)
    assert str(caught.value) == message


def test_nothing_is_allowed_by_default() -> None:
    """An empty environment denies every variable, and still fills defaults."""
    assert Environment({}).fill("${HOME:-x}") == "x"
    with pytest.raises(ValueError, match="HOME is not set"):
        Environment({}).fill("${HOME}")


def test_not_text() -> None:
    """A variable that holds bytes outside UTF-8 is refused without its value."""
    with pytest.raises(ValueError, match=r"^variable RAW is not valid UTF-8$"):
        Environment({"RAW": "caf\udce9"}).fill("${RAW}")


def test_amplification() -> None:
    """A short text cannot fill in more than the largest file."""
    environment = Environment({"BIG": "x" * 100_000})
    with pytest.raises(ValueError, match=f"fill in more than {MAX_BYTES} characters"):
        environment.fill("${BIG}" * 1_000_000)


def test_hide() -> None:
    """A value that was filled in is shown by name, longest first, also as repr() spells it."""
    environment = Environment({"A": "sk", "B": "sk-long", "C": "l1\nl2", "D": "unused"})
    environment.fill("${A}${B}${C}")
    hidden = environment.hide(f"bad sk-long, sk, {'l1' + chr(10) + 'l2'!r}, unused")
    assert hidden == "bad ${B}, ${A}, '${C}', unused"


@given(st.text(min_size=1).filter(lambda value: not set(value) & set("${KEY}")))
def test_hidden_values_do_not_survive(value: str) -> None:
    """Whatever the value of a variable, it is in no text that was hidden."""
    environment = Environment({"KEY": value.encode("utf-8", "ignore").decode() or "x"})
    secret = environment.fill("${KEY}")
    assert secret not in environment.hide(f"a {secret} b {secret}{secret}")


def test_places_of_faults() -> None:
    """What cannot be filled in is one fault per place; keys and other values are left alone."""
    faults: list[Fault] = []
    root = parse("a: ${NONE}\n${KEY}: ['${KEY}', \"${\"]\nb: |\n  ${KEY}\nn: 1", "a.yaml").root
    data = plain(root, Environment(_VARIABLES), faults)
    assert data == {"a": "${NONE}", "${KEY}": ["sk-1", "${"], "b": "sk-1\n", "n": 1}
    assert [str(fault.mark) for fault in faults] == ["a.yaml:1:4", "a.yaml:2:20"]
