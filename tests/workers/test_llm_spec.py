"""Configurations of workers with a model behind them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.workers.calls import lot
from workers.llm_spec import OpenAISpec
from workers.named_functions import NamedFunctionError


def test_a_configuration_builds_the_worker() -> None:
    """The fields of a configuration arrive in the worker."""
    spec = OpenAISpec.model_validate(
        {
            "id": "small",
            "type": "openai",
            "model": "tiny",
            "base_url": "http://127.0.0.1:1/v1",
            "price": {"input": 1, "output": 2},
            "bid": "prior",
            "kinds": ["sums"],
            "seats": 3,
            "policy": {"seconds": 5, "paid": 1},
        }
    )
    assert OpenAISpec.model_validate(spec.model_dump(mode="json")) == spec
    worker = spec.build(seed=1)
    assert (worker.name, worker.seats) == ("small", 3)
    quote = worker.quote(lot())
    assert quote.cost > 0


@pytest.mark.parametrize(
    "change",
    [
        {"model": None},
        {"temperature": 3},
        {"max_tokens": 0},
        {"price": {"input": -1, "output": 1}},
        {"api_key": "sk-1"},
        {"policy": {"seconds": 0}},
        {"price": {"input": 1, "output": 1}},
        {"base_url": "localhost:8000"},
        {"base_url": "http://key@127.0.0.1/v1"},
        {"bid": "guess"},
        {"bid": {"samples": 1}},
        {"bid": "probe", "tools": ["dates"]},
    ],
)
def test_a_configuration_without_sense_is_refused(change: dict[str, object]) -> None:
    """Wrong values and keys written into a configuration are errors."""
    good: dict[str, object] = {"id": "a", "model": "m", "free": True}
    assert OpenAISpec.model_validate(good).model == "m"
    with pytest.raises(ValidationError):
        OpenAISpec.model_validate(good | change)


def test_a_configuration_names_built_in_skills() -> None:
    """A model of a configuration may call the skills of function workers; no file allows more."""
    fields = {"id": "a", "model": "m", "base_url": "http://127.0.0.1/v1", "free": True}
    spec = OpenAISpec.model_validate(fields | {"tools": ["arithmetic", "dates"]})
    assert spec.build(seed=1).name == "a"
    with pytest.raises(NamedFunctionError, match="--allow-import os") as caught:
        OpenAISpec.model_validate(fields | {"tools": ["dates", "os:system"]}).build(seed=1)
    assert caught.value.loc == ("tools", 1)


@pytest.mark.parametrize(
    ("bid", "place"),
    [
        ({"samples": 1}, ("bid", "samples", "count")),
        ({"ask": {"max_tokens": 0}}, ("bid", "ask", "max_tokens")),
        ({"ask": {"tokens": 5}}, ("bid", "ask", "tokens")),
    ],
)
def test_a_wrong_setting_of_a_bid_is_named(bid: object, place: tuple[str, ...]) -> None:
    """The error says which setting of which way to bid is wrong."""
    with pytest.raises(ValidationError) as caught:
        OpenAISpec.model_validate({"id": "a", "model": "m", "free": True, "bid": bid})
    assert caught.value.errors()[0]["loc"] == place
