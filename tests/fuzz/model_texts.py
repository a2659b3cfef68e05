"""What models write: texts that are to be bids, verdicts, plans, lists and right answers."""

from contextlib import suppress
from decimal import Decimal
from typing import Any, Final

import anyio
from hypothesis import strategies as st

from orchestrator.planning.item_list import items_in
from orchestrator.planning.reading import problems_of
from protocols.messages import Bid, Failure, Refusal, Result
from tests.fuzz.mutation import altered, edited, written
from tests.fuzz.target import Target
from tests.workers.calls import award, call, lot, result
from workers.bidding.catalog import RULES
from workers.chat import ChatRequest
from workers.llm import OpenAIWorker
from workers.model_judge import ModelJudge
from workers.planning.draft import CHECKS, Brief
from workers.ports import VerifierError
from workers.scripted_chat import ScriptedChat
from workers.verifiers import Exact, JsonSchema, Numeric, Regex
from workers.verifiers.by_judge import ByJudge, Judge

BRIEF: Final = Brief.model_validate(
    {
        "goal": "g",
        "kinds": {"text": ""},
        "checks": tuple(CHECKS),
        "tasks": 5,
        "items": 5,
        "value": 10**9,
    }
)
SAID: Final[list[Any]] = [
    {"success_probability": 0.9, "output_tokens": 5},
    {"answer": "4", "success_probability": 0.9},
    {"criteria": [{"reason": "r", "met": True}]},
    {"reason": "r", "better": "first"},
    ["a", "b", 7],
    {
        "tasks": [
            {
                "id": f"t{number}",
                "kind": "text",
                "prompt": "p {{ answers.t0 }}"[: 2 + 99 * number],
                "value": 0.1,
                "needs": ["t0"] * number,
                "items": None,
                "each": None,
                "most": None,
                "check": {"type": check, "expect": expect},
            }
            for number, (check, expect) in enumerate(
                (("exact", "1"), ("regex", "^a+$"), ("numeric", "2"))
            )
        ]
    },
]
_VERIFIERS: Final = (
    Exact(answer=("4",)),
    Numeric(value=Decimal(4)),
    Regex(pattern=r"^\d+$"),
    JsonSchema.model_validate(
        {"schema": {"type": "array", "items": {"minimum": 2, "multipleOf": 0.5}}}
    ),
)
_PHASES: Final = ("bid", "sample", "logprob", "probe", "execute")
_TEXTS: Final = st.builds(written, altered(SAID)) | edited(
    [
        b'Sure! ```json\n{"success_probability": 0.9, "output_tokens": 5}\n```',
        *map(written, SAID),
        b"The answer is 4,000.5%.",
    ]
)


def take(content: bytes) -> None:
    """Read one text as everything that a model may be asked for; no reply holds half characters."""
    text = content.decode("utf-8", "replace")
    anyio.run(_read, text)
    assert all(map(str, problems_of(text, BRIEF)))
    with suppress(ValueError):
        assert 1 <= len(items_in(text, 5)) <= 5


async def _read(text: str) -> None:
    def say(request: ChatRequest) -> str:
        del request
        return text

    for rule in RULES:
        worker = OpenAIWorker(
            "w",
            model="tiny",
            free=True,
            chat=ScriptedChat(**dict.fromkeys(_PHASES, say)),
            bid=rule,
        )
        said: list[Bid | Refusal] = []
        await worker.bid(call(lot()), said.append)
        assert len(said) == 1
        assert isinstance(await worker.execute(lot(), award("w")), Result | Failure)
    for spec in ({"by": "j"}, {"by": "j", "reference": "4"}):
        chat = ScriptedChat(judge=say, compare=say)
        judge = ModelJudge("j", model="tiny", free=True, chat=chat)
        try:
            found = await ByJudge(Judge.model_validate(spec), judge).assess(lot(), result("4"))
        except VerifierError:
            continue
        assert 0.0 <= found.verdict.success <= 1.0
    for verifier in _VERIFIERS:
        if text and len(text) <= 1_000_000:
            assert (await verifier.verify(lot(), result(text))).success in {0.0, 1.0}


WORDS: Final = Target("texts", _TEXTS, take)
