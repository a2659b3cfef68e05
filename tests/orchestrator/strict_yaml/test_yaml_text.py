"""Tests of what text may reach the YAML parser."""

import json
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InputError
from orchestrator.strict_yaml.yaml_text import (
    MAX_BYTES,
    join_surrogates,
    read_text,
    refuse_characters,
)


def test_byte_order_mark(tmp_path: Path) -> None:
    """A byte order mark is no part of the text."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"\xef\xbb\xbfcost: 1")
    assert read_text(file, "a.yaml") == "cost: 1"


def test_not_utf8(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are refused with their line."""
    file = tmp_path / "a.yaml"
    file.write_bytes(b"cost: 1\nname: \xff\n")
    with pytest.raises(InputError, match=r"^a\.yaml:2:1 not valid UTF-8 on this line$"):
        read_text(file, "a.yaml")


def test_unreadable(tmp_path: Path) -> None:
    """A file that is absent, or a folder, is the user's problem and not ours."""
    with pytest.raises(InputError, match="cannot be read: No such file or directory"):
        read_text(tmp_path / "absent.yaml", "absent.yaml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        read_text(tmp_path, "folder")


def test_endless_file() -> None:
    """A file without end is refused after a bounded read."""
    with pytest.raises(InputError, match=f"larger than {MAX_BYTES} bytes"):
        read_text(Path("/dev/zero"), "zero")


@pytest.mark.parametrize("character", ["\0", "\x1b", "\x7f", "\x85", "\u2028", "\ufffe", "\udc80"])
def test_unwelcome_characters(character: str) -> None:
    """Control characters, breaks of YAML 1.1 only and lone surrogates are refused with a place."""
    with pytest.raises(InputError) as caught:
        refuse_characters(f"name: a\nquestion: b{character}", "a.yaml")
    assert caught.value.problems[0].where == "a.yaml:2:12"
    assert str(caught.value).isprintable()


def test_directives_cost_nothing() -> None:
    """A file of directives, on which libyaml takes quadratic time, is refused at once."""
    text = "".join(f"%TAG !a{number}! x\n" for number in range(300_000)) + "--- a"
    started = time.perf_counter()
    with pytest.raises(InputError, match=r"^a\.yaml:1:1 a line may not begin with '%'"):
        refuse_characters(text, "a.yaml")
    assert time.perf_counter() - started < 1


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x7f")))
def test_json_surrogates(text: str) -> None:
    """A YAML parser reads any escaped JSON text, surrogates and backslashes included."""
    escaped = json.dumps(f"{text}\\ud83d\\ude00 😀")
    joined = join_surrogates(escaped)
    assert yaml.safe_load(joined) == json.loads(escaped)


def test_a_journal_is_told_from_a_text(tmp_path: Path) -> None:
    """Who gives a journal where a workflow is meant is told so."""
    path = tmp_path / "run.db"
    path.write_bytes(b"SQLite format 3\0" + bytes(100))
    with pytest.raises(InputError, match=r"^run\.db is a journal or another database"):
        read_text(path, "run.db")
