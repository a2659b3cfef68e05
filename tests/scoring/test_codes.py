"""Names as numbers."""

from scoring.codes import codes_of


def test_codes_lead_back_to_the_names() -> None:
    """Each name has one number, given in the order in which names first come."""
    given = ["b", "a", "b", "c", "a"]
    names, codes = codes_of(given)
    assert names == ("b", "a", "c")
    assert [names[code] for code in codes] == given


def test_no_names() -> None:
    """Nothing gives nothing."""
    names, codes = codes_of(list[str]())
    assert (names, codes.tolist()) == ((), [])
