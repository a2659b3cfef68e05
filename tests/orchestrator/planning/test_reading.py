"""Drafts become tasks, or everything that is wrong with them is said."""

from typing import Any

import pytest

from orchestrator.planning.reading import BadDraftError, problems_of, read_draft, worth
from orchestrator.task import Each, Task
from protocols.units import money
from tests.orchestrator.planning.plans import brief, draft, drafted
from workers.model_judge import ModelJudge
from workers.planning.draft import Done
from workers.scripted_chat import ScriptedChat
from workers.verifiers import Exact, Regex
from workers.verifiers.by_judge import ByJudge

LISTS = drafted("b", prompt="{{ item }}", needs=["a"], each="a", most=2)

BAD = [
    ("nonsense", "the answer holds no JSON object"),
    ('{"tasks": 3}', "tasks: "),
    ('{"tasks": [{"id": "a"}]}', "tasks.0.kind: Field required"),
    (draft(drafted(extra=1)), "tasks.0.extra: Extra inputs are not permitted"),
    (draft(), "there are no tasks"),
    (draft(*map(drafted, "abcd")), "there are 4 tasks, and may be at most 3"),
    (draft(drafted("1a")), "an id is a letter and up to 63 letters, digits and underscores"),
    (draft(drafted(), drafted()), "task 'a': the id 'a' is taken"),
    (draft(drafted(kind="txt")), "task 'a': there is no kind 'txt', did you mean 'text'?"),
    (draft(drafted(prompt=" ")), "task 'a': the prompt is empty"),
    (draft(drafted(prompt="x" * 20_001)), "the prompt has 20001 characters, and may have 20000"),
    (draft(drafted(value=0)), "the value must be more than 0, not 0"),
    (draft(drafted(value=-1)), "the value must be more than 0, not -1"),
    (draft(drafted(value=1e300)), "the value must be more than 0, not 1e+300"),
    (draft(drafted(value=1.5)), "the tasks are worth 1.5 USD together, and may be worth 1"),
    (draft(drafted(), {**LISTS, "value": 0.5}), "the tasks are worth 1.1 USD together"),
    (draft(drafted(check={"type": "regx", "expect": "x"})), "no check 'regx', did you mean 'reg"),
    (draft(drafted(check={"type": "command", "expect": "ls"})), "there is no check 'command'"),
    (draft(drafted(check={"type": "regex", "expect": "("})), "check regex: not a regular expres"),
    (draft(drafted(check={"type": "numeric", "expect": "x"})), "check numeric: expected a number"),
    (draft(drafted(check={"type": "json-schema", "expect": "{"})), "the schema is not JSON"),
    (draft(drafted(check={"type": "json-schema", "expect": '{"type": 3}'})), "not a JSON Schema"),
    (draft(drafted(needs=["b"])), "task 'a': there is no task 'b'"),
    (draft(drafted(needs=["a"])), "these tasks need each other: a -> a"),
    (draft(drafted("a", needs=["b"]), drafted("b", needs=["a"])), "these tasks need each other: "),
    (draft(drafted(), drafted("b", prompt="{{ answers.a }}")), "name it in needs"),
    (draft(drafted(), drafted("b", prompt="{{ answers.a.x }}", needs=["a"])), "only quotes"),
    (draft(drafted(), {**LISTS, "needs": []}), "each names 'a', so needs must name it too"),
    (draft(drafted(), {**LISTS, "most": 5}), "with each, most must be from 1 to 4"),
    (draft(drafted(), {**LISTS, "most": None}), "with each, most must be from 1 to 4"),
    (draft(drafted(most=2)), "most belongs to each, which is null"),
    (draft(drafted(), {**LISTS, "prompt": "p"}), "every item would be the same task"),
    (draft(drafted(), {**LISTS, "items": ["x"]}), "give items or each, not both"),
    (draft(drafted(prompt="{{ item }}", items=[])), "there are 0 items, and may be 1 to 4"),
    (draft(drafted(prompt="{{ item }}", items=list("abcde"))), "there are 5 items"),
]


