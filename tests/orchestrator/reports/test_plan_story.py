"""Drafts of a plan are told with what was wrong with them."""

from orchestrator.reports.plan_story import PlanStory
from orchestrator.reports.run_tables import plan_section
from protocols.planning import PlanAnswered, PlanAsked
from protocols.units import Money


def test_a_draft_that_was_turned_down_and_the_plan() -> None:
    """The first draft has problems, the second became the plan, the third has no answer yet."""
    told = PlanStory()
    assert plan_section(told) is None
    for attempt, problems in ((1, ("<b>no</b> tasks",)), (2, ())):
        told.note(PlanAsked(number=1, attempt=attempt, planner="model", brief={"goal": "a report"}))
        told.note(
            PlanAnswered(number=1, attempt=attempt, text="{}", cost=Money(5), problems=problems)
        )
    told.note(PlanAsked(number=2, attempt=1, planner="model", brief={"goal": "the rest"}))
    assert [draft.accepted for draft in told.drafts.values()] == [False, True, False]
    section = plan_section(told)
    assert section is not None
    assert section["goal"] == "a report"
    assert [draft["state"] for draft in section["drafts"]] == ["turned down", "accepted", "open"]
    assert section["drafts"][0]["problems"] == ["<b>no</b> tasks"]
    assert section["drafts"][2]["cost"] == "-"
