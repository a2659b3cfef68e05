"""OpenTelemetry spans of a run, under the names of the GenAI conventions.

A run is a span ``invoke_workflow``; under it each task, and under a task each piece of awarded work
as ``invoke_agent``, with the verified success as ``gen_ai.evaluation.score.value``. Model calls are
spans of their own (`workers.tracing`). Only the API is needed; which exporter gets the spans is the
program's choice, as always: ``opentelemetry-instrument truthbid run ...``.
"""

from typing import TYPE_CHECKING, Final

from protocols.decommitment import Lapsed, Withdrawn
from protocols.events import (
    Announced,
    Event,
    Finished,
    RunClosed,
    RunOpened,
    Settled,
    Started,
    TaskAdded,
    TaskEnded,
    Verified,
)
from protocols.messages import Failure
from protocols.stopping import SetAside
from protocols.units import TaskId, WorkerId, units

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

SCOPE: Final = "truthbid"

Work = tuple[TaskId, WorkerId]


class Spans:
    """A listener that starts and ends spans as things happen.

    Args:
        tracer: Whose spans; that of the program's tracer provider if left out.

    Raises:
        ModuleNotFoundError: If OpenTelemetry is not installed: ``pip install truthbid[otel]``.
    """

    def __init__(self, tracer: "Tracer | None" = None) -> None:
        from opentelemetry import trace

        self._tracer = tracer or trace.get_tracer(SCOPE)
        self._trace = trace
        self._run: Span | None = None
        self._tasks: dict[TaskId, Span] = {}
        self._work: dict[Work, Span] = {}

    def note(self, event: Event) -> None:
        """Follow one event."""
        match event:
            case RunOpened():
                self._open(event)
            case TaskAdded(lot=lot):
                task = lot.task
                self._tasks[task] = self._start(f"task {task}", self._run, {"truthbid.task": task})
            case Announced(announcement=announcement):
                for lot in announcement.lots:
                    if (span := self._tasks.get(lot.origin)) is not None:
                        told = {"attempt": lot.attempt, "number": announcement.number}
                        span.add_event("announced", told)
            case Started(task=task, worker=worker):
                self._begin(task, worker)
            case Finished(report=end):
                self._finish(end.task, end.worker, failed=isinstance(end, Failure))
            case Verified(outcome=outcome):
                score = {"gen_ai.evaluation.score.value": outcome.success}
                self._mark(outcome.task, outcome.worker, score)
            case Settled(settlement=done):
                self._mark(done.task, done.worker, {"truthbid.payment": float(units(done.payment))})
                self._end(done.task, done.worker)
            case SetAside(task=task, worker=worker, payment=payment):
                self._mark(task, worker, {"truthbid.payment": float(units(payment))})
                self._end(task, worker)
            case Lapsed(task=task, worker=worker) | Withdrawn(task=task, worker=worker):
                self._end(task, worker)
            case TaskEnded(task=task, state=state):
                self._leave(task, state)
            case RunClosed(reason=reason):
                self._close(reason)
            case _:
                pass  # the journal keeps the rest

    def _open(self, event: RunOpened) -> None:
        named = {"gen_ai.operation.name": "invoke_workflow", "gen_ai.workflow.name": event.run}
        self._run = self._start(f"invoke_workflow {event.run}", None, named)

    def _begin(self, task: TaskId, worker: WorkerId) -> None:
        named = {
            "gen_ai.operation.name": "invoke_agent",
            "gen_ai.agent.name": worker,
            "truthbid.task": task,
        }
        self._work[task, worker] = self._start(
            f"invoke_agent {worker}", self._tasks.get(task, self._run), named
        )

    def _finish(self, task: TaskId, worker: WorkerId, *, failed: bool) -> None:
        if failed and (span := self._work.get((task, worker))) is not None:
            span.set_status(self._trace.StatusCode.ERROR, "the work gave no answer")

    def _mark(self, task: TaskId, worker: WorkerId, told: dict[str, float]) -> None:
        if (span := self._work.get((task, worker))) is not None:
            span.set_attributes(told)

    def _end(self, task: TaskId, worker: WorkerId) -> None:
        if (span := self._work.pop((task, worker), None)) is not None:
            span.end()

    def _leave(self, task: TaskId, state: str) -> None:
        for work in [each for each in self._work if each[0] == task]:
            self._end(*work)
        if (span := self._tasks.pop(task, None)) is not None:
            span.set_attribute("truthbid.state", state)
            span.end()

    def _close(self, reason: str) -> None:
        for span in (*self._work.values(), *self._tasks.values()):
            span.end()
        if self._run is not None:
            self._run.set_attribute("truthbid.reason", reason)
            self._run.end()

    def _start(self, name: str, parent: "Span | None", told: dict[str, str]) -> "Span":
        context = None if parent is None else self._trace.set_span_in_context(parent)
        return self._tracer.start_span(name, context, attributes=told)
