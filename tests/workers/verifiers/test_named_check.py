"""A verifier that a configuration names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workers.calls import lot, result
from tests.workers.tiny_package import install
from workers.named_functions import NamedFunctionError
from workers.verifiers import NamedCheck, Surroundings

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.anyio


async def test_a_package_offers_a_verifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its number is the success; the journal knows it by its name."""
    install(tmp_path, monkeypatch)
    verifier = NamedCheck(function="half").place(Surroundings())
    assert verifier.described.model_dump() == {"type": "check", "function": "half"}
    verdict = await verifier.verify(lot(), result("x"))
    assert verdict.success == 0.5


def test_a_verifier_that_is_not_offered_is_refused() -> None:
    """With the place of its name."""
    with pytest.raises(NamedFunctionError, match="no function 'half'") as caught:
        NamedCheck(function="half").place(Surroundings())
    assert caught.value.loc == ("check", "function")
