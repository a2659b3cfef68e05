"""Records the planner of ``configs/planner.yaml``: ``python -m tests.workers.planning.recording``.

The planner is real and calls a real server, which says what is written here.
"""

import json
from pathlib import Path

import anyio

from orchestrator.config import RunConfig
from orchestrator.planning.pursuit import first_brief
from orchestrator.planning.reading import problems_of
from orchestrator.strict_yaml.loader import load
from tests.workers.openai_server import OpenAIServer, Say, completion
from workers.cassette import Exchange, RecordingChat, save
from workers.planning.catalog import OpenAIPlannerSpec
from workers.planning.draft import Try
from workers.planning.planner import OpenAIPlanner

CONFIG = Path(__file__).resolve().parents[3] / "configs" / "planner.yaml"
RECORDING = CONFIG.parent / "data" / "planner.jsonl"


def task(name: str, kind: str, prompt: str, pattern: str, **more: object) -> dict[str, object]:
    """Return a drafted task whose answer is checked by a pattern."""
    check = {"type": "regex", "expect": pattern}
    wiring: dict[str, object] = {"needs": [], "items": None, "each": None, "most": None, **more}
    return {"id": name, "kind": kind, "prompt": prompt, "value": 0.02, **wiring, "check": check}


NUMERALS = task(
    "numerals",
    "numerals",
    "Write {{ item }} as a roman numeral.",
    "^[MDCLXVI]+$",
    items=["1994", "1969", "1989"],
)
DAYS = task(
    "days",
    "dates",
    "How many days are there between 1969-07-20 and 1989-11-09?",
    r"^\d+$",
)
ORDERED = task(
    "ordered",
    "text",
    "Sort these words: {{ answers.numerals | join(', ') }}",
    "^[MDCLXVI, ]+$",
    needs=["numerals"],
)
REPORT = task(
    "report",
    "text",
    "Write 'the years {{ answers.ordered }} and {{ answers.days }} days' in capital letters.",
    r"^THE YEARS [MDCLXVI, ]+ AND \d+ DAYS$",
    needs=["ordered", "days"],
)
DRAFTS = (
    {"tasks": [NUMERALS, DAYS, {**ORDERED, "kind": "sorting"}, {**REPORT, "needs": ["days"]}]},
    {"tasks": [NUMERALS, DAYS, ORDERED, REPORT]},
)
"""The first one has two mistakes."""


def said(draft: object, prompt_tokens: int, completion_tokens: int) -> Say:
    """Return a draft as an endpoint sends it."""
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens}
    return completion(json.dumps(draft), model="gpt-5-mini-scripted", usage=usage)


async def record(url: str, exchanges: list[Exchange]) -> None:
    """Have the planner make its drafts, as a run would."""
    config = load(CONFIG, RunConfig, (), {})
    assert isinstance(config.planner, OpenAIPlannerSpec)
    assert config.goal is not None
    spec = config.planner.model_copy(update={"base_url": url, "recording": None})
    planner = spec.build(CONFIG.parent)
    assert isinstance(planner, OpenAIPlanner)
    planner.chat = RecordingChat(planner.chat, exchanges.append)
    brief = first_brief(config.goal, config.planning_in_full, config.budget, config.currency)
    for _ in DRAFTS:
        text = (await planner.propose(brief)).text
        tried = Try(text=text, problems=problems_of(text, brief))
        brief = brief.model_copy(update={"tries": (*brief.tries, tried)})
    await planner.aclose()


def main() -> None:
    """Write the recording."""
    exchanges: list[Exchange] = []
    with OpenAIServer() as server:
        first, second = DRAFTS
        url = server.script("planner", said(first, 1240, 410), said(second, 1705, 415))
        anyio.run(record, url, exchanges)
    save(RECORDING, exchanges)


if __name__ == "__main__":
    main()
