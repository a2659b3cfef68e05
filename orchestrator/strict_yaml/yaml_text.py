"""From the bytes of a file to text that a YAML parser may see."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from orchestrator.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 8 * 2**20
"""Holds 5,000 tasks of 1.5 kB each; also caps the text that aliases and variables expand to."""

# The breaks that YAML 1.1 knows and 1.2 does not (NEL, LS, PS) would be folded silently, so they
# are as unwelcome as control characters.
_UNPRINTABLE = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_DATABASE = b"SQLite format 3\0"
_SURROGATES = re.compile(r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def read_text(path: Path, name: str) -> str:
    """Return the text of a YAML or JSON file; at most ``MAX_BYTES`` of it are ever read.

    A ``.json`` file may escape one character as two surrogates, which YAML cannot; they are joined.

    Raises:
        InputError: The file cannot be read, is too large, a database or not UTF-8.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if raw.startswith(_DATABASE):
            raise InputError([Problem(name, "is a journal or another database, expected text")])
        if len(raw) > MAX_BYTES:
            raise InputError([Problem(name, f"larger than {MAX_BYTES} bytes")])
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError([Problem(name, f"cannot be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise InputError([Problem(f"{name}:{line}:1", "not valid UTF-8 on this line")]) from error
    return join_surrogates(text) if path.suffix == ".json" else text


def join_surrogates(text: str) -> str:
    r"""Return JSON with the two escapes of one character spelled as YAML's single one.

    Columns after it on the same line are two too small, which only messages show.

    >>> join_surrogates(r'"\ud83d\ude00 \\ud83d"')
    '"\\U0001f600 \\\\ud83d"'
    """
    return _SURROGATES.sub(_joined, text)


def _joined(pair: re.Match[str]) -> str:
    if pair[0] == r"\\":
        return pair[0]
    character: str = json.loads(f'"{pair[0]}"')
    return rf"\U{ord(character):08x}"


def refuse_characters(text: str, name: str) -> None:
    """Refuse what a YAML 1.1 parser would misread or be slow on.

    Raises:
        InputError: A control character, a line break that only YAML 1.1 knows, a directive, or
            more than ``MAX_BYTES`` characters.

    >>> refuse_characters("cost: 1", "a.yaml")
    """
    if len(text) > MAX_BYTES:
        raise InputError([Problem(name, f"larger than {MAX_BYTES} bytes")])
    if found := _UNPRINTABLE.search(text):
        escape = f"{found[0]!a}"[1:-1]
        message = f'character {escape} is not allowed, write it as "{escape}"'
        raise InputError([Problem(_place(text, found.start(), name), message)])
    # libyaml compares every directive with all before it: a file of them takes hours.
    if found := re.search(r"^%", text, re.MULTILINE):
        message = "a line may not begin with '%' (no YAML directives)"
        raise InputError([Problem(_place(text, found.start(), name), message)])


def _place(text: str, index: int, name: str) -> str:
    return f"{name}:{text.count(chr(10), 0, index) + 1}:{index - text.rfind(chr(10), 0, index)}"
