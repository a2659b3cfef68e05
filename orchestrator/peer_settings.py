"""How tasks with redundancy are scored and paid: the section ``peer`` of a workflow."""

from collections.abc import Container, Mapping
from decimal import Decimal
from typing import Annotated, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from orchestrator.strict_yaml.explanation import hint
from protocols.mechanism import Mechanism
from protocols.peer_paid import PeerPaid
from protocols.units import Money, Name, Units
from scoring.catalog import AGGREGATORS, PEER_MECHANISMS, SCORING_RULES
from workers.spec import Spec
from workers.verifiers import Tolerance

HIGHEST: Final = {
    "correlated-agreement": 1.0,
    "dasgupta-ghosh": 1.0,
    "output-agreement": 1.0,
    "total-variation": 1.0,
    "gold-hybrid": 1.1,
}
"""The peer mechanisms of a market, which has answers and confidences alone, and their best score."""

NEEDS_GOLD: Final = {"correlated-agreement": False, "gold-hybrid": True}
"""The peer mechanisms that look at accepted answers, and whether they cannot do without."""

UNFED: Final = ("surprisingly-popular",)
"""Aggregators that need a prediction of the others' answers, which a market does not ask for."""


class ByJudge(Spec):
    """That a model says which answers are the same."""

    judge: Annotated[Name, Field(description="The judge, one of the section `judges`.")]


class PeerSettings(Spec):
    """How the answers to tasks with redundancy are compared, scored, paid and made one."""

    mechanism: Annotated[Name, Field(description=f"The peer score: {', '.join(HIGHEST)}.")] = (
        "correlated-agreement"
    )
    aggregate: Annotated[
        Name, Field(description="How several answers become one, such as plurality or dawid-skene.")
    ] = "dawid-skene"
    stake: Annotated[
        Units, Field(description="What a peer score of 1 is paid for each task, in units.")
    ] = Money(10_000_000)
    classes: Annotated[
        Literal["normalised", "exact", "numeric"] | ByJudge,
        Field(
            description="Which answers are the same: but for case, spaces and final punctuation;"
            " in every character; in their last number; or to a judge, as in {judge: fair}."
        ),
    ] = "normalised"
    tolerance: Annotated[
        Tolerance, Field(description="How far apart numbers of one class may be.")
    ] = Decimal(0)

    @model_validator(mode="after")
    def _known(self) -> Self:
        _check("mechanism", self.mechanism, list(HIGHEST), list(PEER_MECHANISMS))
        fed = [name for name in AGGREGATORS if name not in UNFED]
        _check("aggregate", self.aggregate, fed, list(AGGREGATORS))
        if self.tolerance and self.classes != "numeric":
            raise _wrong("tolerance", "a tolerance is for classes: numeric")
        return self

    def paid(self, mechanism: Mechanism) -> Mechanism:
        """Return the mechanism with the peer score in the contracts of copied tasks.

        Raises:
            ValueError: If it pays by outcomes.
        """
        return PeerPaid(mechanism, self.mechanism, self.stake)


def peer_settings(given: PeerSettings | Mapping[str, object] | None) -> PeerSettings | None:
    """Return the settings as they were given, or as an earlier process has recorded them.

    Raises:
        ValueError: If a setting is unknown, in one line.
    """
    if given is None or isinstance(given, PeerSettings):
        return given
    try:
        return PeerSettings.model_validate(dict(given))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"]))
        raise ValueError(f"peer{': ' if where else ''}{where}: {first['msg']}") from error


def check_judge(settings: PeerSettings | None, judges: Container[str]) -> None:
    """Check that the judge that compares answers is there.

    Raises:
        ValueError: If it is not.
    """
    if settings is not None and isinstance(settings.classes, ByJudge):
        name = settings.classes.judge
        if name not in judges:
            raise ValueError(f"there is no judge {name!r} in the section `judges`")


def highest_score(rule: str) -> float:
    """Return the best score of a scoring rule or of a peer mechanism, to hold what it may pay.

    >>> highest_score("quadratic"), highest_score("correlated-agreement")
    (0.0, 1.0)
    """
    return HIGHEST[rule] if rule in HIGHEST else SCORING_RULES[rule].bounds[1]


def _check(field: str, name: str, usable: list[str], known: list[str]) -> None:
    if name in usable:
        return
    if name in known:
        words = f"{name!r} needs what a market does not ask for; take one of {', '.join(usable)}"
    else:
        words = f"unknown {field} {name!r}{hint(name, usable)}"
    raise _wrong(field, words)


def _wrong(field: str, message: str) -> PydanticCustomError:
    return PydanticCustomError("inconsistent", "{message}", {"message": message, "at": (field,)})
