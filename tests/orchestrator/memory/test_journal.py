"""The chain of hashes, and the journal that keeps nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.memory.journal import GENESIS, Row, Unrecorded, checked_chain, link
from tests.orchestrator.journals import added

TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=8)
LINKS = st.tuples(
    st.binary(min_size=32, max_size=32),
    st.integers(1, 10**6),
    st.floats(0, 1e10),
    TEXTS,
    TEXTS,
)


def chain(length: int) -> list[Row]:
    """Return an honest chain."""
    rows: list[Row] = []
    previous = GENESIS
    for seq in range(1, length + 1):
        previous = link(previous, seq, 0.5, f"key {seq}", f"body {seq}")
        rows.append(Row(seq, 0.5, f"key {seq}", f"body {seq}", previous))
    return rows


def problems(rows: list[Row]) -> list[str]:
    """Return what is wrong with a chain."""
    return [problem for _, problem in checked_chain(rows) if problem]


@given(LINKS, LINKS)
def test_a_link_binds_everything_in_it(
    one: tuple[bytes, int, float, str, str], other: tuple[bytes, int, float, str, str]
) -> None:
    """Two links have the same hash only if predecessor, number, time, key and body are the same."""
    assert (link(*one) == link(*other)) == (one == other)


def test_a_link_is_sha256_over_the_bytes_as_written() -> None:
    """The hash can be computed with any tool from the row and the hash before it."""
    expected = "f1cf4b4559d3369ed020f3b25ed4d4f987fe57c0fa55e4e3cb1633ea735eec95"

    assert link(GENESIS, 1, 0.5, "key", "{}").hex() == expected


def test_an_honest_chain_has_no_problems() -> None:
    """Every row of a chain that nobody touched passes, and an empty chain too."""
    assert problems(chain(5)) == []
    assert len(list(checked_chain(chain(5)))) == 5
    assert problems([]) == []


@given(st.data())
def test_any_edit_is_named_at_its_row(data: st.DataObject) -> None:
    """Another time, key or body in any row is found there, once."""
    rows = chain(5)
    place = data.draw(st.integers(0, 4))
    row = rows[place]
    edits = [
        row._replace(at=0.75),
        row._replace(key="x"),
        row._replace(body="x"),
        row._replace(hash=b""),
    ]
    rows[place] = data.draw(st.sampled_from(edits))

    (problem,) = problems(rows)

    assert problem == f"entry {place + 1} does not continue the chain: it was changed"


@given(st.integers(0, 3))
def test_a_removed_row_is_named(place: int) -> None:
    """A row that is cut out before the end is missing."""
    rows = chain(5)
    del rows[place]

    assert problems(rows) == [f"entry {place + 1} is missing"]


def test_rows_in_another_order_break_the_chain() -> None:
    """Two rows that change places, and take each other's numbers, do not continue the chain."""
    rows = chain(5)
    rows[1], rows[2] = rows[2]._replace(seq=2), rows[1]._replace(seq=3)

    assert problems(rows) == ["entry 2 does not continue the chain: it was changed"]


def test_an_inserted_row_breaks_the_chain() -> None:
    """A row put in between, all later ones renumbered, does not continue the chain."""
    rows = chain(3)
    forged = Row(2, 0.5, "forged", "{}", link(rows[0].hash, 2, 0.5, "forged", "{}"))
    later = [row._replace(seq=row.seq + 1) for row in rows[1:]]

    assert problems([rows[0], forged, *later]) == [
        "entry 3 does not continue the chain: it was changed"
    ]


def test_cutting_off_the_end_does_not_show() -> None:
    """A chain says nothing of what once followed: keep the last hash elsewhere."""
    assert problems(chain(5)[:3]) == []


@pytest.mark.anyio
async def test_a_run_that_is_not_kept_still_counts() -> None:
    """Without a journal events are numbered and nothing is waited for."""
    journal = Unrecorded()

    assert [journal.append(added(number)) for number in (1, 2)] == [1, 2]

    await journal.durable(2)
    journal.close()
