"""What a planner is told and what it answers: a brief in, a draft of tasks out."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Annotated, Any, Final, NamedTuple, cast

from pydantic import ConfigDict, Field, JsonValue

from protocols.frozen import Frozen
from protocols.units import Amount, Name, Text
from workers.spec import Several, Spec

_ALL_REQUIRED = ConfigDict(json_schema_serialization_defaults_required=True)
"""Endpoints that enforce a schema want every field to be required."""


class CheckForm(NamedTuple):
    """How a draft may ask for a verifier: with one text.

    Attributes:
        description: What the text is, in words for a model.
        fields: Turns the text into the fields of the verifier; a ValueError says what is wrong.
    """

    description: str
    fields: Callable[[str], Mapping[str, object]]


def _answer(text: str) -> Mapping[str, object]:
    return {"answer": text}


def _number(text: str) -> Mapping[str, object]:
    return {"value": text}


def _pattern(text: str) -> Mapping[str, object]:
    return {"pattern": text, "longest": 1_000_000}


def _rubric(text: str) -> Mapping[str, object]:
    return {"rubric": text}


def _schema(text: str) -> Mapping[str, object]:
    try:
        return {"schema": json.loads(text)}
    except ValueError as error:
        raise ValueError(f"the schema is not JSON: {error}") from None


CHECKS: Final[Mapping[str, CheckForm]] = {
    "exact": CheckForm("the one right answer, where you know it", _answer),
    "numeric": CheckForm("the right number, where you know it", _number),
    "regex": CheckForm(
        "a regular expression of Python that is found in every right answer and in no wrong one",
        _pattern,
    ),
    "json-schema": CheckForm("a JSON Schema, as text, that every right answer fits", _schema),
    "judge": CheckForm(
        "what a right answer must be, for a judge who reads it; costs money, so only for what no"
        " other check can tell, and not for a list that each names",
        _rubric,
    ),
}
"""Verifiers that a draft may ask for. One that runs a command is none of them."""

BY_FORM: Final = tuple(word for word in CHECKS if word != "judge")
"""Those that need nobody."""


class DraftCheck(Spec):
    """How the answer of a drafted task is checked."""

    model_config = _ALL_REQUIRED

    type: Annotated[Name, Field(description="The word of the check.")]
    expect: Annotated[Text, Field(description="The text that this check goes by.")]


class DraftTask(Spec):
    """One task of a draft."""

    model_config = _ALL_REQUIRED

    id: Annotated[str, Field(description="A short word, unique: letters, digits and _.")]
    kind: Annotated[str, Field(description="The sort of work, one of the kinds in the brief.")]
    prompt: Annotated[Text, Field(description="All that a worker gets to know of the task.")]
    value: Annotated[float, Field(description="What a right answer is worth, in units.")]
    needs: Annotated[
        Several[str], Field(description="The ids of tasks that must be solved first.")
    ] = ()
    items: Annotated[
        Several[str] | None,
        Field(description="Known items: the task is done once for each of them."),
    ] = None
    each: Annotated[
        str | None,
        Field(description="A task whose answer is a list: this one is done for each item of it."),
    ] = None
    most: Annotated[
        int | None, Field(description="With each: the most items that the list may have.")
    ] = None
    check: DraftCheck


class Draft(Spec):
    """A plan as a planner writes it."""

    model_config = _ALL_REQUIRED

    tasks: Annotated[Several[DraftTask], Field(description="The tasks; the last one ends it.")]


@cache
def draft_form() -> Mapping[str, JsonValue]:
    """Return the JSON Schema of a draft, without what strict endpoints refuse."""
    schema = Draft.model_json_schema(mode="serialization")
    return cast("Mapping[str, JsonValue]", _strict(schema))


_REFUSED: Final = frozenset({"default", "title", "minLength", "maxLength"})


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(each) for each in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, object]", schema)
    return {key: _strict(each) for key, each in fields.items() if key not in _REFUSED}


class Done(Frozen):
    """A task of an earlier plan, and how it ended.

    Attributes:
        id: Its id.
        kind: The sort of work.
        prompt: What was asked.
        state: ``solved``, or why not.
        reason: More about the state.
        answer: What came of it, the beginning at least.
        many: Whether it was done for each item of a list.
    """

    id: Name
    kind: Name
    prompt: Text
    state: Name
    reason: str = ""
    answer: Text = ""
    many: bool = False


class Try(Frozen):
    """A draft that was turned down.

    Attributes:
        text: What the planner said.
        problems: What is wrong with it.
    """

    text: Text
    problems: tuple[str, ...]


class Brief(Frozen):
    """Everything that a planner goes by.

    Attributes:
        goal: What is to be reached.
        kinds: The sorts of work that somebody bids on, and what is to be known of each.
        checks: The verifiers that a draft may ask for.
        judge: Who judges where a draft asks for a judge.
        tasks: The most tasks of a draft.
        items: The most items of a list that tasks are made for.
        value: What the tasks may be worth together, in nano-units.
        currency: What the units are.
        number: 1 for the first plan, one more for each that follows a plan that failed.
        done: The tasks of the earlier plans.
        tries: The drafts of this plan that were turned down.
    """

    goal: Text
    kinds: Mapping[Name, str]
    checks: tuple[Name, ...]
    judge: Name | None = None
    tasks: Annotated[int, Field(ge=1)]
    items: Annotated[int, Field(ge=1)]
    value: Amount
    currency: Name = "USD"
    number: Annotated[int, Field(ge=1)] = 1
    done: tuple[Done, ...] = ()
    tries: tuple[Try, ...] = ()
