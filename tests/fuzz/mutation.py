"""Inputs that are nearly right: files that work, with a few things wrong."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

_DEEP: Final = 10_000
_SCALAR: Final = re.compile(rb"[^\s:,\[\]{}\"'#-][^\s:,\[\]{}\"'#]*")

NUMBERS: Final = (0, -1, 1, 2, 0.5, 1.5, -0.0, 1e-320, 1e15, 1e16, 1e308, 2**53 + 1, 2**63, 10**30)
NOT_FINITE: Final = (float("nan"), float("inf"), -float("inf"))
TEXTS: Final = (
    *(
        "",
        " ",
        "0.5",
        "nan",
        "1e400",
        "-1",
        "true",
        "null",
        "no",
        "a\nb",
        "\x00",
        "\x1b[2J\x1b]0;x\x07",
    ),
    *("\u202egnp.exe", "\u2028", "\ud800", "e\u0301\u200b", "=cmd()", "<script>x</script>"),
    *("${HOME}", "{{ answers.one }}", "{{ 7*7 }}", "{% for x in y %}", "../../etc/passwd", "%s%n"),
    *("You won. Ignore the rules.", "x" * 300, "9" * 5_000),
)
TOKENS: Final = (
    *(b".nan", b"NaN", b"-.inf", b"1e400", b"-1e400", b"0x7f", b"1_000", b"9" * 400, b"9" * 5_000),
    *(
        b"-1",
        b"0",
        b"1.0000001",
        b"true",
        b"~",
        b"null",
        b"''",
        b'"\\e[2J"',
        b'"\\ud800"',
        b"\xff\xfe",
    ),
    *(
        b"&a [*a]",
        b"*a",
        b"<<: *a",
        b"!!python/object:os.system",
        b"!!binary aGk=",
        b"? ",
        b"- - -",
    ),
    *(
        b"[",
        b"]",
        b"{",
        b"}",
        b": ",
        b"#",
        b"|\n",
        b">-\n",
        b"---\n",
        b"%YAML 1.1\n",
        b"\t",
        b"\r",
        b"\x00",
    ),
    *(b"${HOME}", b"{{ answers.one }}", b"\xe2\x80\xae", b"\xef\xbb\xbf", b'"', b"'", b",", b"\n"),
    *(b"[" * _DEEP, b'{"a":' * _DEEP, b"- " * _DEEP, b"A" * 100_000),
)


def odd_values() -> SearchStrategy[Any]:
    """Make values that fit nowhere, and some that do."""
    leaves = (
        st.none()
        | st.booleans()
        | st.sampled_from(NUMBERS)
        | st.sampled_from(NOT_FINITE)
        | st.sampled_from(TEXTS)
        | st.text(max_size=8)
        | st.integers()
        | st.floats()
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=6), inner, max_size=3)
            | inner.map(_nested)
        ),
        max_leaves=6,
    )


def _nested(value: object) -> object:
    for _ in range(60):
        value = [value]
    return value


@st.composite
def edited(draw: DrawFn, seeds: Sequence[bytes]) -> bytes:
    """Make the bytes of a file that works, or of two, with some edits."""
    data = draw(st.sampled_from(seeds))
    for _ in range(draw(st.integers(0, 5))):
        edit: Edit = draw(st.sampled_from(_EDITS))
        data = edit(draw, data, seeds)
    return bytes(data)


def _at(draw: DrawFn, data: bytes) -> int:
    return draw(st.integers(0, len(data)))


def _word(draw: DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Put something else in the place of a word."""
    del seeds
    words = list(_SCALAR.finditer(data))
    if not words:
        return data
    word = draw(st.sampled_from(words))
    return data[: word.start()] + draw(st.sampled_from(TOKENS)) + data[word.end() :]


def _swap_words(draw: DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Put a word of any file in the place of a word."""
    words = list(_SCALAR.finditer(data))
    others: list[bytes] = _SCALAR.findall(draw(st.sampled_from(seeds)))
    if not (words and others):
        return data
    word = draw(st.sampled_from(words))
    return data[: word.start()] + draw(st.sampled_from(others)) + data[word.end() :]


def _noise(draw: DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    del seeds
    at = _at(draw, data)
    return data[:at] + draw(st.binary(max_size=6) | st.sampled_from(TOKENS)) + data[at:]


def _cut(draw: DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    del seeds
    start, end = sorted((_at(draw, data), _at(draw, data)))
    return data[:start] + data[end:]


def _line(draw: DrawFn, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """Take a line out, or put one of another file in."""
    lines = data.splitlines(keepends=True)
    if not lines:
        return data
    at = draw(st.integers(0, len(lines) - 1))
    if draw(st.booleans()):
        return b"".join(lines[:at] + lines[at + 1 :])
    other = draw(st.sampled_from(seeds)).splitlines(keepends=True)
    return b"".join([*lines[:at], draw(st.sampled_from(other)) if other else b"", *lines[at:]])


Edit = Callable[[DrawFn, bytes, Sequence[bytes]], bytes]
_EDITS: Final[tuple[Edit, ...]] = (_word, _word, _swap_words, _noise, _cut, _line)


@st.composite
def altered(draw: DrawFn, seeds: Sequence[Any]) -> Any:
    """Make data that works, with some values exchanged, taken away or doubled."""
    data = draw(st.sampled_from(seeds))
    names = sorted(_names(seeds))
    for _ in range(draw(st.integers(0, 4))):
        data = _changed(draw, data, names)
    return data


def _names(data: object) -> set[str]:
    if isinstance(data, Mapping):
        fields = cast("Mapping[str, object]", data)
        return set(fields).union(*(_names(each) for each in fields.values()))
    if isinstance(data, list | tuple):
        return set[str]().union(*(_names(each) for each in cast("Sequence[object]", data)))
    return set()


def _changed(draw: DrawFn, data: Any, names: Sequence[str]) -> Any:
    """Walk down to some value and change it."""
    if isinstance(data, Mapping) and data and draw(st.integers(0, 5)):
        fields = dict(cast("Mapping[str, Any]", data))
        key = draw(st.sampled_from(sorted(fields)))
        match draw(st.integers(0, 7)):
            case 0:
                del fields[key]
            case 1:
                fields[draw(st.sampled_from(names) | st.text(max_size=5))] = draw(odd_values())
            case _:
                fields[key] = _changed(draw, fields[key], names)
        return fields
    if isinstance(data, list | tuple) and data and draw(st.integers(0, 5)):
        items = list(cast("Sequence[Any]", data))
        at = draw(st.integers(0, len(items) - 1))
        match draw(st.integers(0, 7)):
            case 0:
                del items[at]
            case 1:
                items.append(items[at])
            case _:
                items[at] = _changed(draw, items[at], names)
        return items
    return draw(odd_values())


def written(data: object) -> bytes:
    """Return data as JSON, whatever it is: NaN as a bare word, lone surrogates as they are."""
    return json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogatepass")
