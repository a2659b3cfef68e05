"""Spans of a run: run over task over work, with verified success; nothing is left open."""

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from orchestrator.coordinator import Coordinator
from orchestrator.observing.spans import Spans
from orchestrator.task import Task
from workers import exact
from workers.function import FunctionWorker

pytestmark = pytest.mark.anyio


async def spans_of(*tasks: Task) -> list[ReadableSpan]:
    """Return the finished spans of a run in which one worker errs and another is right."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    fleet = [
        FunctionWorker("wrong", lambda prompt: "5", cost=0, confidence=0.9),
        FunctionWorker("right", lambda prompt: "4", cost=0, confidence=0.8),
    ]
    market = Coordinator(fleet)
    market.listen(Spans(provider.get_tracer("test")).note)
    async with market:
        await market.run_all(tasks)
    return list(exporter.get_finished_spans())


async def test_a_run_is_over_its_tasks_and_they_are_over_the_work() -> None:
    """Each span names its parent, and the outcome is an attribute."""
    spans = await spans_of(Task("2 + 2?", value="0.01", verify=exact("4"), id="sum"))
    by_name = {span.name: span for span in spans}
    run = next(span for span in spans if span.name.startswith("invoke_workflow"))
    task, work = by_name["task sum"], by_name["invoke_agent right"]
    assert (task.parent, work.parent) == (run.context, task.context)
    assert work.attributes is not None
    assert work.attributes["gen_ai.evaluation.score.value"] == 1.0
    assert by_name["invoke_agent wrong"].attributes is not None
    assert by_name["invoke_agent wrong"].attributes["gen_ai.evaluation.score.value"] == 0.0


async def test_every_span_that_begins_ends() -> None:
    """Those of tasks without a verifier and of failed tasks too."""
    spans = await spans_of(
        Task("2 + 2?", value="0.01", id="open"),
        Task("2 + 2?", value="0.01", verify=exact("no"), id="failed"),
    )
    names = sorted(span.name for span in spans)
    assert len([name for name in names if name.startswith("task ")]) == 2
    assert all(span.end_time for span in spans)
    assert len(names) == 1 + 2 + 3
