"""Answers in which a pattern must be found."""

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot, result
from tests.workers.verifiers.judging import success_of
from workers.verifiers import Regex, regex

pytestmark = pytest.mark.anyio


async def test_regex_searches_or_matches_the_whole() -> None:
    """The pattern is searched for; with ``full`` it is the whole answer."""
    assert await success_of(regex(r"\d{3}"), "it is 391!") == 1.0
    assert await success_of(regex(r"\d{3}", full=True), "it is 391!") == 0.0
    assert await success_of(regex(r"\d{3}", full=True), "391") == 1.0
    assert await success_of(regex("YES", ignore_case=True), "yes") == 1.0
    assert await success_of(regex("YES"), "yes") == 0.0


async def test_regex_does_not_search_long_answers() -> None:
    """An answer beyond the limit is wrong without a search."""
    verdict = await Regex(pattern="a", longest=5).verify(lot(), result("aaaaaa"))
    assert verdict == (0.0, "the answer is longer than 5 characters")


@pytest.mark.parametrize("pattern", ["(", "a{99999999999}", "", "[" + "a" * 3000])
def test_regex_wants_a_pattern(pattern: str) -> None:
    """What does not compile, or is too long, is an error of the configuration."""
    with pytest.raises(ValidationError):
        regex(pattern)
