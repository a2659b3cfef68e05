"""A server that gives everybody the same completion, in a process of its own: says its port."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager

COMPLETION = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "tiny",
    "usage": {"prompt_tokens": 40, "completion_tokens": 3, "total_tokens": 43},
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "391"}}
    ],
}
BODY = json.dumps(COMPLETION).encode()
HEAD = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
ANSWER = HEAD.encode() + BODY
END = b"\r\n\r\n"


class Peer(asyncio.Protocol):
    """One client: every whole request gets the answer."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._seen = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer what is complete."""
        self._seen += data
        while END in self._seen:
            head, _, rest = self._seen.partition(END)
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            if len(rest) < length or self._transport is None:
                return
            self._seen = rest[length:]
            self._transport.write(ANSWER)


async def serve() -> None:
    """Serve until killed."""
    server = await asyncio.get_running_loop().create_server(Peer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


@contextmanager
def running() -> Generator[str]:
    """Start the server and kill it at the end; gives its base URL."""
    command = [sys.executable, "-m", "benchmarks.loopback"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
        finally:
            server.kill()


if __name__ == "__main__":
    asyncio.run(serve())