@pytest.mark.parametrize(("text", "message"), BAD)
def test_a_bad_draft_is_refused_with_a_line_that_says_why(text: str, message: str) -> None:
    """Form, size, kinds, checks, values, wiring: each mistake has its words."""
    problems = problems_of(text, brief())
    assert any(message in problem for problem in problems), problems
    assert all("\n" not in problem for problem in problems)
    with pytest.raises(BadDraftError):
        read_draft(text, brief())


def test_everything_that_is_wrong_is_said_at_once() -> None:
    """A planner can mend all of it with one more draft."""
    text = draft(drafted(kind="x", value=0), drafted("1", check={"type": "y", "expect": ""}))
    assert len(problems_of(text, brief())) == 4


def test_a_good_draft_becomes_tasks() -> None:
    """Ids, values, verifiers and lists as drafted."""
    known = drafted(check={"type": "exact", "expect": "x"}, kind="sums")
    first, second = read_draft(draft(known, LISTS), brief())
    assert (first.id, first.kind, first.verify) == ("a", "sums", Exact(answer=("x",)))
    assert money(first.value) == 10**8
    assert isinstance(second.verify, Regex)
    assert second.each == Each(answer="a", most=2)
    assert worth(second) == 2 * 10**8
    (third,) = read_draft(draft(drafted(prompt="{{ item }}", items=["x"])), brief())
    assert third.each == Each(items=("x",))


def test_a_draft_may_be_wrapped_in_words() -> None:
    """Models like to introduce what they say."""
    assert problems_of(f"Here it is:\n```json\n{draft(drafted())}\n```", brief()) == ()


def test_a_later_plan_builds_on_what_was_solved() -> None:
    """It may need and quote a solved task, but neither a failed one nor the id of one."""
    done = (
        Done(id="good", kind="text", prompt="p", state="solved", answer="1"),
        Done(id="all", kind="text", prompt="p", state="solved", answer='["1"]', many=True),
        Done(id="bad", kind="text", prompt="p", state="failed"),
    )
    later = brief(done=done, number=2)
    quoting = "{{ answers.good }} {{ answers.all | join }}"
    assert problems_of(draft(drafted(prompt=quoting, needs=["good", "all"])), later) == ()
    assert problems_of(draft(drafted(needs=["bad"])), later) == (
        "task 'a': there is no task 'bad', expected one of good, all",
    )
    assert "which is failed" in problems_of(draft(drafted("bad")), later)[0]
    assert "is taken" in problems_of(draft(drafted("good")), later)[0]


def test_what_a_task_is_worth_counts_its_items() -> None:
    """Those that are written, or the most that may come."""
    assert worth(Task("p", 1)) == 10**9
    assert worth(Task("p", 1, each=Each(items=("x", "y")))) == 2 * 10**9
    assert worth(Task("p", 1, each=Each(answer="l", most=5))) == 5 * 10**9


JUDGED: dict[str, Any] = {"check": {"type": "judge", "expect": "It is polite."}}


def test_a_draft_may_ask_for_the_judge_of_its_brief() -> None:
    """The text of the check is the judge's rubric; who it is, the brief says and no draft."""
    fair = ModelJudge("fair", model="tiny", free=True, chat=ScriptedChat())
    told = brief(checks=("regex", "judge"), judge="fair")
    (task,) = read_draft(draft(drafted(**JUDGED)), told, {"fair": fair})
    assert isinstance(task.verify, ByJudge)
    assert (task.verify.judge, task.verify.spec.rubric) == (fair, ("It is polite.",))
    assert problems_of(draft(drafted(**JUDGED)), told) == ()
    with pytest.raises(ValueError, match="there is no judge 'fair'"):
        read_draft(draft(drafted(**JUDGED)), told, {})


def test_a_judge_is_not_asked_without_need() -> None:
    """Not where the brief names none, and not about a list, whose form is checked by a program."""
    (problem,) = problems_of(draft(drafted(**JUDGED)), brief())
    assert "there is no check 'judge'" in problem
    told = brief(checks=("regex", "judge"), judge="fair")
    (problem,) = problems_of(draft(drafted(**JUDGED), LISTS), told)
    assert "each names it, so its check is one of form" in problem
