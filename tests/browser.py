"""A real browser for tests of pages: headless Chromium, spoken to over two pipes.

The Chrome DevTools Protocol needs no driver and no port: with ``--remote-debugging-pipe`` messages
are JSON that ends with a zero byte, read from file descriptor 3 and written to 4.
"""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

import pytest

_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SWITCHES: Final = (
    "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu",
    "--disable-dev-shm-usage", "--disable-background-networking", "--no-first-run",
    "--hide-scrollbars", "--force-color-profile=srgb",
)  # fmt: skip


class Browser:
    """One tab; `errors` holds what went to its console and what scripts and policies complained of."""

    def __init__(self, to: IO[bytes], back: int) -> None:
        self.errors: list[str] = []
        self._to, self._back, self._heard = to, back, b""
        self._number = 0
        self._session: str | None = None
        tab = self.call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Ask for something and wait for the answer; what else is said meanwhile is noted."""
        self._number += 1
        message: dict[str, object] = {
            "id": self._number,
            "method": method,
            "params": parameters,
        }
        if self._session is not None:
            message["sessionId"] = self._session
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (said := self._hear()).get("id") != self._number:
            pass
        if "error" in said:
            raise RuntimeError(f"{method}: {said['error']}")
        result: dict[str, Any] = said["result"]
        return result

    def open(self, page: Path, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Show a page at a size, light or dark, and wait until it is laid out."""
        self.errors.clear()
        self.resize(width, height)
        self.scheme("dark" if dark else "light")
        self.call("Page.navigate", url=page.resolve().as_uri())
        while self._hear().get("method") != "Page.loadEventFired":
            pass

    def resize(self, width: int, height: int) -> None:
        """Change the size of the window."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def scheme(self, scheme: str, media: str = "") -> None:
        """Prefer light or dark, on the screen or in print."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.call("Emulation.setEmulatedMedia", media=media, features=features)

    def evaluate(self, script: str) -> Any:
        """Return what a script comes to; the policy of the page does not hold for it."""
        said = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(str(said["exceptionDetails"]))
        return said["result"].get("value")

    def click(self, selector: str) -> None:
        """Press the mouse on the middle of an element, as a person would."""
        script = (
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            " e.scrollIntoView({block: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })()"
        )
        x, y = self.evaluate(script)
        for kind in ("mousePressed", "mouseReleased"):
            self.call(
                "Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1
            )  # fmt: skip

    def screenshot(self, target: Path, *, whole: bool = False) -> None:
        """Write what is shown as a PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(shot["data"]))

    def pdf(self) -> bytes:
        """Return the page as it is printed."""
        return base64.b64decode(self.call("Page.printToPDF", printBackground=True)["data"])

    def _hear(self) -> dict[str, Any]:
        pieces = [self._heard]
        while b"\0" not in pieces[-1]:
            piece = os.read(self._back, 1 << 20)
            if not piece:
                raise RuntimeError("the browser has ended")
            pieces.append(piece)
        message, _, self._heard = b"".join(pieces).partition(b"\0")
        said: dict[str, Any] = json.loads(message)
        self._note(str(said.get("method", "")), said.get("params", {}))
        return said

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(str(told["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled":
            self.errors.append(" ".join(str(each.get("value")) for each in told["args"]))
        elif method == "Log.entryAdded":
            self.errors.append(str(told["entry"]["text"]))


def executable() -> str | None:
    """Return where Chromium is on this machine, if it is."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


def chromium() -> str:
    """Return where Chromium is, or skip the calling test."""
    found = executable()
    if found is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(_NAMES)} is on the PATH")
    return found


@contextmanager
def browsing(program: str, profile: Path) -> Generator[Browser]:
    """Start a browser with an empty profile and end it."""
    theirs_in, ours_out = os.pipe()
    ours_in, theirs_out = os.pipe()

    def connect() -> None:
        high = os.dup(theirs_out), os.dup(theirs_in)  # 3 or 4 may be one of the four ends
        os.dup2(high[1], 3)
        os.dup2(high[0], 4)

    command: Sequence[str] = (program, *_SWITCHES, f"--user-data-dir={profile}", "about:blank")
    process = subprocess.Popen(
        command,
        pass_fds=(3, 4),
        preexec_fn=connect,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs_in)
    os.close(theirs_out)
    with os.fdopen(ours_out, "wb") as to:
        try:
            yield Browser(to, ours_in)
        finally:
            process.terminate()
            process.wait(timeout=20)
            os.close(ours_in)
