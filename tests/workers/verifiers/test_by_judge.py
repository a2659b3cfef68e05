"""Verdicts of a model: by a rubric, against a reference, and beside known truth."""

import json
from collections.abc import Callable

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot, result
from workers.chat import ChatRequest
from workers.errors import CutAnswerError
from workers.model_judge import ModelJudge
from workers.ports import VerifierError
from workers.prices import Price
from workers.scripted_chat import Line, ScriptedChat
from workers.verifiers import Exact, Judge, Surroundings, judged

pytestmark = pytest.mark.anyio

TEN_TO_TEN = 10 * 1000 + 10 * 2000


def fair(**phases: list[str] | list[Line] | Callable[[ChatRequest], str]) -> ModelJudge:
    """Return a judge with a script, at one and two units per million tokens."""
    chat = ScriptedChat(**phases)
    return ModelJudge("fair", model="m", price=Price.per_million(1, 2), chat=chat, longest=50)


def findings(*met: bool) -> list[str]:
    """Return what a judge says of one answer."""
    return [json.dumps({"criteria": [{"reason": f"r{n}", "met": m} for n, m in enumerate(met)]})]


@pytest.mark.parametrize(
    ("met", "graded", "success", "detail"),
    [
        ((True, True), False, 1.0, ""),
        ((True, False), False, 0.0, "criterion 2: r1"),
        ((True, False), True, 0.5, "criterion 2: r1"),
        ((False, False), True, 0.0, "criterion 1: r0; criterion 2: r1"),
    ],
)
async def test_all_criteria_or_the_share_of_them(
    met: tuple[bool, ...], graded: bool, success: float, detail: str
) -> None:
    """Without grades every criterion must be met; with grades the share counts."""
    verifier = judged(fair(judge=findings(*met)), ["polite", "short"], graded=graded)
    verdict, cost, opinion = await verifier.assess(lot(), result("Hi."))
    assert (verdict, cost, opinion) == ((success, detail), TEN_TO_TEN, None)


def prefers(text: str) -> Callable[[ChatRequest], str]:
    """Return a judge that prefers the answer with a text in it, wherever it stands."""

    def say(request: ChatRequest) -> str:
        first, _, second = request.messages[1].content.partition("The second answer:")
        inside = (text in first.partition("The first answer:")[2], text in second)
        better = {(True, False): "first", (False, True): "second"}.get(inside, "equal")
        return json.dumps({"reason": "so", "better": better})

    return say


def always(better: str) -> Callable[[ChatRequest], str]:
    """Return a judge that prefers the same place whatever stands there."""

    def say(request: ChatRequest) -> str:
        del request
        return json.dumps({"reason": "so", "better": better})

    return say


@pytest.mark.parametrize(
    ("says", "success"),
    [
        (prefers("mine"), 1.0),
        (prefers("yours"), 0.0),
        (prefers("neither"), 1.0),
        (always("first"), 0.0),
        (always("second"), 0.0),
    ],
    ids=["better", "worse", "equal", "always first", "always second"],
)
async def test_a_reference_must_be_equalled_in_both_orders(
    says: Callable[[ChatRequest], str], success: float
) -> None:
    """A judge that goes by the place of an answer accepts nothing."""
    verifier = judged(fair(compare=says), reference="yours")
    assert (await verifier.verify(lot(), result("mine"))).success == success


async def test_what_a_judge_cannot_read_is_rejected_without_a_call() -> None:
    """A longer answer than was reserved for costs nothing."""
    verdict, cost, _ = await judged(fair()).assess(lot(), result("x" * 60))
    assert (verdict.success, cost) == (0.0, 0)
    assert verdict.detail == "longer than the 50 bytes that the judge reads"


async def test_a_judge_without_a_verdict_says_what_it_has_cost() -> None:
    """A cut or malformed answer is no verdict, and its tokens are billed."""
    lines: list[Line] = [CutAnswerError("cut")]
    with pytest.raises(VerifierError, match="the judge 'fair' gives no verdict: cut") as raised:
        await judged(fair(judge=lines)).verify(lot(), result("x"))
    assert raised.value.cost == TEN_TO_TEN


async def test_gold_decides_and_the_opinion_is_kept() -> None:
    """The outcome is that of the known answer, whatever the judge thinks."""
    verifier = judged(fair(judge=findings(True)), gold=Exact(answer=("391",)))
    verdict, cost, opinion = await verifier.assess(lot(), result("392"))
    assert (verdict.success, cost, opinion) == (0.0, TEN_TO_TEN, 1.0)


def test_a_judge_is_found_by_its_name() -> None:
    """One that is not configured is an error that names those that are."""
    spec = Judge(by="fair", rubric=("polite",))
    chat = fair()
    assert spec.place(Surroundings(judges={"fair": chat})).judge is chat
    with pytest.raises(ValueError, match=r"no judge 'fair' .*\(strict\)"):
        spec.place(Surroundings(judges={"strict": chat}))


@pytest.mark.parametrize(
    "fields",
    [
        {"rubric": []},
        {"graded": True, "reference": "x"},
        {"gold": {"human": None}},
        {"gold": {"judge": "fair"}},
    ],
)
def test_a_description_that_makes_no_sense_is_refused(fields: dict[str, object]) -> None:
    """No criteria, a graded comparison, or gold that is no known truth."""
    with pytest.raises(ValidationError):
        Judge.model_validate({"by": "fair", **fields})


def test_gold_has_its_short_forms() -> None:
    """As every verifier of a configuration."""
    assert Judge.model_validate({"by": "f", "gold": {"exact": "391"}}).gold == Exact(
        answer=("391",)
    )
