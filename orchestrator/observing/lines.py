"""What is worth a line in a log, event by event: a level, a few words, and fields.

Free text of workers is left out: a log line says what happened to whom, the journal says the rest.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal, NamedTuple

from protocols.events import Event
from protocols.units import Money, units

LOGGER: Final = "truthbid"
"""The logger of the whole package."""

Level = Literal["debug", "info", "warning"]


def level(event: Event) -> Level:
    """Return how urgent an event is."""
    return TOLD[event.event].level(event)


class Line(NamedTuple):
    """One line of a log.

    Attributes:
        level: How urgent it is.
        event: What happened, in a few words that never vary.
        fields: To whom and how much; amounts in units of the currency, as text.
    """

    level: Level
    event: str
    fields: Mapping[str, Any]


def line(event: Event) -> Line:
    """Return the line that an event is worth.

    >>> from protocols.events import RunClosed
    >>> line(RunClosed(reason="done"))
    Line(level='info', event='run closed', fields={'reason': 'done'})
    """
    told = TOLD[event.event]
    fields = told.fields(event)
    about = {
        name: value
        for name in ("announcement", "task", "worker")
        if (value := getattr(event, name, None)) is not None and isinstance(value, str)
    }
    return Line(told.level(event), told.words, {**about, **fields})


class _Told(NamedTuple):
    words: str
    fields: Callable[[Any], dict[str, Any]]
    level: Callable[[Any], Level]


def _told(
    words: str,
    fields: Callable[[Any], dict[str, Any]] = lambda event: {},
    level: Level | Callable[[Any], Level] = "info",
) -> _Told:
    def urgency(event: Event) -> Level:
        return level(event) if callable(level) else level

    return _Told(words, fields, urgency)


def _attributes(*names: str) -> Callable[[Any], dict[str, Any]]:
    return lambda event: {name: getattr(event, name) for name in names}


def _money(amount: Money) -> str:
    return f"{units(amount):f}"


def _announced(event: Any) -> dict[str, Any]:
    made = event.announcement
    attempt = max(lot.attempt for lot in made.lots)
    lots, tasks = len(made.lots), [lot.task for lot in made.lots]
    return {"announcement": made.announcement, "tasks": tasks, "lots": lots, "attempt": attempt}


def _awarded(event: Any) -> dict[str, Any]:
    done = event.allocation
    winners = {award.task: award.worker for award in done.awards if award.rank == 0}
    unsold = {each.task: each.reason for each in done.unsold}
    return {
        "announcement": done.announcement,
        "winners": winners,
        **({"unsold": unsold} if unsold else {}),
    }


def _finished(event: Any) -> dict[str, Any]:
    end = event.report
    return {
        "announcement": end.announcement,
        "task": end.task,
        "worker": end.worker,
        "end": end.performative,
        "cost": _money(end.cost),
        "seconds": round(end.seconds, 3),
    }


def _verified(event: Any) -> dict[str, Any]:
    said = event.outcome
    return {
        "announcement": said.announcement,
        "task": said.task,
        "worker": said.worker,
        "success": said.success,
        "verifier": said.verifier,
    }


def _settled(event: Any) -> dict[str, Any]:
    done = event.settlement
    return {
        "announcement": done.announcement,
        "task": done.task,
        "worker": done.worker,
        "success": done.success,
        "score": round(done.score, 6),
        "payment": _money(done.payment),
        "cost": _money(done.cost),
    }


def _ended(event: Any) -> Level:
    return "info" if event.state in {"solved", "cancelled"} else "warning"


def _cut_short(event: Any) -> Level:
    return "warning" if event.reason == "budget" else "info"


TOLD: Final[Mapping[str, _Told]] = {
    "run-opened": _told("run opened", _attributes("run", "version", "seed")),
    "run-resumed": _told("run resumed", _attributes("version", "time")),
    "run-closed": _told("run closed", _attributes("reason"), _cut_short),
    "plan-asked": _told("planner asked", _attributes("planner", "number", "attempt")),
    "plan-answered": _told(
        "planner answered",
        lambda event: {"cost": _money(event.cost), "problems": len(event.problems)},
        lambda event: "warning" if event.failure or event.problems else "info",
    ),
    "task-added": _told(
        "task added", lambda event: {"task": event.lot.task, "kind": event.lot.kind}, "debug"
    ),
    "task-ended": _told("task ended", _attributes("state"), _ended),
    "cancelled": _told("task called off"),
    "announced": _told("announced", _announced),
    "round-closed": _told("round closed", level="debug"),
    "bids-closed": _told("bids closed", lambda event: {"bids": len(event.bids)}),
    "allocated": _told("awarded", _awarded),
    "lapsed": _told("award lapsed", level="warning"),
    "quarantined": _told("worker quarantined", level="warning"),
    "withdrawn": _told("award withdrawn", lambda event: {"owed": _money(event.owed)}, "warning"),
    "started": _told("work started", level="debug"),
    "finished": _told(
        "work ended",
        _finished,
        lambda event: "warning" if event.report.performative == "failure" else "debug",
    ),
    "consulted": _told("verdict asked for", _attributes("verifier", "call"), "debug"),
    "verified": _told("verified", _verified, "debug"),
    "compared": _told("answer compared", lambda event: {"cost": _money(event.cost)}, "debug"),
    "peers-scored": _told("scored by peers", _attributes("batch", "kind")),
    "settled": _told("settled", _settled),
    "set-aside": _told("answer set aside", lambda event: {"payment": _money(event.payment)}),
    "unsettled": _told("unsettled", level="warning"),
    "guarded": _told(
        "worker guarded",
        _attributes("step", "reason"),
        lambda event: "info" if event.step in {"probed", "restored"} else "warning",
    ),
    "closed": _told("announcement closed", _attributes("number"), "debug"),
}
"""The word of an event -> what is said of it."""
