"""How far planning may go."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from orchestrator.strict_yaml.explanation import hint
from orchestrator.task import MOST_ITEMS
from protocols.units import Name, Units
from workers.planning.draft import BY_FORM
from workers.spec import Several, Spec


class PlanningSettings(Spec):
    """What a plan may consist of, and how often it is made anew.

    >>> PlanningSettings(repairs=1).checks
    ('exact', 'numeric', 'regex', 'json-schema')
    """

    tasks: Annotated[int, Field(ge=1, le=200, description="The most tasks of a plan.")] = 20
    items: Annotated[
        int, Field(ge=1, le=MOST_ITEMS, description="The most items of a list in a plan.")
    ] = 20
    value: Annotated[
        Units | None,
        Field(description="What its tasks may be worth together, in units; the budget if null."),
    ] = None
    repairs: Annotated[
        int,
        Field(ge=0, le=20, description="How often the planner is shown what is wrong with a plan."),
    ] = 2
    replans: Annotated[
        int,
        Field(ge=0, le=20, description="How often a plan is made for what another one left open."),
    ] = 1
    kinds: Annotated[
        dict[Name, Annotated[str, Field(max_length=1_000)]],
        Field(description="The kinds of task, and what the planner is told of each."),
    ] = {}  # noqa: RUF012 - a frozen model copies its defaults
    checks: Annotated[
        Several[Name], Field(min_length=1, description="The verifiers that a plan may ask for.")
    ] = BY_FORM
    judge: Annotated[
        Name | None,
        Field(description="One of `judges`, whom a plan may ask to judge answers; it costs money."),
    ] = None

    @model_validator(mode="after")
    def _known(self) -> Self:
        for word in self.checks:
            if word not in BY_FORM:
                raise ValueError(f"there is no check {word!r}{hint(word, list(BY_FORM))}")
        return self

    @property
    def all_checks(self) -> tuple[Name, ...]:
        """The verifiers that a plan may ask for, the judge included."""
        return self.checks if self.judge is None else (*self.checks, "judge")
