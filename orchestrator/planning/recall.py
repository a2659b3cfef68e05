"""The plans of a recorded run, gone through again without a planner."""

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from orchestrator.market import Market
from orchestrator.memory.ledger import billed
from orchestrator.memory.record import Record
from orchestrator.planning.maker import derived, held_by
from protocols.events import TaskAdded
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import ZERO
from workers.planning.draft import Brief

Planning = PlanAsked | PlanAnswered


class Round(NamedTuple):
    """What was planned, and the tasks that entered before anything was planned again.

    Attributes:
        planning: The calls of planners and their answers, in their order.
        added: The tasks, in their order.
    """

    planning: tuple[Planning, ...]
    added: tuple[TaskAdded, ...]


def rounds(record: Record) -> Iterator[Round]:
    """Part a run by what was planned; one without plans is one round."""
    planning: list[Planning] = []
    added: list[TaskAdded] = []
    for entry in record.entries(TaskAdded, PlanAsked, PlanAnswered):
        match entry.event:
            case TaskAdded():
                added.append(entry.event)
            case PlanAsked() | PlanAnswered():
                if added:
                    yield Round(tuple(planning), tuple(added))
                    planning, added = [], []
                planning.append(entry.event)
            case _:
                pass
    yield Round(tuple(planning), tuple(added))


def note_planning(market: Market, events: Iterable[Planning]) -> None:
    """Pass the planning of a round: drafts are inputs, what is wrong with them is found anew.

    Raises:
        DivergenceError: If a draft, by its brief, has other problems or another bill than recorded.
    """
    brief, held = None, ZERO
    for event in events:
        if isinstance(event, PlanAsked):
            brief, held = Brief.model_validate_json(json.dumps(event.brief)), held_by(event)
        elif brief is not None:
            event = derived(event, brief, held)
        market.chronicle.note(event)
        market.budget.take(billed(event.transfers))
