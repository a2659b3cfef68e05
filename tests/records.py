"""Where the tests find real records that are not part of this repository."""

import os
from pathlib import Path

import pytest

_ROOT = Path(
    os.environ.get("TRUTHBID_RECORDS", Path(__file__).resolve().parents[2] / "shared" / "data")
)


def records(*parts: str) -> Path:
    """Return the path of a file of real records, or skip the calling test with a clear message.

    The records are looked for in the folder that ``TRUTHBID_RECORDS`` names, else in
    ``../shared/data`` beside the repository.
    """
    path = _ROOT.joinpath(*parts)
    if not path.exists():
        pytest.skip(
            f"real records are not on this machine: {'/'.join(parts)} (set TRUTHBID_RECORDS)"
        )
    return path
