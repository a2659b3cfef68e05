"""Writes what is asked of a journal in one pass, and leaves either all files or none."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from orchestrator.exports.catalog import CODEBOOK, codebook
from orchestrator.exports.sinks import SINKS, CsvSink, Sink, json_line
from orchestrator.exports.table import Table
from orchestrator.exports.traces import traces
from orchestrator.memory.record import Record

Written = dict[str, int]
"""What was written -> how many rows."""


def write_tables(
    record: Record, tables: Mapping[Path, Table], form: str, legend: Path | None = None
) -> Written:
    """Write tables in one pass; memory does not grow with the journal.

    Args:
        record: The journal.
        tables: For each file its table.
        form: One of `SINKS`.
        legend: Where the meaning of the columns goes, if anywhere.

    Raises:
        JournalError: If the journal cannot be read to its end; no file is written then.
        InputError: If the format needs what is not installed.
        OSError: If a file cannot be written.
    """
    written = dict.fromkeys((table.name for table in tables.values()), 0)
    with _all_or_none([*tables, *([legend] if legend else [])]) as drafts:
        readings = [(table, table.reading(record)) for table in tables.values()]
        with ExitStack() as stack:
            sinks = [_opened(stack, form, drafts[path], table) for path, table in tables.items()]
            for entry in record.entries():
                for (table, take), sink in zip(readings, sinks, strict=True):
                    for row in take(entry):
                        sink.write(row)
                        written[table.name] += 1
        if legend is not None:
            _write_legend(drafts[legend], list(tables.values()))
    return written


def write_traces(record: Record, places: Mapping[str, Path]) -> Written:
    """Write reward traces as JSON lines in one pass.

    Args:
        record: The journal.
        places: For each of `TRACES` that is wanted its file.

    Raises:
        JournalError: If the journal cannot be read to its end; no file is written then.
        OSError: If a file cannot be written.
    """
    written = dict.fromkeys(places, 0)
    with _all_or_none(list(places.values())) as drafts, ExitStack() as stack:
        files = {
            name: stack.enter_context(
                drafts[path].open("w", encoding="utf-8", errors="replace", newline="")
            )
            for name, path in places.items()
        }
        for name, trace in traces(record.entries()):
            if name in files:
                files[name].write(json_line(trace))
                written[name] += 1
    return written


def _opened(stack: ExitStack, form: str, path: Path, table: Table) -> Sink:
    sink = SINKS[form](path, table.columns)
    stack.callback(sink.close)
    return sink


def _write_legend(path: Path, tables: Sequence[Table]) -> None:
    sink = CsvSink(path, CODEBOOK)
    for row in codebook(tables):
        sink.write(row)
    sink.close()


@contextmanager
def _all_or_none(places: Sequence[Path]) -> Generator[dict[Path, Path]]:
    """Give a draft for each file; they take its place together, and only if nothing goes wrong."""
    drafts = {place: place.with_name(f".{place.name}.part") for place in places}
    made: list[Path] = []
    for folder in dict.fromkeys(place.parent for place in places):
        made += [each for each in (folder, *folder.parents) if not each.exists()]
        folder.mkdir(parents=True, exist_ok=True)
    try:
        yield drafts
        for place, draft in drafts.items():
            draft.replace(place)
    finally:
        for draft in drafts.values():
            draft.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):  # it holds the files now
                folder.rmdir()
