"""Which workers are invited, and for how much: a circuit breaker for each, folded from endings.

    free -failures-> warned, reduced or suspended, one step further each time
    suspended -pause is over-> probed with one lot -success-> free again | -failure-> the next step
    held -a person decides-> free again | excluded

Endings are taken in when announcements close, in the order of their lots, and the count of
announcements is the only clock. So whoever goes through a run again comes to the same decisions.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple

from orchestrator.guard_settings import GuardSettings, Response
from protocols.guarding import Guarded, Step
from protocols.messages import Participant
from protocols.units import AnnouncementId, WorkerId

Fact = Literal["answered", "accepted", "turned down", "no answer", "not taken up"]
"""How an award went, as far as the guards are concerned."""

_WORDS: Final[dict[Fact, str]] = {
    "turned down": "the verifier turned its answer down",
    "no answer": "it gave no answer",
    "not taken up": "it did not take its award up",
}
_STEPS: Final[dict[Response, Step]] = {
    "warn": "warned",
    "reduce": "reduced",
    "suspend": "suspended",
    "review": "held",
    "exclude": "excluded",
}
_APART: Final = frozenset({"suspended", "held", "excluded"})
"""What becomes of awards from before says nothing any more."""

_NO_ANSWER: Final[frozenset[Fact]] = frozenset({"no answer", "not taken up"})
_ALL_FAILURES: Final[frozenset[Fact]] = frozenset({"no answer", "not taken up", "turned down"})


class Word(NamedTuple):
    """What a person has decided about a worker on hold: whether it goes on, and why."""

    goes_on: bool
    reason: str


Say = Callable[[WorkerId, int], Word | None]
"""Returns what a person has said of a decision about a worker, by its number, once it is said."""


def nobody_says(worker: WorkerId, number: int) -> None:
    """Say nothing."""
    del worker, number


PROBE: Final = 1
"""So many lots a worker may win when it is tried again."""


@dataclass(slots=True)
class _Watch:
    """What is known of one worker.

    Attributes:
        mode: What it may do now.
        level: How many responses it has had that are not made up for.
        bad: Failures in a row.
        good: Successes in a row.
        until: The last announcement of a pause.
        probe: The open announcement in which it is tried.
        decided: How many decisions there were.
    """

    worker: WorkerId
    recent: deque[bool]
    mode: Literal["free", "reduced", "suspended", "probing", "held", "excluded"] = "free"
    level: int = 0
    bad: int = 0
    good: int = 0
    until: int = 0
    probe: int | None = None
    decided: int = 0


@dataclass(slots=True)
class Guards:
    """The circuit breakers of a run; without settings everybody is always invited.

    Call `open` before each announcement and `close` after it; give endings to `note`.

    Args:
        settings: When a worker counts as failing, and what is done then.
        participants: Who takes part, in the order of the run.

    Attributes:
        roster: Who is invited to the next announcement, with the capacity that it has there.
        waiting: Who is not invited to it, but will be to a later one.
    """

    settings: GuardSettings | None
    participants: Iterable[Participant]
    roster: Mapping[WorkerId, Participant] = field(init=False)
    waiting: frozenset[WorkerId] = field(init=False, default=frozenset())
    _known: Mapping[WorkerId, Participant] = field(init=False)
    _watches: dict[WorkerId, _Watch] = field(init=False)
    _announced: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Begin with everybody."""
        self.roster = {each.worker: each for each in self.participants}
        window = self.settings.window if self.settings is not None else 0
        self._watches = {name: _Watch(name, deque(maxlen=window)) for name in self.roster}
        self._known = self.roster

    @property
    def held(self) -> frozenset[WorkerId]:
        """Who is not invited until a person has decided."""
        return frozenset(watch.worker for watch in self._of("held"))

    def adopt(self, former: "Guards") -> None:
        """Go on from what the guards of an earlier run know of the same workers."""
        shared = self._watches.keys() & former._watches.keys()  # noqa: SLF001 - of the same class
        self._watches |= {name: former._watches[name] for name in shared}  # noqa: SLF001 - as above

    def open(self, number: int, say: Say = nobody_says) -> list[Guarded]:
        """Decide who is invited to the announcement of this number; return what is new.

        If nobody would be left, those whose pause is not over are tried before their time. If there
        is nobody but workers on hold, nobody is invited, and `say` is not asked: see `hear`.

        Args:
            number: The number of the announcement.
            say: Says what a person has decided.
        """
        if self.settings is None:
            return []
        self._announced = number - 1
        over = f"its pause of {self._pause()} is over"
        rested = [watch for watch in self._of("suspended") if number > watch.until]
        told = [self._probe(watch, over) for watch in rested]
        invited = [watch for watch in self._watches.values() if _is_invited(watch)]
        if not invited:
            resting = list(self._of("suspended"))
            told += [self._probe(watch, "nobody else is left to ask") for watch in resting]
            invited = list(self._of("probing"))
        if invited:
            heard = self.hear(say, number - 1)
            told += heard
            invited += [self._watches[each.worker] for each in heard if each.step == "restored"]
        for watch in invited:
            if watch.mode == "probing":
                watch.probe = watch.probe or number
        asked = {watch.worker for watch in invited}
        self.roster = {
            name: self._terms(watch) for name, watch in self._watches.items() if name in asked
        }
        self.waiting = frozenset(
            name
            for name, watch in self._watches.items()
            if name not in self.roster and watch.mode not in {"held", "excluded"}
        )
        return told

    def hear(self, say: Say, announced: int) -> list[Guarded]:
        """Take in what a person has decided about workers on hold; return what is new."""
        self._announced = announced
        told: list[Guarded] = []
        for watch in list(self._of("held")):
            if (word := say(watch.worker, watch.decided)) is not None:
                watch.good = 0
                if word.goes_on:
                    watch.mode, watch.level = "free", max(watch.level - 1, 0)
                else:
                    watch.mode = "excluded"
                step: Step = "restored" if word.goes_on else "excluded"
                told.append(self._say(watch, step, word.reason))
        return told

    def decided(self, worker: WorkerId) -> int:
        """Return how many decisions there were about a worker."""
        return self._watches[worker].decided

    def hold(self, worker: WorkerId, reason: str, announced: int) -> Guarded | None:
        """Put a worker on hold for a finding, unless it is or has no more to lose.

        Args:
            worker: Who.
            reason: What was found.
            announced: How many announcements have been made.
        """
        watch = self._watches[worker]
        if self.settings is None or watch.mode in {"held", "excluded"}:
            return None
        self._announced = announced
        watch.mode, watch.bad, watch.probe = "held", 0, None
        watch.recent.clear()
        return self._say(watch, "held", reason)

    def close(self, number: int) -> None:
        """Note that an announcement has closed: who was tried in it and won nothing may try on."""
        for watch in self._of("probing"):
            if watch.probe == number:
                watch.probe = None

    def note(
        self, worker: WorkerId, announcement: AnnouncementId, fact: Fact, announced: int
    ) -> Guarded | None:
        """Take in how an award went; return what is decided because of it.

        Args:
            worker: Whose award.
            announcement: Where it was made.
            fact: How it went.
            announced: How many announcements have been made.
        """
        settings, watch = self.settings, self._watches[worker]
        if settings is None or watch.mode in _APART:
            return None
        self._announced = announced
        if watch.mode == "probing" and announcement != f"a{watch.probe}":
            return None  # it was awarded before the pause
        if fact in _counted(settings):
            return self._fail(watch, fact, settings)
        if fact == "answered" and settings.counts == "failure":
            return None  # nobody says whether that was a success
        return self._succeed(watch, settings)

    # ------------------------------------------------------------------------------------------

    def _of(self, mode: str) -> Iterator[_Watch]:
        return (watch for watch in self._watches.values() if watch.mode == mode)

    def _terms(self, watch: _Watch) -> Participant:
        """Return a worker with the capacity that it has for now."""
        assert self.settings is not None  # noqa: S101 - without settings nobody is guarded
        most = {"reduced": self.settings.capacity, "probing": PROBE}.get(watch.mode)
        known = self._known[watch.worker]
        if most is None:
            return known
        least = most if known.capacity is None else min(most, known.capacity)
        return known.model_copy(update={"capacity": least})

    def _fail(self, watch: _Watch, fact: Fact, settings: GuardSettings) -> Guarded | None:
        watch.good = 0
        watch.bad += 1
        watch.recent.append(True)
        if watch.mode == "probing":
            return self._respond(watch, f"{_WORDS[fact]} when it was tried again", settings)
        if watch.bad >= settings.failures:
            times = "once" if watch.bad == 1 else f"{watch.bad} times in a row"
            return self._respond(watch, f"{_WORDS[fact]}: it failed {times}", settings)
        share = sum(watch.recent) / settings.window
        if settings.rate is not None and share >= settings.rate:
            failed = f"it failed in {sum(watch.recent)} of its last {len(watch.recent)} awards"
            if len(watch.recent) == settings.window:
                return self._respond(watch, failed, settings)
        return None

    def _respond(self, watch: _Watch, reason: str, settings: GuardSettings) -> Guarded:
        response = settings.responses[min(watch.level, len(settings.responses) - 1)]
        watch.level = min(watch.level + 1, len(settings.responses))
        watch.bad = 0
        watch.recent.clear()
        watch.probe = None
        if response == "warn":
            watch.mode = "free"
        elif response == "reduce":
            watch.mode = "reduced"
        elif response == "suspend":
            watch.mode, watch.until = "suspended", self._announced + settings.pause
        elif response == "review":
            watch.mode = "held"
        else:
            watch.mode = "excluded"
        return self._say(watch, _STEPS[response], reason)

    def _succeed(self, watch: _Watch, settings: GuardSettings) -> Guarded | None:
        watch.bad = 0
        watch.good += 1
        watch.recent.append(False)
        if watch.mode == "probing":
            return self._restore(watch, "it succeeded when it was tried again")
        if watch.level and watch.good >= settings.failures:
            times = "once" if watch.good == 1 else f"{watch.good} times in a row"
            return self._restore(watch, f"it succeeded {times}")
        return None

    def _restore(self, watch: _Watch, reason: str) -> Guarded:
        """Trust a worker again; the next response is one step milder than it would have been."""
        watch.mode, watch.probe, watch.good = "free", None, 0
        watch.level -= 1
        return self._say(watch, "restored", reason)

    def _probe(self, watch: _Watch, reason: str) -> Guarded:
        watch.mode = "probing"
        return self._say(watch, "probed", reason)

    def _say(self, watch: _Watch, step: Step, reason: str) -> Guarded:
        watch.decided += 1
        return Guarded(
            worker=watch.worker,
            number=watch.decided,
            step=step,
            reason=reason,
            announced=self._announced,
            until=watch.until if step == "suspended" else None,
            capacity=self._terms(watch).capacity if step in {"reduced", "probed"} else None,
        )

    def _pause(self) -> str:
        pause = self.settings.pause if self.settings is not None else 0
        return "1 announcement" if pause == 1 else f"{pause} announcements"


def _is_invited(watch: _Watch) -> bool:
    return watch.mode in {"free", "reduced"} or (watch.mode == "probing" and watch.probe is None)


def _counted(settings: GuardSettings) -> frozenset[Fact]:
    return _ALL_FAILURES if settings.counts == "failure" else _NO_ANSWER
