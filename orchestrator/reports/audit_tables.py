"""Who gains by lying, as tables and sentences on a terminal."""

from __future__ import annotations

from math import floor, isfinite, log10
from typing import TYPE_CHECKING, Final

from orchestrator.audit.misreports import MISREPORTS
from orchestrator.drawing.display import ABSENT, percent, plain
from orchestrator.reports.tables import note, print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import Console

    from orchestrator.audit.verdict import LieFound, RuleFound

_LEAST_DECIMALS: Final = 2
_DIGITS: Final = 4
"""So many digits of the largest amount are shown."""

_NOTHING: Final = 1e-6
"""In units per task; a loss below it is rounding or chance."""

NOBODY: Final[Mapping[str, str]] = {}
_FEW: Final = 2
"""Up to so many mechanisms all lies are listed one by one."""


def print_audit(
    console: Console,
    found: Sequence[RuleFound],
    currency: str,
    left_out: Mapping[str, str] = NOBODY,
) -> None:
    """Print a row for each mechanism, the lies one by one if there are few, and what it means."""
    _print_rules(console, found, left_out)
    note(
        console,
        f"Money in {plain(currency, 20)} per task put up, everybody honest. Regret: what the worker"
        " that can gain most gains by its best lie, chosen and measured on different halves. Paid: per"
        " true cost. Efficiency: welfare in % of knowing everything. Anarchy: best welfare over that"
        " where everybody has found the lie that pays. By: the best lie, where it surely pays.",
    )
    if len(found) <= _FEW:
        for each in found:
            _print_lies(console, each)
    verdicts = map(verdict, found) if len(found) <= _FEW else ()
    for sentence in (*verdicts, *warnings(found), *not_audited(left_out)):
        console.print(sentence, highlight=False, markup=False)


def verdict(found: RuleFound) -> str:
    """Say in one sentence whether a lie pays under a mechanism."""
    name = plain(found.rule, 60)
    if found.best_lie is None or found.liar is None:
        tried = len([lie for lie in found.lies if MISREPORTS[lie.name].group == "one"])
        return f"{name}: none of {tried} ways to lie alone pays anybody more than chance explains."
    lie = MISREPORTS[found.best_lie].label
    (gain, error) = _amounts([found.regret.mean, found.regret.error])[0]
    who = plain(found.liar, 60)
    return f"{name}: {who} gains {gain} a task (standard error {error}) when it {lie}."


def warnings(found: Sequence[RuleFound]) -> Iterator[str]:
    """Say under which mechanisms somebody had better stay away, or something went wrong."""
    losing = [plain(each.rule, 60) for each in found if each.worst < -_NOTHING]
    if losing:
        yield f"Somebody honest loses, and had better stay away, under: {', '.join(losing)}."
    if any(each.rule.partition(",")[0] == "joint-value" for each in found):
        yield (
            "Under joint-value the lots of an auction are one task, its parts or attempts at it;"
            " its money is per lot."
        )
    refused = [plain(each.rule, 60) for each in found if each.refused]
    if refused:
        yield f"Some auctions could not be cleared under: {', '.join(refused)}."


def not_audited(left_out: Mapping[str, str]) -> list[str]:
    """Say which mechanisms could not be audited, and why."""
    return [f"{plain(name, 60)} is not audited: it {why}." for name, why in left_out.items()]


def rule_rows(found: Sequence[RuleFound], left_out: Mapping[str, str] = NOBODY) -> list[list[str]]:
    """Return a row of text for each mechanism, and for those that could not be audited."""
    regrets, errors = _amounts(
        [each.regret.mean for each in found], [each.regret.error for each in found]
    )
    (surplus,) = _amounts([each.surplus.mean for each in found])
    rows = [
        [
            plain(each.rule, 60),
            regret,
            f"± {error}",
            gained,
            ABSENT if each.paid_per_cost is None else f"{each.paid_per_cost:.2f}",
            percent(each.efficiency, 1),
            _anarchy(each.anarchy),
            each.best_lie or ABSENT,
        ]
        for each, regret, error, gained in zip(found, regrets, errors, surplus, strict=True)
    ]
    return rows + [[plain(name, 60), *[ABSENT] * 6, "not audited"] for name in left_out]


def _print_rules(console: Console, found: Sequence[RuleFound], left_out: Mapping[str, str]) -> None:
    headers = ["mechanism", "regret", "std. error", "you keep", "paid", "efficiency", "anarchy"]
    paying = {plain(each.rule, 60) for each in found if each.best_lie}
    rows = [
        [name, f"[red]{regret}[/]" if name in paying else regret, *rest]
        for name, regret, *rest in rule_rows(found, left_out)
    ]
    print_table(console, [*headers, "by"], rows)


def _print_lies(console: Console, found: RuleFound) -> None:
    gains, gain_errors, losses, loss_errors = _amounts(
        [lie.gain.mean for lie in found.lies],
        [lie.gain.error for lie in found.lies],
        [lie.loss.mean for lie in found.lies],
        [lie.loss.error for lie in found.lies],
    )
    rows = [
        (
            lie.name,
            f"[red]{gain}[/]" if lie.gain.sure else gain,
            f"± {gain_error}",
            loss,
            f"± {loss_error}",
            _recovery(lie),
        )
        for lie, gain, gain_error, loss, loss_error in zip(
            found.lies, gains, gain_errors, losses, loss_errors, strict=True
        )
    ]
    headers = [found.rule, "each liar gains", "std. error", "you lose", "std. error", "recovers"]
    print_table(console, headers, rows)
    note(console, "Per task put up, against the same tasks and draws with everybody honest.")


def _recovery(lie: LieFound) -> str:
    if lie.recovery is None:
        return "never"
    return f"after {percent(lie.recovery)}" if lie.recovery else ABSENT


def _anarchy(price: float | None) -> str:
    if price is None:
        return ABSENT
    return f"{price:.2f}" if isfinite(price) else "nothing left"


def _amounts(*columns: Sequence[float]) -> list[list[str]]:
    """Write columns of amounts with the decimals that the largest of all needs."""
    largest = max((abs(each) for column in columns for each in column if isfinite(each)), default=0)
    decimals = _LEAST_DECIMALS
    if largest:
        decimals = min(9, max(decimals, _DIGITS - 1 - floor(log10(largest))))
    return [
        [f"{each:.{decimals}f}" if isfinite(each) else ABSENT for each in column]
        for column in columns
    ]
