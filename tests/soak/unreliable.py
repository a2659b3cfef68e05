"""Workers and verifiers of every bad habit: late, twice, in another's name, for another round, never.

What they do is drawn by a seed, from what they are asked and how often, not from when. A message
that must not count bears the price of a fraud, by which the checker knows it.
"""

from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import anyio
from pydantic import BaseModel

from protocols.messages import Announcement, Award, Bid, Failure, Lot, Participant, Refusal, Result
from protocols.units import AnnouncementId, Money, WorkerId
from workers.ports import Assessment, Assessor, Submit, Verdict, VerifierError, Worker

FRAUD: Final = Money(7)
"""No honest bid is so low: a message at this price would win if it were counted."""

LONG: Final = 1e5
"""Seconds after which every deadline is over."""

RIGHT: Final = "right"


@dataclass(frozen=True)
class Habits:
    """How often a worker misbehaves, as chances in [0, 1].

    Attributes:
        silent: Of not answering a call before its deadline.
        late: Of handing a bid in after it all the same, if silent.
        again: Of saying everything twice, the second time something else.
        forges: Of bidding in another's name and for another round as well.
        shuffles: Of answering lots out of order, each after some time.
        refuses: Of refusing a lot.
        breaks: Of raising, when called for bids or for work.
        hangs: Of working beyond the deadline.
        swaps: Of reporting on something else than its award.
        fails: Of doing the work badly.
        balks: Of not taking an award up, if it confirms.
    """

    silent: float = 0.0
    late: float = 0.5
    again: float = 0.0
    forges: float = 0.0
    shuffles: float = 0.0
    refuses: float = 0.0
    breaks: float = 0.0
    hangs: float = 0.0
    swaps: float = 0.0
    fails: float = 0.2
    balks: float = 0.0


