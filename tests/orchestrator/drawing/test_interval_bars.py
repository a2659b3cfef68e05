"""Bars start at zero and show where the truth lies."""

from orchestrator.drawing.interval_bars import Ranged, interval_bars
from tests.orchestrator.drawing.svg import HOSTILE, parsed


def test_bars_have_intervals() -> None:
    """Each bar has its interval; what stands out has a class of its own."""
    root = parsed(
        interval_bars(
            [Ranged(HOSTILE, 2.0, 1.0, 3.0, "2", strong=True), Ranged("b", -1, -2, 0, "-1")], "USD"
        )
    )
    strong, plain = root.findall("rect")
    assert (strong.get("class"), plain.get("class")) == ("bar strong", "bar s1")
    assert float(str(plain.get("x"))) < float(str(strong.get("x")))
    assert len(root.findall("path")) == 2
