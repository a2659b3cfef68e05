"""What a run teaches, in sentences with numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.drawing.display import money_text, percent, places, plain, plural
from protocols.units import NANO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.evaluation.baselines import Baselines
    from orchestrator.evaluation.honesty import Honesty

_LONGEST_NAME = 60


def overconfidence(found: Sequence[Honesty], currency: str) -> str:
    """Say what the most overconfident worker lost by it.

    Args:
        found: The workers that something can be said about.
        currency: What the units are.

    Returns:
        Some sentences; also where nobody was overconfident, or nothing is known.
    """
    if not found:
        return "No worker has enough settled tasks to say whether its reports can be believed."
    boasters = [each for each in found if each.verdict == "overconfident"]
    if not boasters:
        return "No worker claimed more than chance explains."
    worst = max(boasters, key=_loss)
    name = plain(worst.worker, _LONGEST_NAME)
    said = (
        f"{name} claimed {percent(worst.stated)} and {percent(worst.realised)} came true, in"
        f" {plural(worst.settled, 'settled task')}."
    )
    return f"{said} {_consequence(worst, currency)}"


def highest_confidence(baselines: Baselines, currency: str) -> str:
    """Say what awarding every task to the highest stated confidence would have brought.

    Args:
        baselines: The comparison of the run with other rules.
        currency: What the units are.
    """
    if not baselines.rows:
        return (
            "Other rules cannot be compared: that takes workers that can be called again and tasks"
            " that a verifier has judged."
        )
    market, rival = baselines.rows[0], baselines.row("confidence")
    known = rival.error == rival.error  # a single task has no standard error
    mine, theirs, gap, error = (
        round(each * NANO) * baselines.tasks
        for each in (market.utility, rival.utility, rival.difference, rival.error if known else 0.0)
    )
    digits = min(places([mine or theirs]), places([error or mine or theirs]))
    if not gap and not error:
        same = f"{money_text(mine, digits)} {currency} on {plural(baselines.tasks, 'task')}"
        return (
            "Awarding each task to the highest stated confidence would have brought the same"
            f" utility at the first attempt: {same}."
        )
    sums = (
        f"a utility of {money_text(theirs, digits)} {currency} on {plural(baselines.tasks, 'task')}"
        f" instead of the market's {money_text(mine, digits)} at the first attempt"
    )
    if known and abs(gap) <= 2 * error:
        verdict = "no difference beyond chance"
    else:
        verdict = "less" if gap < 0 else "more"
        verdict = f"{money_text(abs(gap), digits)} {verdict}"
    spread = f"standard error {money_text(error, digits)}" if known else "from a single task"
    return (
        f"Awarding each task to the highest stated confidence would have brought {sums}: {verdict}"
        f" ({spread}), with {percent(rival.accuracy)} right"
        f" instead of {percent(market.accuracy)}."
    )


def _loss(worst: Honesty) -> int:
    return worst.stake_loss if worst.counterfactual is None else worst.counterfactual.loss


def _consequence(worst: Honesty, currency: str) -> str:
    again = worst.counterfactual
    if again is None:
        stake = money_text(worst.stake_loss)
        return f"The calibration stake alone took {stake} {currency} from it."
    digits = places([again.profit, again.loss])
    had, kept, lost = (
        f"{money_text(each, digits)} {currency}"
        for each in (again.profit, again.honest_profit + again.expected, abs(again.loss))
    )
    won = f"{again.lost or 'none'} of its {plural(again.awards, 'award')} would have gone elsewhere"
    verb = "cost" if again.loss >= 0 else "brought"
    lost = lost if again.loss else "nothing"
    return (
        f"Its profit was {had}. Had it stated the rate that came true, {won} and its profit would"
        f" have been {kept}: overstating {verb} it {lost}."
    )
