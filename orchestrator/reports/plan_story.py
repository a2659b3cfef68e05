"""How the plan of a run came about: who was asked, what was turned down, and what that cost."""

from dataclasses import dataclass, field

from protocols.events import Event
from protocols.planning import PlanAnswered, PlanAsked


@dataclass(slots=True)
class Draft:
    """One draft of a plan.

    Attributes:
        number: Of the plan, from 1.
        attempt: Of the draft, from 1.
        planner: Who made it.
        text: As it was said.
        failure: Why there is none.
        problems: Why it cannot be used.
        cost: What asking has cost, in nano-units; ``None`` as long as there is no answer.
    """

    number: int
    attempt: int
    planner: str
    text: str = ""
    failure: str = ""
    problems: tuple[str, ...] = ()
    cost: int | None = None

    @property
    def accepted(self) -> bool:
        """Whether it became the plan."""
        return self.cost is not None and not self.failure and not self.problems


@dataclass(slots=True)
class PlanStory:
    """Collects the drafts; give every event to `note`.

    Attributes:
        goal: What the first plan is to reach.
        drafts: In their order.
    """

    goal: str = ""
    drafts: dict[tuple[int, int], Draft] = field(default_factory=dict[tuple[int, int], Draft])

    def note(self, event: Event) -> None:
        """Take one event in."""
        match event:
            case PlanAsked():
                key = event.number, event.attempt
                self.drafts.setdefault(key, Draft(*key, event.planner))
                self.goal = self.goal or str(event.brief.get("goal", ""))
            case PlanAnswered():
                draft = self.drafts[event.number, event.attempt]
                draft.text, draft.failure = event.text, event.failure
                draft.problems, draft.cost = event.problems, event.cost
            case _:
                pass  # planning is over
