"""A model call is a span where OpenTelemetry is set up, without prompts and answers."""

import sys
from collections.abc import Iterator
from unittest.mock import patch

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from workers.chat import ChatRequest, Lane, Message, Reply
from workers.errors import UnavailableError
from workers.prices import Usage
from workers.tracing import API, model_call

REQUEST = ChatRequest(
    model="m",
    messages=(Message(role="user", content="a secret question"),),
    max_tokens=9,
    lane=Lane(task="t", worker="ann", phase="bid"),
)
URL = "http://127.0.0.1:1/v1"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    """Return where the spans of the test go."""
    found = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    with patch.object(trace, "get_tracer", provider.get_tracer):
        yield found


def test_a_call_is_a_span_with_its_tokens(exporter: InMemorySpanExporter) -> None:
    """Model, lane and usage are attributes; texts are not."""
    with model_call(REQUEST, URL) as note:
        note(Reply("a secret answer", Usage(12, 3)))
    (span,) = exporter.get_finished_spans()
    told = dict(span.attributes or {})
    assert span.name == "chat m"
    assert (told["gen_ai.usage.input_tokens"], told["gen_ai.usage.output_tokens"]) == (12, 3)
    assert (told["truthbid.worker"], told["truthbid.phase"]) == ("ann", "bid")
    assert "secret" not in span.to_json()


def test_a_failure_is_named(exporter: InMemorySpanExporter) -> None:
    """By the type of the error, and it goes on its way."""
    with pytest.raises(UnavailableError), model_call(REQUEST, URL):
        raise UnavailableError("busy")
    (span,) = exporter.get_finished_spans()
    assert dict(span.attributes or {})["error.type"] == "UnavailableError"


def test_without_the_api_nothing_is_traced(exporter: InMemorySpanExporter) -> None:
    """A program that never imported it pays nothing."""
    with patch.dict(sys.modules):
        del sys.modules[API]
        with model_call(REQUEST, URL) as note:
            note(Reply("4"))
    assert not exporter.get_finished_spans()
