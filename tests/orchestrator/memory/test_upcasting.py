"""Events of other versions: earlier ones are brought up when they are read, later ones are named."""

import json
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from orchestrator.memory.journal import JournalError, encoded
from orchestrator.memory.record import Record
from orchestrator.memory.upcasting import UPCASTERS, UnknownEventError, decoded, following
from protocols.events import EVENT, Event, RunClosed, RunOpened
from protocols.frozen import Frozen
from tests.orchestrator.journals import by_hand, run, write


class Ended(Frozen):
    """The third version of an event that says why a run ended."""

    event: Literal["ended.3"] = "ended.3"
    reason: Literal["done", "budget"]
    by: str


PRESENT: TypeAdapter[Ended | RunOpened] = TypeAdapter(
    Annotated[Ended | RunOpened, Field(discriminator="event")]
)


def renamed(fields: dict[str, Any]) -> dict[str, Any]:
    """Bring up the first version, which called the reason a cause."""
    return {"reason": fields.pop("cause"), **fields}


def told_by(fields: dict[str, Any]) -> dict[str, Any]:
    """Bring up the second version, which did not say by whom, and had another word."""
    reason = {"finished": "done"}.get(fields["reason"], fields["reason"])
    return {**fields, "reason": reason, "by": "nobody"}


BOTH = {"ended": renamed, "ended.2": told_by}


def test_events_of_this_version_are_read_as_they_were_written() -> None:
    """Nothing is brought up, and nothing is lost."""
    assert [decoded(encoded(event), EVENT) for event in run()] == run()


@pytest.mark.parametrize(
    ("body", "by"),
    [
        ('{"event":"ended","cause":"finished"}', "nobody"),
        ('{"event":"ended.2","reason":"finished"}', "nobody"),
        ('{"event":"ended.3","reason":"done","by":"ann"}', "ann"),
    ],
)
def test_every_version_of_an_event_is_read_as_the_present_one(body: str, by: str) -> None:
    """The first form becomes the second, and the second the third; the third is read as it is."""
    assert decoded(body, PRESENT, BOTH) == Ended(reason="done", by=by)


def test_a_version_without_an_upcaster_and_one_to_come_are_unknown() -> None:
    """Both are named by their tags."""
    for tag in ("ended", "ended.4"):
        with pytest.raises(UnknownEventError, match=f"a later version .* wrote this '{tag}'"):
            decoded(f'{{"event":"{tag}"}}', PRESENT, {})


def test_an_upcaster_that_does_not_do_its_work_is_an_error_with_a_place() -> None:
    """What it leaves behind is checked like any event."""
    with pytest.raises(ValidationError, match="Field required"):
        decoded('{"event":"ended.2","reason":"done"}', PRESENT, {"ended.2": dict})


def test_upcasters_lead_to_an_event_of_this_version() -> None:
    """Each leaves a version behind that this one no longer writes, and ends at one that it does."""
    known = {kind.model_fields["event"].default for kind in get_args(Event)}
    for tag in UPCASTERS:
        assert tag not in known
        last = tag
        while last in UPCASTERS:
            last = following(last)
        assert last in known


def test_a_body_that_is_no_event_is_an_error_of_its_own() -> None:
    """It is not taken for the event of a later version."""
    for body in ("{", "[]", "{}", '{"event":3}', '{"event":"run-closed","reason":"why"}'):
        with pytest.raises(ValidationError):
            decoded(body, EVENT)


def test_the_event_of_a_later_version_is_named_with_its_place(tmp_path: Path) -> None:
    """A journal that a later truthbid has gone on with is readable up to there."""
    path = write(tmp_path / "run.db", run())
    by_hand(path, "UPDATE events SET body = replace(body, 'run-closed', 'run-closed.2')")

    with Record(path) as record, pytest.raises(JournalError) as caught:
        list(record.entries())
    said = "entry 12 cannot be read: a later version of truthbid wrote this 'run-closed.2'"
    assert str(caught.value) == f"{path}: {said}"


def test_the_tag_of_a_version_is_its_name_and_number() -> None:
    """The first version has no number."""
    assert [following(tag) for tag in ("settled", "settled.2", "settled.9")] == [
        "settled.2",
        "settled.3",
        "settled.10",
    ]
    assert json.loads(encoded(RunClosed(reason="done")))["event"] == "run-closed"
