"""How a market guards itself against workers that keep failing: the section ``guards``."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from workers.spec import Several, Spec

Response = Literal["warn", "reduce", "suspend", "review", "exclude"]

Screen = Literal["shading", "reserve", "threshold", "ring", "copies"]
"""What `truthbid screen` looks for."""


class GuardSettings(Spec):
    """When a worker counts as failing, and what is done about it."""

    counts: Annotated[
        Literal["no-answer", "failure"],
        Field(
            description="What counts: no answer, or also an answer that the verifier turned down."
        ),
    ] = "no-answer"
    failures: Annotated[
        int, Field(ge=1, le=1000, description="So many failures in a row call for a response.")
    ] = 3
    rate: Annotated[
        float | None,
        Field(gt=0, le=1, description="So does this share of failures over the window."),
    ] = None
    window: Annotated[
        int, Field(ge=2, le=1000, description="The last so many awards of a worker, for the rate.")
    ] = 20
    responses: Annotated[
        Several[Response],
        Field(
            min_length=1, description="What is done, one step further each time; the last stays."
        ),
    ] = ("warn", "reduce", "suspend")
    pause: Annotated[
        int, Field(ge=1, le=100_000, description="For how many announcements suspend lasts.")
    ] = 8
    capacity: Annotated[
        int, Field(ge=1, description="To how many lots of an announcement reduce goes.")
    ] = 1
    review: Annotated[
        Several[Screen],
        Field(description="Findings of `truthbid screen` after which a person has to decide."),
    ] = ()


def guard_settings(given: GuardSettings | Mapping[str, object] | None) -> GuardSettings | None:
    """Return the settings as they were given, or as an earlier process has recorded them.

    Raises:
        ValueError: If a setting is unknown, in one line.

    >>> guard_settings({"failures": 5}).pause
    8
    """
    if given is None or isinstance(given, GuardSettings):
        return given
    try:
        return GuardSettings.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"guards{': ' if where else ''}{where}: {first['msg']}") from error
