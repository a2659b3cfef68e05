"""The exceptions of workers that call models.

    TruthbidError
     +-- UnknownPriceError        a model that neither the configuration nor the price table prices
     +-- MissingKeyError          an endpoint that wants a key, and none is in the environment
     +-- LiveCallError            a call to an endpoint where none is allowed
     +-- CassetteError            a replayed run asks what was never recorded, or not all of it
     +-- ChatError                a model call that ended without a usable answer
          +-- ReserveSpentError   another attempt would not fit into what was reserved
          +-- EndpointError       no answer at all
          |    +-- RequestRefusedError    the endpoint refuses the request: asking again is no use
          |    +-- UnavailableError       it kept failing, or could not be reached
          |    |    +-- BrokenConnectionError  it broke off: perhaps the model had worked
          |    +-- DeadlineError          the deadline of the whole call has passed
          +-- MalformedReplyError         an answer that is no chat completion
          |    +-- OversizedReplyError    one that does not end before the size limit
          +-- IncompleteAnswerError       a completion that is no finished answer
               +-- CutAnswerError         stopped at the token limit
               +-- FilteredAnswerError    stopped by a content filter
               +-- DeclinedAnswerError    the model declines
               +-- EmptyAnswerError       no text in it
               +-- UnstructuredAnswerError  not the JSON that was asked for
               +-- UnfinishedAnswerError    still calling tools after the last round

None of them carries a key, and what an endpoint says is quoted in at most some hundred characters.
What a failed call has cost is on its meter, not in the exception.
"""

from protocols.errors import TruthbidError


class UnknownPriceError(TruthbidError):
    """Raised when nobody knows what a model costs; never taken for zero."""

    def __init__(self, model: str, endpoint: str) -> None:
        super().__init__(
            f"no price is known for model {model!r} at {endpoint}: give `price: {{input: 0.25,"
            " output: 2.00}` in units per million tokens, or `free: true` for a local model"
        )
        self.model = model


class MissingKeyError(TruthbidError):
    """Raised when an endpoint wants a key and the environment has none."""

    def __init__(self, variable: str, endpoint: str) -> None:
        super().__init__(
            f"{endpoint} wants a key: set the environment variable {variable}, or give the"
            " `base_url` of a local endpoint"
        )
        self.variable = variable


class LiveCallError(TruthbidError):
    """Raised when an endpoint is called while ``TRUTHBID_NO_LIVE_CALLS`` is set."""


class CassetteError(TruthbidError):
    """Raised when a replay is asked for a call that its recording does not hold."""


class ChatError(TruthbidError):
    """Base of everything that leaves a model call without a usable answer."""


class ReserveSpentError(ChatError):
    """Raised when the worst case of a call does not fit into what was reserved for the work."""


class EndpointError(ChatError):
    """Raised when an endpoint gives no answer.

    Attributes:
        status: The HTTP status of the last attempt; ``None`` where there was no reply.
        retry_after: The seconds that the endpoint asked to wait, if it did.
        text: What it said, as it said it.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        text: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.text = text


class RequestRefusedError(EndpointError):
    """Raised when asking again would not help: bad request, key, model or address."""


class UnavailableError(EndpointError):
    """Raised when an endpoint is busy, broken or out of reach."""


class BrokenConnectionError(UnavailableError):
    """Raised when a connection broke after the request was sent: it may have been billed."""


class DeadlineError(EndpointError):
    """Raised when the deadline of the whole call has passed, retries and waits included."""


class MalformedReplyError(ChatError):
    """Raised when a reply is no chat completion: HTML, cut JSON, no choices."""


class OversizedReplyError(MalformedReplyError):
    """Raised when a reply does not end before the size limit."""


class IncompleteAnswerError(ChatError):
    """Raised when a completion holds no finished answer; it is never scored as one."""


class CutAnswerError(IncompleteAnswerError):
    """Raised when an answer was cut at the token limit."""


class FilteredAnswerError(IncompleteAnswerError):
    """Raised when a content filter stopped an answer."""


class DeclinedAnswerError(IncompleteAnswerError):
    """Raised when the model declines to answer."""


class EmptyAnswerError(IncompleteAnswerError):
    """Raised when a completion has no text."""


class UnstructuredAnswerError(IncompleteAnswerError):
    """Raised when an answer is not the JSON that was asked for."""


class UnfinishedAnswerError(IncompleteAnswerError):
    """Raised when a model still calls tools after the last round."""