class Unreliable(Worker):
    """A worker with habits.

    Args:
        name: Its name.
        seed: Decides its draws.
        habits: How often it misbehaves.
        **terms: Attributes of the worker and of how the market knows it.
    """

    def __init__(self, name: str, seed: str, habits: Habits, **terms: Any) -> None:
        self.seats = terms.pop("seats", 8)
        self.confirms = terms.pop("confirms", False)
        self.reattachable = terms.pop("reattachable", False)
        self._ceiling = Money(terms.pop("ceiling", 0))
        self._cost = Money(terms.pop("cost", 100))
        self.participant = Participant(worker=WorkerId(name), **terms)
        self._seed, self._habits = seed, habits
        self._asked: Counter[str] = Counter()

    def _draws(self, *about: str) -> Random:
        """Return the draws about one question, other ones each time that it is asked."""
        question = "\t".join(about)
        self._asked[question] += 1
        return Random(f"{self._seed}\t{self.name}\t{question}\t{self._asked[question]}")

    def bid_ceiling(self, lot: Lot) -> Money:
        """Return what asking may cost."""
        del lot
        return self._ceiling

    # Bids -----------------------------------------------------------------------------------

    async def bid(self, announcement: Announcement, submit: Submit) -> None:
        """Answer, or not, or too often, or too late."""
        draws, habits = self._draws("bid", announcement.announcement), self._habits
        if draws.random() < habits.breaks:
            raise RuntimeError("the worker is not in the mood")
        lots = [lot for lot in announcement.lots if self.name not in lot.excluded]
        if draws.random() < habits.silent:
            await self._keep_silent(announcement, lots, submit, draws)
            return
        if draws.random() < habits.shuffles:
            draws.shuffle(lots)
        for lot in lots:
            if draws.random() < habits.shuffles:
                await anyio.sleep(draws.uniform(0.0, announcement.bid_seconds))
            submit(self._answer(announcement, lot, draws))
            self._cheat(announcement, lot, submit, draws)

    async def _keep_silent(
        self, announcement: Announcement, lots: list[Lot], submit: Submit, draws: Random
    ) -> None:
        try:
            await anyio.sleep(LONG)
        finally:
            if draws.random() < self._habits.late:
                for lot in lots:
                    submit(self._fraud(announcement, lot))

    def _answer(self, announcement: Announcement, lot: Lot, draws: Random) -> Bid | Refusal:
        charge = Money(draws.randint(0, self._ceiling))
        if draws.random() < self._habits.refuses:
            return Refusal(
                announcement=announcement.announcement,
                task=lot.task,
                worker=self.name,
                charge=charge,
            )
        return self._fraud(announcement, lot).model_copy(
            update={
                "cost": Money(draws.randint(self._cost, 3 * self._cost)),
                "ceiling": None,
                "probability": draws.uniform(0.5, 1.0),
                "charge": charge,
            }
        )

    def _fraud(self, announcement: Announcement, lot: Lot) -> Bid:
        return Bid(
            announcement=announcement.announcement,
            task=lot.task,
            worker=self.name,
            cost=FRAUD,
            probability=1.0,
            ceiling=self._cost,
        )

    def _cheat(self, announcement: Announcement, lot: Lot, submit: Submit, draws: Random) -> None:
        fraud = self._fraud(announcement, lot)
        if draws.random() < self._habits.again:
            submit(fraud)
        if draws.random() < self._habits.forges:
            for other in announcement.participants:
                if other.worker != self.name:
                    submit(fraud.model_copy(update={"worker": other.worker}))
            submit(fraud.model_copy(update={"announcement": AnnouncementId("a0")}))

    # Work -----------------------------------------------------------------------------------

    async def confirm(self, lot: Lot, award: Award) -> bool:
        """Take the award up, decline it, or say nothing in time."""
        draws = self._draws("confirm", award.announcement, lot.task)
        if draws.random() < self._habits.hangs:
            await anyio.sleep(LONG)
        return draws.random() >= self._habits.balks

    async def execute(self, lot: Lot, award: Award) -> Result | Failure:
        """Answer rightly or wrongly, on something else, or never."""
        draws, habits = self._draws("execute", award.announcement, lot.task), self._habits
        await anyio.sleep(draws.uniform(0.0, 20.0))
        if draws.random() < habits.breaks:
            raise RuntimeError("the worker has died")
        if draws.random() < habits.hangs:
            await anyio.sleep(LONG)
        result = Result(
            announcement=award.announcement,
            task=lot.task,
            worker=self.name,
            answer="wrong" if draws.random() < habits.fails else RIGHT,
            cost=Money(draws.randint(0, self._cost)),
        )
        if draws.random() < habits.swaps:
            return result.model_copy(update={"announcement": AnnouncementId("a0")})
        return result


class _Described(BaseModel):
    type: str = "moody"


class Moody(Assessor):
    """A judge that takes its time and its money, raises, or says nothing in time.

    Args:
        seed: Decides its draws.
        most: What a verdict may cost.
        trouble: The chance of no verdict.
    """

    type = "moody"
    announced = True
    described = _Described()

    def __init__(self, seed: str, most: int, trouble: float) -> None:
        self._seed, self._most, self._trouble = seed, Money(most), trouble

    def ceiling(self, lot: Lot) -> Money:
        """Return what a verdict may cost."""
        del lot
        return self._most

    async def assess(self, lot: Lot, result: Result) -> Assessment:
        """Judge, or not."""
        draws = Random(f"{self._seed}\t{lot.task}\t{result.announcement}\t{result.worker}")
        await anyio.sleep(draws.uniform(0.0, 5.0))
        if draws.random() < self._trouble:
            if draws.random() < 0.5:
                raise VerifierError(
                    "the judge is not in the mood", Money(draws.randint(0, self._most))
                )
            await anyio.sleep(LONG)
        success = 1.0 if result.answer == RIGHT else 0.0
        return Assessment(Verdict(success), Money(draws.randint(0, self._most)))
