"""Tests of the list of all tables."""

from orchestrator.exports.catalog import TABLES, codebook, codebook_text


def test_every_column_says_what_it_means() -> None:
    """Names are unique in a table, meanings are sentences, and money is an integer with a unit."""
    for table in TABLES.values():
        names = [column.name for column in table.columns]
        assert len(set(names)) == len(names)
        for column in table.columns:
            assert column.meaning.endswith(".")
            assert column.name.endswith("_nano") == ("currency" in column.unit)


def test_the_codebook_has_a_row_for_each_column() -> None:
    """It names the table, the column, the kind, the unit and the meaning."""
    rows = list(codebook(TABLES.values()))
    assert len(rows) == sum(len(table.columns) for table in TABLES.values())
    assert ("bids", "cost_nano", "integer", "10^-9 of the currency") in {row[:4] for row in rows}


def test_the_page_lists_every_table() -> None:
    """The documentation has a heading for each table."""
    text = codebook_text()
    assert all(f"\n## {name}\n" in text for name in TABLES)
