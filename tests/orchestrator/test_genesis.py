"""The first event binds everything that a run depends on."""

from collections.abc import Mapping
from importlib.metadata import version

import pytest

from orchestrator.genesis import genesis
from orchestrator.market import Limits
from orchestrator.memory.ledger import fund
from protocols.events import EVENT, RunOpened
from protocols.units import Money
from workers import FunctionWorker
from workers.model_judge import ModelJudge
from workers.scripted_chat import ScriptedChat

FLEET = [FunctionWorker(name, str.upper, cost=0, confidence=0.5) for name in ("b", "a")]


def opening(
    config: dict[str, object] | None = None,
    *,
    budget: Money | None = Money(10),  # noqa: B008 - a NewType makes nothing
    limits: Limits | None = None,
) -> RunOpened:
    """Return the first event of a run."""
    return genesis(
        seed=7,
        currency="USD",
        budget=budget,
        workers=FLEET,
        config={"mechanism": {"name": "vcg"}} if config is None else config,
        limits=limits or Limits(),
    )


def test_the_same_settings_name_the_same_run() -> None:
    """The digest is a function of the settings alone."""
    one, other = opening({"a": 1, "b": {"c": 2}}), opening({"a": 1, "b": {"c": 2}})

    assert one == other
    assert one.run == one.config_digest[:12]
    assert len(one.config_digest) == 64


@pytest.mark.parametrize("config", [{"a": 2}, {"a": 1.0}, {"a": "1"}, {"b": 1}, {}])
def test_other_settings_name_another_run(config: dict[str, object]) -> None:
    """Any other value, type or name changes the digest; so do other limits."""
    assert opening({"a": 1}).config_digest != opening(config).config_digest
    assert opening(limits=Limits(batch=1)).config_digest != opening().config_digest


def test_the_order_of_settings_survives_the_record() -> None:
    """A run that draws kinds of tasks by their weights draws the same ones when it is resumed."""
    kinds = {"reasoning": 1, "extraction": 2}
    opened = opening({"kinds": kinds})

    recorded = EVENT.validate_json(opened.model_dump_json())

    assert isinstance(recorded, RunOpened)
    assert list(recorded.config["kinds"]) == list(kinds)
    assert opening({"kinds": dict(reversed(kinds.items()))}).run != opened.run


def test_the_opening_says_what_is_needed_to_repeat_the_run() -> None:
    """Seed, version, limits and the fleet in its order."""
    opened = opening()

    assert (opened.seed, opened.version, opened.currency) == (7, version("truthbid"), "USD")
    assert [participant.worker for participant in opened.participants] == ["b", "a"]
    assert Limits.model_validate(opened.config["limits"]) == Limits()


def test_a_budget_is_funded() -> None:
    """The budget is in the treasury from the first event on; zero moves nothing, and is a cap."""
    assert opening().transfers == fund(Money(10))
    assert (opening(budget=Money(0)).budget, opening(budget=Money(0)).transfers) == (0, ())
    assert (opening(budget=None).budget, opening(budget=None).transfers) == (None, ())


def test_an_opening_is_read_as_it_was_written() -> None:
    """What cannot be told apart in JSON, such as lists and tuples, is made equal before."""
    opened = opening({"mechanism": {"sample": (1, 2.5)}, "note": "ü"})

    assert EVENT.validate_json(opened.model_dump_json()) == opened


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_settings_without_a_number_are_refused(number: float) -> None:
    """What JSON cannot say has no place in a journal."""
    with pytest.raises(ValueError, match="not JSON compliant"):
        opening({"a": number})


def test_the_prompts_of_workers_and_judges_are_named() -> None:
    """By name, whoever uses them; nothing is said of workers without a model."""

    class Prompted(FunctionWorker):
        @property
        def prompts(self) -> Mapping[str, str]:
            return {"execute": "5e1f", "ask": "0a"}

    fleet = [*FLEET, Prompted("c", str.upper, cost=0, confidence=0.5)]
    fair = ModelJudge("fair", model="m", free=True, chat=ScriptedChat())
    found = genesis(seed=7, currency="USD", budget=None, workers=fleet, config={}, limits=Limits())

    assert opening().prompts == {}
    assert list(found.prompts.items()) == [("ask", "0a"), ("execute", "5e1f")]
    judged = genesis(
        seed=7,
        currency="USD",
        budget=None,
        workers=fleet,
        judges=[fair],
        config={},
        limits=Limits(),
    )
    assert judged.prompts == {**found.prompts, **fair.prompts}
    assert list(fair.prompts) == ["judge", "compare", "same"]
    assert EVENT.validate_json(EVENT.dump_json(found)) == found
