"""A model that judges: what it is asked, what is read of its answer, what it may cost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.units import Money
from tests.workers.calls import lot
from workers.chat import ChatRequest
from workers.dialect import worst_usage
from workers.errors import UnstructuredAnswerError
from workers.fencing import fenced
from workers.model_judge import ModelJudge
from workers.prices import Price
from workers.scripted_chat import ScriptedChat

pytestmark = pytest.mark.anyio

PRICE = Price.per_million(1, 2)
LOT = lot(prompt="Greet the guest.")


def judge(chat: ScriptedChat | None = None, longest: int = 1000) -> ModelJudge:
    """Return a judge with a price and a script."""
    return ModelJudge(
        "fair", model="m", price=PRICE, chat=chat or ScriptedChat(), longest=longest, max_tokens=100
    )


def findings(*met: bool) -> str:
    """Return what a judge says."""
    return json.dumps({"criteria": [{"reason": "so", "met": each} for each in met]})


async def test_each_criterion_gets_its_finding() -> None:
    """In the order of the rubric, and the lane of the call names task, judge and phase."""
    chat = ScriptedChat(judge=[findings(True, False)])
    fair = judge(chat)
    found = await fair.findings(LOT, ["polite", "short"], "Hi.", fair.meter(Money(10**9)))
    assert [each.met for each in found] == [True, False]
    assert str(chat.asked[0].lane) == "t1/fair/judge"


@pytest.mark.parametrize("said", [findings(True), findings(True, True, True), "{}", "yes"])
async def test_a_verdict_without_all_findings_is_none(said: str) -> None:
    """Too few, too many or another shape is an error and never an acceptance."""
    fair = judge(ScriptedChat(judge=[said]))
    with pytest.raises(UnstructuredAnswerError):
        await fair.findings(LOT, ["polite", "short"], "Hi.", fair.meter(Money(10**9)))


async def test_whether_two_answers_are_the_same_does_not_depend_on_their_order() -> None:
    """Both orders ask the very same question."""
    chat = ScriptedChat(same=['{"reason": "so", "same": true}'] * 2)
    fair = judge(chat)
    meter = fair.meter(Money(10**9))
    assert await fair.same(LOT, ("a", "b"), meter)
    assert await fair.same(LOT, ("b", "a"), meter)
    assert chat.asked[0] == chat.asked[1]


@given(st.text(max_size=200))
async def test_what_an_answer_says_stays_within_its_fence(answer: str) -> None:
    """Whatever the answer is, the prompt around its fence is the same: text gives no orders."""
    chat = ScriptedChat(judge=[findings(True)] * 2)
    fair = judge(chat, longest=10_000)
    for each in (answer, ""):
        await fair.findings(LOT, ["polite"], each, fair.meter(Money(10**9)))
    system, user = chat.asked[0].messages
    plain_system, plain_user = chat.asked[1].messages
    assert system == plain_system
    before = plain_user.content.rpartition("<answer ")[0]
    assert user.content == before + fenced(answer, "answer")


def _cost(request: ChatRequest) -> int:
    return 2 * PRICE.cost(worst_usage(request))


@given(st.text(max_size=150))
async def test_the_ceiling_covers_every_answer_that_is_read(answer: str) -> None:
    """However an answer is written, its calls are never worth more than what was reserved."""
    chat = ScriptedChat(judge=[findings(True)], compare=['{"reason": "", "better": "equal"}'])
    fair = judge(chat)
    if not fair.reads(answer):
        return
    await fair.findings(LOT, ["polite"], answer, fair.meter(Money(10**9)))
    await fair.preference(LOT, ["polite"], (answer, "Hello."), fair.meter(Money(10**9)))
    assert _cost(chat.asked[0]) <= fair.findings_ceiling(LOT, ["polite"])
    assert _cost(chat.asked[1]) <= fair.preference_ceiling(LOT, ["polite"], "Hello.")


def test_the_length_of_an_answer_is_that_in_the_request() -> None:
    """A control character is written in six bytes and counts so."""
    fair = judge(longest=8)
    assert [fair.reads(text) for text in ("123456", "1234567", "\x00", "\x001")] == [
        *(True, False),
        *(True, False),
    ]
