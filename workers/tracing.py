"""A span around a model call, where the program has set OpenTelemetry up; nothing elsewhere.

The names are those of the GenAI conventions. Neither prompts nor answers are put into spans.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from workers.errors import ChatError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from workers.chat import ChatRequest, Reply

API: Final = "opentelemetry.trace"


@contextmanager
def model_call(request: ChatRequest, url: str) -> Generator[Callable[[Reply], None]]:
    """Trace one call; what it gives takes the reply, for the tokens that it used.

    Args:
        request: What is asked.
        url: The endpoint.
    """
    trace = sys.modules.get(API)
    if trace is None:  # nobody can be listening
        yield lambda reply: None
        return
    parts = urlsplit(url)
    told: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": request.model,
        "gen_ai.request.max_tokens": request.max_tokens,
        "server.address": parts.hostname or "",
        "truthbid.task": request.lane.task or "",
        "truthbid.worker": request.lane.worker or "",
        "truthbid.phase": request.lane.phase or "",
    }
    tracer = trace.get_tracer("truthbid")
    with tracer.start_as_current_span(
        f"chat {request.model}", kind=trace.SpanKind.CLIENT, attributes=told
    ) as span:

        def note(reply: Reply) -> None:
            span.set_attributes(
                {
                    "gen_ai.usage.input_tokens": reply.usage.input,
                    "gen_ai.usage.output_tokens": reply.usage.output,
                }
            )

        try:
            yield note
        except ChatError as error:
            span.set_attribute("error.type", type(error).__name__)
            raise
