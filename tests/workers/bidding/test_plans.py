"""Plans are made when a lot is put up, and stay as they are until its work has ended."""

from __future__ import annotations

import pytest

from protocols.units import WorkerId
from tests.workers.bidding.markets import bid, judged, lot
from tests.workers.calls import lesson, result
from workers.bidding.ask import Ask
from workers.bidding.memory import Memory
from workers.bidding.plans import Plans
from workers.bidding.pool import Pool
from workers.bidding.said import Said
from workers.bidding.value import NOBODY, Outlook
from workers.caller import Caller
from workers.llm import OpenAIWorker
from workers.prices import Price, Tariff
from workers.scripted_chat import ScriptedChat

PRICE = Price.per_million(1, 2)
CALLER = Caller(WorkerId("small"), "tiny", max_tokens=1000)


def plans(rule: Ask | None = None, price: Tariff = PRICE, pool: Pool | None = None) -> Plans:
    """Return the plans of a worker that asks."""
    memory = Memory("small", "ask", pool or Pool())
    return Plans(
        rule or Ask(),
        CALLER,
        price,
        memory,
        lambda of: CALLER.request("execute", of, 1000, phase="execute"),
        300,
    )


def test_a_plan_is_made_once_and_made_anew_when_the_lot_comes_again() -> None:
    """Until it is bid on it stays the same; put up again after that, it is another."""
    kept = plans()
    first = kept.announced(lot())
    assert kept.announced(lot()) is first
    first.answered = True
    assert kept.of(lot()) is first
    second = kept.announced(lot())
    assert second is not first
    assert kept.take(lesson(lot(), result("4"))) is second
    assert kept.of(lot()) is not second


def test_old_plans_go() -> None:
    """However many lots are lost, some thousand plans are kept."""
    kept = plans()
    first = kept.announced(lot("t0"))
    for number in range(1, 4097):
        kept.announced(lot(f"t{number}"))
    assert kept.of(lot("t0")) is not first


def test_what_the_model_says_of_its_length_moves_the_cost() -> None:
    """The stated tokens are priced, up to the limit of an answer."""
    kept = plans()
    plan = kept.announced(lot())
    usual = plan.cost
    kept.take_reply(plan, Said(0.5, 10**6), plan.worst)
    assert plan.cost - usual == pytest.approx(700 * 2_000)
    assert (plan.said, plan.charge, plan.basis) == (0.5, plan.worst, "stated")


def test_rivals_are_known_as_far_as_they_learn_together() -> None:
    """A stranger may be worth anything; a colleague what its record says; an excluded one nothing."""
    pool = Pool()
    kept = plans(pool=pool)
    beaten = Outlook(2e9, 2e9)
    pool.join(WorkerId("colleague"), lambda _: beaten)
    plan = kept.announced(lot())
    stranger, colleague = WorkerId("stranger"), WorkerId("colleague")
    assert plan.gain(lot(), [stranger]) > 1e8
    assert plan.gain(lot(), None) == plan.gain(lot(), [stranger])
    assert plan.gain(lot(), [colleague]) == 0.0
    left_out = lot().model_copy(update={"excluded": (stranger,)})
    assert plan.gain(left_out, [stranger]) == plan.gain(lot(), [])


def test_a_free_model_is_asked_wherever_that_can_change_anything() -> None:
    """What costs nothing is worth asking for as long as the award is open."""
    plan = plans(price=Price.per_million(0, 0)).announced(lot())
    assert plan.pays(Ask(), lot(), [WorkerId("other")])
    assert not plan.pays(Ask(), lot(), [])
    assert plan.pays(Ask(spare=False), lot(), [])


@pytest.mark.anyio
async def test_a_colleague_tells_what_it_would_make_of_a_lot() -> None:
    """A worker's outlook rises with its record, and is nothing on kinds it does not do."""
    pool, chat = (
        Pool(),
        ScriptedChat(bid=lambda _: '{"success_probability": 1, "output_tokens": 1}'),
    )
    expert = OpenAIWorker("expert", model="m", price=PRICE, chat=chat, pool=pool, kinds=("sums",))
    small = OpenAIWorker("small", model="m", price=PRICE, chat=chat, pool=pool)
    before = pool.outlooks(lot(), besides=small.name)[expert.name]
    for _ in range(50):
        judged(expert, 1.0)
    after = pool.outlooks(lot(), besides=small.name)[expert.name]
    assert before.low < after.low <= after.high < 1e9
    assert pool.outlooks(lot(kind="dates"), besides=small.name) == {"expert": NOBODY}
    assert (await bid(small, rivals=("expert",))).source == "ask"
