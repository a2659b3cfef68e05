"""Keys live in the environment."""

from __future__ import annotations

import pytest

from workers.key import Key

NAME = "SECRET_OF_TEST"


@pytest.mark.parametrize(("held", "read"), [(" sk-1\n", "sk-1"), ("", None), (" ", None)])
def test_a_key_is_read_without_the_blanks_around_it(
    monkeypatch: pytest.MonkeyPatch, held: str, read: str | None
) -> None:
    """A line break at the end, as files have it, is not part of the key."""
    monkeypatch.setenv(NAME, held)
    assert Key(NAME).read() == read


def test_no_variable_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is not set holds nothing."""
    monkeypatch.delenv(NAME, raising=False)
    assert Key(NAME).read() is None
    assert Key(NAME).redacted("text") == "text"


@pytest.mark.parametrize("held", ["sk 1", "sk\n1", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_refused(
    monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """The message names the variable and does not show what it holds."""
    monkeypatch.setenv(NAME, held)
    with pytest.raises(ValueError, match=NAME) as caught:
        Key(NAME).read()
    assert held not in str(caught.value)


def test_a_key_is_taken_out_of_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever repeats the key does not bring it into a message."""
    monkeypatch.setenv(NAME, "sk-1")
    assert Key(NAME).redacted("wrong key sk-1!") == "wrong key [key]!"
    assert "sk-1" not in repr(Key(NAME))


@pytest.mark.parametrize(
    ("held", "clean"), [("sk-1234567890", b"it is [key]"), ("it", b"it is sk-1234567890")]
)
def test_a_key_is_taken_out_of_a_reply(
    monkeypatch: pytest.MonkeyPatch, held: str, clean: bytes
) -> None:
    """An endpoint that hands the key back is not believed; a stand-in for a key is just a word."""
    monkeypatch.setenv(NAME, held)
    assert Key(NAME).redacted_reply(b"it is sk-1234567890") == clean
