"""What the peer mechanisms ask of a log."""

import pytest

from orchestrator.errors import InputError
from orchestrator.logs.peer_mechanisms import CLOSED, DEMANDS, check
from scoring.catalog import PEER_MECHANISMS


def test_every_mechanism_is_offered_or_refused_with_a_reason() -> None:
    """The tables hold exactly the mechanisms of the catalog, each once."""
    assert sorted([*DEMANDS, *CLOSED]) == sorted(PEER_MECHANISMS)


@pytest.mark.parametrize("mechanism", CLOSED)
def test_what_no_column_holds_is_named(mechanism: str) -> None:
    """A mechanism that must know something beforehand is refused, and says what."""
    with pytest.raises(InputError, match=f"{mechanism} needs .* known beforehand"):
        check(mechanism, {"gold", "prediction", "confidence"}, assigned=False)


@pytest.mark.parametrize("mechanism", [name for name, each in DEMANDS.items() if each.column])
def test_a_missing_column_is_named(mechanism: str) -> None:
    """The refusal says which column is missing, and how to name it; with it there is none."""
    column = DEMANDS[mechanism].column
    with pytest.raises(InputError, match=f"needs a column '{column}'; name it by --columns"):
        check(mechanism, set(), assigned=False)
    check(mechanism, {column}, assigned=False)


def test_only_two_mechanisms_know_assigned_tasks() -> None:
    """Elsewhere the option would change nothing, so it is refused."""
    check("dasgupta-ghosh", set(), assigned=True)
    with pytest.raises(InputError, match="is for dasgupta-ghosh, correlated-agreement, not for"):
        check("determinant", set(), assigned=True)
