"""Models that say what is written here: the brains of the server that recordings are made against.

Each model knows some answers and how sure it is of each. What it is asked it reads from the prompts
of this repository, as a real model would.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.workers.openai_server import completion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.workers.openai_server import Say

_BYTES_PER_TOKEN: Final = 4


class Known(NamedTuple):
    """What a model makes of a task.

    Attributes:
        answer: What it answers.
        sure: The probability of success that it states.
    """

    answer: str
    sure: float


class Model(NamedTuple):
    """A model.

    Attributes:
        knows: Words of a task -> what it makes of it; the first that are found count.
        plans: The drafts that it writes, one for each problem that it is told of.
        accepts: Whether it accepts an answer, as a judge.
        thinks: Tokens of hidden reasoning per answer, which are billed.
    """

    knows: Mapping[str, Known] = {}
    plans: tuple[object, ...] = ()
    accepts: Callable[[str], bool] = bool
    thinks: int = 0


def reply(models: Mapping[str, Model], body: Mapping[str, Any]) -> Say:
    """Answer a request as the model that it names.

    Args:
        models: The models by name.
        body: The request.
    """
    model: Model = models[body["model"]]
    rules, data = (str(message["content"]) for message in body["messages"][:2])
    text = next(say(model, data) for mark, say in _SAYS.items() if mark in rules)
    thinks = 0 if "Do not do the task now" in rules else model.thinks
    usage = {
        "prompt_tokens": (len(rules) + len(data)) // _BYTES_PER_TOKEN,
        "completion_tokens": len(text) // _BYTES_PER_TOKEN + 1 + thinks,
    }
    return completion(text, model=f"{body['model']}-scripted", usage=usage)


def _plan(model: Model, data: str) -> str:
    return json.dumps(model.plans[data.count("and it cannot be used")])


def _verdict(model: Model, data: str) -> str:
    answer = data.rpartition("<answer")[2]
    met = model.accepts(answer)
    reason = "It does what the criterion asks." if met else "It does not do that."
    count = data.count("\nCriterion ")
    return json.dumps({"criteria": [{"reason": reason, "met": met}] * count})


def _bid(model: Model, data: str) -> str:
    known = _known(model, data)
    tokens = len(known.answer) // _BYTES_PER_TOKEN + 1 + model.thinks
    return json.dumps({"success_probability": known.sure, "output_tokens": tokens})


def _probe(model: Model, data: str) -> str:
    known = _known(model, data)
    return json.dumps({"answer": known.answer, "success_probability": known.sure})


def _work(model: Model, data: str) -> str:
    return _known(model, data).answer


def _known(model: Model, data: str) -> Known:
    found = (known for words, known in model.knows.items() if words in data)
    return next(found, Known("I do not know.", 0.02))


_SAYS: Final[Mapping[str, Callable[[Model, str], str]]] = {
    "You break a goal down": _plan,
    "You judge one answer": _verdict,
    "You do one task and say": _probe,
    "success_probability": _bid,
    "You do one task": _work,
}
"""Words of the rules -> what is said to them."""
