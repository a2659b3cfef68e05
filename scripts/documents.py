"""Writes what the documents take from the code: ``make docs``."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from orchestrator.exports.catalog import codebook_text
from orchestrator.verbs.schema import schema

ROOT: Final = Path(__file__).resolve().parent.parent


def schema_text() -> str:
    """Return the JSON Schema of workflow files, as editors read it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


DOCUMENTS: Final[dict[str, Callable[[], str]]] = {
    "docs/schema.json": schema_text,
    "docs/export-columns.md": codebook_text,
}
"""File -> what belongs into it."""


def main() -> None:
    """Write every document that has changed."""
    for name, made in DOCUMENTS.items():
        path, text = ROOT / name, made()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"wrote {name}")


if __name__ == "__main__":
    main()
