"""A real OpenAI-compatible server on loopback that says what a test tells it to say.

Every route has its own script, so one server serves many tests at once; the last line of a script
is repeated for ever. What was asked is kept, so that tests can count requests.
"""

from __future__ import annotations

import json
import select
import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

USAGE = {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50}


class Say(NamedTuple):
    """One scripted reply.

    Attributes:
        body: What is sent.
        status: The HTTP status.
        headers: Further headers.
        claim: The length that is announced, where it is not the true one.
        repeat: How often the body is sent, in one reply.
        chunks: What is sent in place of the body, in chunks whose number is not announced.
        hang: Nothing is sent, or nothing after the chunks, until the client leaves.
        drop: The connection is closed without a reply, or after the chunks.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = {}
    claim: int | None = None
    repeat: int = 1
    chunks: tuple[bytes, ...] = ()
    hang: bool = False
    drop: bool = False


def completion(text: str | None = "4", *, finish: str | None = "stop", **fields: Any) -> Say:
    """Return a chat completion; further fields replace its own, those of the message included."""
    message = {"role": "assistant", "content": text}
    if "refusal" in fields:
        message["refusal"] = fields.pop("refusal")
    body = {
        "id": "1",
        "object": "chat.completion",
        "model": "tiny-1",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
        "usage": USAGE,
    }
    return Say(json.dumps(body | fields).encode())


def piece(text: str | None = None, finish: str | None = None, **fields: Any) -> bytes:
    """Return one event of a stream; further fields replace those of its choice."""
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}
    body = {"object": "chat.completion.chunk", "model": "tiny-1", "choices": [choice | fields]}
    return b"data: " + json.dumps(body).encode() + b"\n\n"


USED = b"data: " + json.dumps({"choices": [], "usage": USAGE}).encode() + b"\n\n"
"""The event that tells the usage of a stream."""

DONE = b"data: [DONE]\n\n"


def stream(*chunks: bytes, hang: bool = False, drop: bool = False) -> Say:
    """Return a reply that is streamed."""
    return Say(chunks=chunks, headers={"content-type": "text/event-stream"}, hang=hang, drop=drop)


def streamed(*texts: str, finish: str | None = "stop") -> Say:
    """Return a whole streamed completion, with its usage."""
    return stream(*map(piece, texts), piece(finish=finish), USED, DONE)


def failure(status: int, message: str = "no", code: str = "", **headers: str) -> Say:
    """Return an error as OpenAI words it; underscores in header names become hyphens."""
    body = json.dumps({"error": {"message": message, "code": code}}).encode()
    return Say(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


class Asked(NamedTuple):
    """One request that arrived; the names of its headers are in small letters.

    Requests over one connection come from the same port.
    """

    body: dict[str, Any]
    headers: Mapping[str, str]
    port: int = 0


class Crowd:
    """Answers as another script does, and counts how many requests are under way at one time.

    Every request stays for a moment, in which others could come that should not.

    Args:
        says: What is said to a request.
        company: Requests stay until so many were there at one time, for some seconds at most.

    Attributes:
        most: The most requests that were under way together.
        total: How many there were.
    """

    def __init__(self, says: Callable[[dict[str, Any]], Say], company: int | None = None) -> None:
        self.most = self.total = self._inside = 0
        self._says = says
        self._lock = threading.Lock()
        self._company, self._together = company, threading.Event()

    def __call__(self, body: dict[str, Any]) -> Say:
        """Answer a request."""
        with self._lock:
            self.total += 1
            self._inside += 1
            self.most = max(self.most, self._inside)
            if self.most == self._company:
                self._together.set()
        self._together.wait(0.02 if self._company is None else 5.0)
        with self._lock:
            self._inside -= 1
        return self._says(body)


class OpenAIServer:
    """The server; use it as a context manager.

    Attributes:
        asked: The requests of every route, in the order of their arrival.
        closing: Set when the server stops.
        left: Counts the clients that went away while they were kept waiting.
    """

    def __init__(self) -> None:
        self.left = threading.Semaphore(0)
        self.asked: defaultdict[str, list[Asked]] = defaultdict(list)
        self.closing = threading.Event()
        self._scripts: dict[str, list[Say | Callable[[dict[str, Any]], Say]]] = {}
        self._lock = threading.Lock()
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,))

    def script(self, route: str, *says: Say | Callable[[dict[str, Any]], Say]) -> str:
        """Fix what a route says, forgetting what it was asked; returns its base URL."""
        with self._lock:
            self._scripts[route] = list(says)
            self.asked[route] = []
        return f"http://127.0.0.1:{self._http.server_address[1]}/{route}/v1"

    def count(self, route: str) -> int:
        """Return how many requests a route has had."""
        return len(self.asked[route])

    def answer(self, route: str, asked: Asked) -> Say:
        """Take the next line of a script."""
        with self._lock:
            self.asked[route].append(asked)
            script = self._scripts[route]
            say = script.pop(0) if len(script) > 1 else script[0]
        return say if isinstance(say, Say) else say(asked.body)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    owner: OpenAIServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        assert isinstance(self.server, _Server)
        owner = self.server.owner
        length = int(self.headers["content-length"])
        body = self.rfile.read(length)
        if len(body) < length:  # the client went away
            self.close_connection = True
            return
        route = self.path.split("/")[1]
        headers = {name.lower(): value for name, value in self.headers.items()}
        say = owner.answer(route, Asked(json.loads(body), headers, self.client_address[1]))
        if say.chunks or not (say.hang or say.drop):
            self.send_response_only(say.status)
            sent = {"content-type": "application/json"} | dict(say.headers)
            for name, value in sent.items():
                self.send_header(name, value)
            try:
                self._send_chunks(say) if say.chunks else self._send_body(say)
            except OSError:
                self.close_connection = True  # the client had enough
        if say.hang:
            self._wait_until_left()
        if say.hang or say.drop or say.claim is not None:
            self.close_connection = True

    def _send_body(self, say: Say) -> None:
        size = len(say.body) * say.repeat if say.claim is None else say.claim
        self.send_header("content-length", str(size))
        self.end_headers()
        for _ in range(say.repeat):
            self.wfile.write(say.body)

    def _send_chunks(self, say: Say) -> None:
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for chunk in say.chunks:
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
        if not (say.hang or say.drop):
            self.wfile.write(b"0\r\n\r\n")

    def _wait_until_left(self) -> None:
        assert isinstance(self.server, _Server)
        owner = self.server.owner
        while not owner.closing.is_set():
            if select.select([self.connection], [], [], 0.02)[0] and self._gone():
                owner.left.release()
                return

    def _gone(self) -> bool:
        try:
            return not self.connection.recv(1)
        except OSError:
            return True  # without a farewell

    def log_message(self, format: str, *args: object) -> None:
        pass
