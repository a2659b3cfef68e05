"""``make bench``: measures everything and writes docs/benchmarks.md."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import adapter, assignment, audit, bidding, endurance, line, scoring, startup

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

SECTIONS = {
    "One task, end to end": (line.__doc__, line.report),
    "Assignment and payments": (assignment.__doc__, assignment.report),
    "Bids": (bidding.__doc__, bidding.report),
    "A model call": (adapter.__doc__, adapter.report),
    "Endurance": (endurance.__doc__, endurance.report),
    "Scoring": (scoring.__doc__, scoring.report),
    "Audit": (audit.__doc__, audit.report),
    "Start": (startup.__doc__, startup.report),
}


def main() -> None:
    """Measure the sections whose titles begin like an argument, or all, and write the page."""
    asked = [word.lower() for word in sys.argv[1:]]
    kept = _sections(TARGET.read_text(encoding="utf-8")) if TARGET.exists() else {}
    parts = [
        "# Benchmarks",
        (
            f"Made by `make bench` with truthbid {version('truthbid')} on Python"
            f" {platform.python_version()}. Processor time; read the ratios, which are taken within"
            " one run, rather than the digits, which are the machine's. `python -m benchmarks audit"
            " start` measures the sections whose titles begin so, and keeps the others."
        ),
    ]
    for title, (about, report) in SECTIONS.items():
        if asked and title in kept and not title.lower().startswith(tuple(asked)):
            parts.append(kept[title])
            continue
        print(f"measuring: {title}", file=sys.stderr)
        parts.append("\n\n".join([f"## {title}", (about or "").strip(), report()]))
    TARGET.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}")


def _sections(page: str) -> dict[str, str]:
    """Return the sections of a page by their titles."""
    parts = page.split("\n## ")[1:]
    return {part.splitlines()[0]: f"## {part}".rstrip() for part in parts}


if __name__ == "__main__":
    main()
