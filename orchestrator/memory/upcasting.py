"""Reads events of any version; what lies in the file is never written again.

The version of an event stands in its tag: ``settled`` is the first, ``settled.2`` the second. The tag
is in the bytes that the chain covers, and a journal may hold several versions of one event, if a
later truthbid has gone on with the run.

A field that is added with a default by which everything is as it was before makes no new version.
Any other change does. The class then takes the new tag, and its old form gets an upcaster here: a
function from the fields of one version to those of the next. It may not touch the money moved nor
the key, which stand in tables of their own.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from pydantic import TypeAdapter, ValidationError

E = TypeVar("E")
Upcaster = Callable[[dict[str, Any]], dict[str, Any]]
"""Turns the fields of an event into those of its next version; the tag is changed for it."""

UPCASTERS: Final[Mapping[str, Upcaster]] = {}
"""By the tag of the version that is left behind. No event has been changed since its first version."""


class UnknownEventError(Exception):
    """Raised for an event that only a later version can have written; says so in one line."""


def decoded(body: str, events: TypeAdapter[E], upcasters: Mapping[str, Upcaster] = UPCASTERS) -> E:
    """Return the event that canonical JSON of any version says.

    Args:
        body: The JSON.
        events: The events of this version.
        upcasters: What brings up earlier versions.

    Raises:
        UnknownEventError: If this version does not know the event.
        ValidationError: If it is no event at all.

    >>> from protocols.events import EVENT
    >>> decoded('{"event":"run-closed","reason":"done","transfers":[]}', EVENT).key
    'run-closed'
    """
    try:
        return events.validate_json(body)
    except ValidationError as error:
        fields: dict[str, Any] = json.loads(body) if _is_unknown(error) else {}
        if not isinstance(tag := fields.get("event"), str):
            raise
    while (upcaster := upcasters.get(tag)) is not None:
        tag = following(tag)
        fields = {**upcaster(fields), "event": tag}
    try:
        return events.validate_json(json.dumps(fields))
    except ValidationError as error:
        if not _is_unknown(error):
            raise
        wrote = f"a later version of truthbid wrote this {tag[:80]!r}"
        raise UnknownEventError(wrote) from error


def _is_unknown(error: ValidationError) -> bool:
    return error.errors(include_url=False)[0]["type"] == "union_tag_invalid"


def following(tag: str) -> str:
    """Return the tag of the next version of an event.

    >>> following("settled"), following("settled.9")
    ('settled.2', 'settled.10')
    """
    name, _, version = tag.partition(".")
    return f"{name}.{int(version or 1) + 1}"
