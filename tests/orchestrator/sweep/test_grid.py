"""Tests of the grid of a sweep."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.strict_yaml.interpolation import Environment, plain
from orchestrator.strict_yaml.overrides import override
from orchestrator.strict_yaml.yaml_parser import parse
from orchestrator.sweep.grid import MOST, grid, value_text


def test_every_combination_is_a_cell() -> None:
    """The last path changes fastest, and cells are numbered from 1."""
    cells = grid({"mechanism": ["vcg", "vickrey"], "seed": [1, 2]})
    assert [tuple(cell.settings.values()) for cell in cells] == [
        ("vcg", 1),
        ("vcg", 2),
        ("vickrey", 1),
        ("vickrey", 2),
    ]
    assert [cell.file for cell in cells][:2] == ["cell-0001.db", "cell-0002.db"]


def test_an_arm_is_called_by_what_differs() -> None:
    """The seed is left out, a single path is not repeated, and a section goes by its name."""
    assert grid({"mechanism": ["vcg"], "seed": [1]})[0].arm == "vcg"
    assert grid({"seed": [1]})[0].arm == "as written"
    assert grid({"a.b": [1], "mechanism": [{"name": "vcg"}]})[0].arm == "a.b=1, mechanism=vcg"


def test_a_grid_has_a_limit() -> None:
    """A mistake does not start a million runs."""
    with pytest.raises(ValueError, match=f"at most {MOST:,} cells, not 10,201"):
        grid({"a": list(range(101)), "b": list(range(101))})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6)
    | st.text(st.characters(codec="ascii", categories=["L", "N", "P", "Zs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=6,
)  # fmt: skip


@given(_JSON)
def test_a_value_is_set_as_it_is(value: object) -> None:
    """What --set makes of a swept value is the value itself, of whatever kind it is."""
    if "${" in repr(value):
        return
    tree = override(parse("{x: 1}", "w.yaml"), [f"x={value_text(value)}"])  # type: ignore[arg-type]
    assert plain(tree.root, Environment({}), []) == {"x": value}
