"""An audit as a page: each mechanism has its row, its bar, its column and its sentence."""

from pathlib import Path

from orchestrator.audit.verdict import Estimate, LieFound, RuleFound
from orchestrator.reports.audit_section import audit_section, write_audit
from tests.orchestrator.drawing.svg import parsed, titles

NOTHING = Estimate(0.0, 0.0)


def lie(name: str, gain: float, error: float) -> LieFound:
    """Return a lie that harms nobody."""
    return LieFound(name, Estimate(gain, error), NOTHING, NOTHING, 0.0)


def rule(name: str, *lies: LieFound, best: str | None = None, regret: float = 0.0) -> RuleFound:
    """Return a mechanism under which everything else is as it should be."""
    return RuleFound(
        rule=name,
        surplus=Estimate(0.04, 0.0),
        paid_per_cost=1.0,
        efficiency=1.0,
        worst=0.0,
        deficits=0.0,
        refused=0.0,
        regret=Estimate(regret, 0.0001),
        best_lie=best,
        liar="bold" if best else None,
        lies=lies,
    )


FOUND = [
    rule("vickrey", lie("cost-double", -0.002, 0.0001), lie("sybil", 0.0001, 0.001)),
    rule("first-price", lie("cost-double", 0.004, 0.0001), best="cost-double", regret=0.004),
]


def test_the_heat_map_colours_what_is_sure() -> None:
    """A gain is red, a loss blue, and what chance explains has no strength; what is missing is empty."""
    regrets, gains = audit_section(FOUND, "USD", "Played.")["figures"]
    cells = parsed(gains["svg"]).findall("rect")
    kinds = [(each.get("class"), float(str(each.get("fill-opacity"))) > 0) for each in cells]
    assert kinds == [("cell less", True), ("cell more", True), ("cell less", False)]
    assert "thousandths of a USD" in gains["note"]
    bars = parsed(regrets["svg"])
    assert [each.get("class") for each in bars.findall("rect")] == ["bar s1", "bar strong"]
    assert "first-price: 0.004 (standard error 0.0001)" in titles(bars)


def test_sentences_and_rows() -> None:
    """Each mechanism has a row and a sentence that says whether a lie pays."""
    section = audit_section(FOUND, "USD", "Played.")
    assert [row[0] for row in section["rows"]] == ["vickrey", "first-price"]
    assert "first-price: bold gains 0.004000 a task" in section["sentences"][1]
    assert [name for name, _ in section["lies"]] == ["cost-double", "sybil"]


def test_what_an_auction_is_under_joint_value_is_said() -> None:
    """Its lots are one task there; nothing is said where no such mechanism is audited."""
    joint = [rule("joint-value, combine: any", lie("cost-double", 0.0, 0.1))]
    said = audit_section(joint, "USD", "Played.")["sentences"]
    assert any(each.startswith("Under joint-value the lots of an auction") for each in said)
    assert not any("joint" in each for each in audit_section(FOUND, "USD", "x")["sentences"])


def test_the_page_is_written(tmp_path: Path) -> None:
    """Names of others stay text."""
    target = tmp_path / "audit.html"
    write_audit(target, audit_section(FOUND, "<b>", "Played."), "<i>.yaml")
    html = target.read_text(encoding="utf-8")
    assert "Who gains by lying in &lt;i&gt;.yaml" in html
    assert "<b>" not in html
    assert "<script" not in html


def test_what_is_not_audited_has_its_row_and_its_reason() -> None:
    """It is not left out in silence."""
    section = audit_section(FOUND, "USD", "Played.", {"escalation": "needs what nobody knows"})
    assert section["rows"][-1] == ["escalation", *["-"] * 6, "not audited"]
    assert section["sentences"][-1] == "escalation is not audited: it needs what nobody knows."
