"""Makes the pictures of docs/report.md: the pages of the quickstart, of recorded models, of an audit.

Needs Chromium. The records are looked for where ``scripts.recorded_tables`` finds
them; without them their picture stays as it is.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from scripts.recorded_tables import CASES, RECORDS, ROOT
from tests.browser import browsing, executable

IMAGES = ROOT / "docs" / "images"
QUICK = str(ROOT / "configs" / "quickstart.yaml")


class Shot(NamedTuple):
    """One picture: which page, how wide and high, from which part on, light or dark."""

    page: Path
    target: str
    size: tuple[int, int]
    anchor: str = ""
    dark: bool = False


def truthbid(*arguments: str | Path) -> None:
    """Run the command; exit code 1 says that some tasks failed, as recorded ones do."""
    done = subprocess.run([sys.executable, "-m", "orchestrator", *map(str, arguments)], cwd=ROOT)
    if done.returncode > 1:
        sys.exit(done.returncode)


def pages(folder: Path) -> Sequence[Shot]:
    """Make the pages and say what is taken of each."""
    quick, recorded, audit = (folder / f"{name}.html" for name in ("quick", "recorded", "audit"))
    truthbid("run", QUICK, "--journal", folder / "quick.db", "--quiet")
    truthbid("report", folder / "quick.db", "--html", quick)
    shots = [Shot(quick, "report-quickstart.png", (1280, 1130))]
    if RECORDS.exists():
        case = CASES[0]
        path = RECORDS / "routing" / f"{case.file}.csv.gz"
        settings = (f"name={case.file}", f"records.path={path}", "records.shuffle=true")
        given = [part for each in (*settings, *case.settings) for part in ("--set", each)]
        config = ROOT / "configs" / "recorded.yaml"
        truthbid("run", config, *given, "--journal", folder / "recorded.db", "--quiet")
        truthbid("report", folder / "recorded.db", "--html", recorded)
        shots.append(
            Shot(
                recorded,
                "report-recorded.png",
                (1280, 1270),
                ".figures figure:nth-child(5)",
                dark=True,
            )
        )
    rules = ("contingent-vcg", "deposit-vcg", "share", "pay-per-success", "vickrey", "first-price")
    asked = [part for rule in rules for part in ("--mechanism", rule)]
    truthbid("audit", QUICK, *asked, "--no-dynamics", "--quiet", "--html", audit)
    return [*shots, Shot(audit, "audit.png", (1000, 1330))]


def main() -> None:
    """Take all pictures."""
    program = executable()
    if program is None:
        sys.exit("there is no Chromium on this machine")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        shots = pages(folder)
        with browsing(program, folder / "profile") as browser:
            for shot in shots:
                width, height = shot.size
                browser.open(shot.page, width=width, height=height, dark=shot.dark)
                if shot.anchor:
                    browser.evaluate(f"document.querySelector('{shot.anchor}').scrollIntoView()")
                browser.screenshot(IMAGES / shot.target)


if __name__ == "__main__":
    main()
