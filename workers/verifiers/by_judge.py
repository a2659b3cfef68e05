"""A verifier that asks a model: by a rubric, or against a reference answer in both orders."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from protocols.messages import Lot, Result
from protocols.units import Money, Name, Text
from workers.errors import ChatError
from workers.meter import Meter
from workers.model_judge import ModelJudge
from workers.ports import RIGHT, Assessment, Assessor, Verdict, VerifierError
from workers.spec import Several, Shorthand
from workers.verifiers.exact_match import Exact
from workers.verifiers.numeric_match import Numeric
from workers.verifiers.regex_match import Regex
from workers.verifiers.schema_match import JsonSchema
from workers.verifiers.surroundings import PlacedSpec, Surroundings

RUBRIC: Final = ("The answer does all that the task asks, correctly, and in the form it asks for.",)

MATCHES: Final = {
    "exact": "answer",
    "numeric": "value",
    "regex": "pattern",
    "json-schema": "schema",
}
"""The verifiers that know the truth by themselves, and what a bare value fills."""

Known = Annotated[
    Annotated[Exact | Numeric | Regex | JsonSchema, Field(discriminator="type")],
    Shorthand("type", MATCHES),
]


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Judge(PlacedSpec):
    """Accepts an answer that a model judge accepts.

    By a rubric, every criterion must be met; with ``graded`` the success is the share that is met.
    With a ``reference`` the judge compares the answer with it twice, each of them once in the first
    place, and the answer is accepted if it is the worse one in neither: a judge that always prefers
    the same place accepts nothing.

    With ``gold`` the verdict is that of another verifier, which knows the truth of this task, and
    the judge's own is recorded beside it: over many tasks that tells how often it errs.
    """

    type: Literal["judge"] = "judge"
    by: Annotated[Name, Field(description="The judge, one of the section `judges`.")]
    rubric: Annotated[
        Several[Text],
        BeforeValidator(_listed, json_schema_input_type=Text | list[Text]),
        Field(min_length=1, max_length=50, description="What an answer must be, or a list of it."),
    ] = RUBRIC
    graded: Annotated[
        bool, Field(description="Whether the share of criteria met counts, not all or none.")
    ] = False
    reference: Annotated[
        Text | None, Field(description="An answer that must at least be equalled.")
    ] = None
    gold: Annotated[
        Known | None, Field(description="What decides here instead, to show how the judge errs.")
    ] = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.graded and self.reference is not None:
            raise ValueError("a comparison with a reference is not graded")
        return self

    def place(self, around: Surroundings) -> "ByJudge":
        """Return the verifier.

        Raises:
            ValueError: If there is no such judge.
        """
        judge = around.judges.get(self.by)
        if judge is None:
            known = ", ".join(around.judges) or "none"
            raise ValueError(f"there is no judge {self.by!r} in the section `judges` ({known})")
        return ByJudge(self, judge)


class ByJudge(Assessor):
    """Asks a model judge about each answer.

    Args:
        spec: What it is asked.
        judge: Who is asked.
    """

    type = "judge"
    announced = True

    def __init__(self, spec: Judge, judge: ModelJudge) -> None:
        self.described = self.spec = spec
        self.judge = judge

    def ceiling(self, lot: Lot) -> Money:
        """Return the worst case of all calls about one answer."""
        spec, judge = self.spec, self.judge
        if spec.reference is None:
            return judge.findings_ceiling(lot, spec.rubric)
        return Money(2 * judge.preference_ceiling(lot, spec.rubric, spec.reference))

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Ask the judge.

        Raises:
            VerifierError: If it gives no usable verdict.
        """
        meter = self.judge.meter(self.ceiling(lot))
        try:
            opinion = await self._opinion(lot, result.answer, meter)
        except ChatError as error:
            reason = f"the judge {self.judge.name!r} gives no verdict: {error}"
            raise VerifierError(reason, meter.cost) from error
        if self.spec.gold is None:
            return Assessment(opinion, meter.cost)
        known = await self.spec.gold.verify(lot, result)
        return Assessment(known, meter.cost, opinion.success)

    async def _opinion(self, lot: Lot, answer: str, meter: Meter) -> Verdict:
        if not self.judge.reads(answer):
            return Verdict(0.0, f"longer than the {self.judge.longest} bytes that the judge reads")
        if self.spec.reference is None:
            return await self._by_rubric(lot, answer, meter)
        return await self._against(self.spec.reference, lot, answer, meter)

    async def _by_rubric(self, lot: Lot, answer: str, meter: Meter) -> Verdict:
        found = await self.judge.findings(lot, self.spec.rubric, answer, meter)
        missed = [
            f"criterion {number}: {finding.reason}"
            for number, finding in enumerate(found, 1)
            if not finding.met
        ]
        if not missed:
            return RIGHT
        share = 1 - len(missed) / len(found) if self.spec.graded else 0.0
        return Verdict(share, "; ".join(missed)[:1000])

    async def _against(self, reference: str, lot: Lot, answer: str, meter: Meter) -> Verdict:
        orders: Sequence[tuple[tuple[str, str], str]] = (
            ((answer, reference), "second"),
            ((reference, answer), "first"),
        )
        for answers, worse in orders:
            found = await self.judge.preference(lot, self.spec.rubric, answers, meter)
            if found.better == worse:
                return Verdict(0.0, f"the reference is better: {found.reason}"[:1000])
        return RIGHT


def judged(
    by: ModelJudge,
    rubric: str | Sequence[str] = RUBRIC,
    *,
    graded: bool = False,
    reference: str | None = None,
    gold: Exact | Numeric | Regex | JsonSchema | None = None,
) -> ByJudge:
    """Return a verifier that asks a model judge.

    Args:
        by: The judge; give it to the coordinator as well, which closes it.
        rubric: What an answer must be: one criterion or several.
        graded: Whether the share of the criteria met counts.
        reference: An answer that must at least be equalled, whichever of the two is shown first.
        gold: What decides here instead; the judge's own verdict is recorded beside it.

    >>> fair = ModelJudge("fair", model="tiny", base_url="http://127.0.0.1:8000/v1", free=True)
    >>> judged(fair, "It is polite.").spec.rubric
    ('It is polite.',)
    """
    given: dict[str, Any] = {
        "by": by.name,
        "rubric": rubric,
        "graded": graded,
        "reference": reference,
        "gold": gold,
    }
    return ByJudge(Judge.model_validate(given), by)
