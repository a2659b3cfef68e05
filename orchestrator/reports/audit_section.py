"""Who gains by lying, as a section of a page: a table, a heat map, bars with intervals, sentences."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from orchestrator.audit.misreports import MISREPORTS
from orchestrator.drawing.display import plain
from orchestrator.drawing.heat import Cell, heat
from orchestrator.drawing.interval_bars import Ranged, interval_bars
from orchestrator.errors import unwritable
from orchestrator.reports.audit_tables import NOBODY, not_audited, rule_rows, verdict, warnings
from orchestrator.reports.figures import figure
from orchestrator.reports.page import render_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from orchestrator.audit.verdict import Estimate, LieFound, RuleFound

_SURE: Final = 1.96
_DIGITS: Final = 3
_NOTHING: Final = 0.005
_UNITS: Final = (
    (0, ""),
    (3, "thousandths of a "),
    (6, "millionths of a "),
    (9, "billionths of a "),
)


def audit_section(
    found: Sequence[RuleFound],
    currency: str,
    played: str,
    left_out: Mapping[str, str] = NOBODY,
) -> dict[str, Any]:
    """Return what a page shows of an audit: text, and figures as markup that is safe.

    Args:
        found: What it says of each mechanism.
        currency: What the units are.
        played: How much was played, in words.
        left_out: The mechanisms that could not be audited, each with the reason.
    """
    currency = plain(currency, 20)
    return {
        "headers": [
            ("mechanism", ""),
            ("regret", "what the worker that can gain most gains by its best lie, per task"),
            ("std. error", "of the regret"),
            ("you keep", "value less pay, per task, everybody honest"),
            ("paid", "per true cost"),
            ("efficiency", "welfare in % of knowing everything"),
            ("anarchy", "best welfare over that where everybody has found the lie that pays"),
            ("by", "the best lie, where it surely pays"),
        ],
        "rows": rule_rows(found, left_out),
        "sentences": [*map(verdict, found), *warnings(found), *not_audited(left_out)],
        "figures": [
            each for each in (_regrets(found, currency), _gains(found, currency)) if each["svg"]
        ],
        "lies": [(plain(name, 60), MISREPORTS[name].label) for name in _lies(found)],
        "note": f"Money in {currency} per task put up. {plain(played, 400)}",
    }


def write_audit(target: Path, section: dict[str, Any], source: str) -> None:
    """Write the page of an audit.

    Raises:
        InputError: If the file cannot be written.
    """
    title = plain(f"Who gains by lying in {source}", 200)
    page = render_page("audit.html.j2", {"title": title, "audit": section})
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as error:
        raise unwritable(str(target), error) from error


def _regrets(found: Sequence[RuleFound], currency: str) -> dict[str, Any]:
    ranked = sorted(found, key=lambda each: each.regret.mean) if len(found) > 1 else []
    bars = [_bar(each) for each in ranked]
    note = "What the worker that can gain most gains by its best lie, with its 95 % interval."
    return figure("Regret by mechanism", interval_bars(bars, f"{currency} per task"), note)


def _bar(found: RuleFound) -> Ranged:
    regret = found.regret
    spread = _SURE * regret.error if isfinite(regret.error) else 0.0
    said = f"{regret.mean:.{_DIGITS}g} (standard error {regret.error:.{_DIGITS}g})"
    low, high = regret.mean - spread, regret.mean + spread
    name = plain(found.rule, 60)
    return Ranged(name, regret.mean, low, high, said, strong=found.best_lie is not None)


def _gains(found: Sequence[RuleFound], currency: str) -> dict[str, Any]:
    """Draw the gain of each liar by lie and mechanism; only what is surely not 0 has a colour."""
    lies = _lies(found)
    largest = max((abs(lie.gain.mean) for each in found for lie in each.lies), default=0.0)
    power, unit = _unit(largest)
    rules = [plain(each.rule, 60) for each in found]
    by_name = [{lie.name: lie for lie in each.lies} for each in found]
    cells = [
        [
            None if (lie := named.get(name)) is None else _cell(rule, lie, currency, power)
            for rule, named in zip(rules, by_name, strict=True)
        ]
        for name in lies
    ]
    svg = heat([plain(name, 60) for name in lies], rules, cells, "Gain by lie and mechanism")
    note = (
        f"What each liar gains more than by the truth, in {unit}{currency} per task. Red pays, blue"
        " costs the liar, each next to the largest of its colour; without colour it is within two"
        " standard errors of nothing."
    )
    return figure("Gain by lie and mechanism", svg, note)


def _unit(largest: float) -> tuple[int, str]:
    """Return the power of ten and the word in which the largest amount is at least 1."""
    return next(((power, word) for power, word in _UNITS if largest >= 10.0**-power), _UNITS[-1])


def _cell(rule: str, lie: LieFound, currency: str, power: int) -> Cell:
    gain = lie.gain
    shown = gain.mean if _clear(gain) else 0.0
    said = f"{rule}, {MISREPORTS[lie.name].label}: {gain.mean:.4g} {currency} a task"
    return Cell(shown, _short(gain.mean * 10**power), f"{said} (± {gain.error:.2g})")


def _short(amount: float) -> str:
    """Write an amount in five signs: two digits, and what is next to nothing as 0."""
    if abs(amount) < _NOTHING:
        return "0"
    return f"{amount:+.0f}" if abs(amount) >= 10 else f"{amount:+.2g}"


def _clear(gain: Estimate) -> bool:
    return gain.sure or -gain.mean > 2 * gain.error


def _lies(found: Sequence[RuleFound]) -> list[str]:
    present = {lie.name for each in found for lie in each.lies}
    return [name for name in MISREPORTS if name in present]
