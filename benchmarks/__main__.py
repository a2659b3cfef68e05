"""``make bench``: measures everything and writes docs/benchmarks.md."""

import platform
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks import adapter, assignment, bidding, line, scoring, startup

TARGET = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"

SECTIONS = {
    "One task, end to end": (line.__doc__, line.report),
    "Assignment and payments": (assignment.__doc__, assignment.report),
    "Bids": (bidding.__doc__, bidding.report),
    "A model call": (adapter.__doc__, adapter.report),
    "Scoring": (scoring.__doc__, scoring.report),
    "Start": (startup.__doc__, startup.report),
}


def main() -> None:
    """Run the sections that are named on the command line, or all, and write the page."""
    parts = [
        "# Benchmarks",
        (
            f"Made by `make bench` with truthbid {version('truthbid')} on Python"
            f" {platform.python_version()}. Processor time; read the ratios, which are taken within"
            " one run, rather than the digits, which are the machine's."
        ),
    ]
    for title, (about, report) in SECTIONS.items():
        print(f"measuring: {title}", file=sys.stderr)
        parts += [f"## {title}", (about or "").strip(), report()]
    TARGET.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(f"wrote {TARGET}")


if __name__ == "__main__":
    main()
