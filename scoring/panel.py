"""The reports of one batch as arrays, and who is a stranger to whom.

Every mechanism asks that question here, so it has one answer: a peer is a worker of another owner
AND of another model family on the same task. All reports of the batch are fixed before anything is
scored, and every score is an average over all such peers, so nobody can choose a partner. An owner
counts as one voice per task, however many workers it sends.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from scoring.codes import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from scoring.peer import PeerReport

    Codes = NDArray[np.intp]
    Floats = NDArray[np.float64]

_ROUNDING = 1e-9
_DIGITS = 12


@dataclass(frozen=True, eq=False)
class Panel:
    """The reports of one batch as arrays; made by `panel_of`.

    Attributes:
        reports: The reports, in the given order; the arrays below have one entry for each.
        seed: Fixes the draws of mechanisms that need any.
        tasks: The names behind ``task``, in order of appearance.
        workers: The names behind ``worker``, in order of appearance.
        classes: The names behind ``label``, sorted.
        task: Codes of the tasks.
        worker: Codes of the workers.
        owner: Codes of the owners.
        family: Codes of the families.
        label: Codes of the reports.
    """

    reports: tuple[PeerReport, ...]
    seed: int
    tasks: tuple[str, ...]
    workers: tuple[str, ...]
    classes: tuple[str, ...]
    task: Codes
    worker: Codes
    owner: Codes
    family: Codes
    label: Codes

    @cached_property
    def unit(self) -> Floats:
        """The weight of each report: 1 divided by the reports of its owner on its task."""
        import numpy as np

        _, place = np.unique(self._key(self.task, self.owner), return_inverse=True)
        weights: Floats = 1.0 / np.bincount(place)[place]
        return weights

    @cached_property
    def votes(self) -> Floats:
        """For each report the weight of its peers' labels on the same task, one column a class."""
        return self.strangers(self.task, self.unit)

    @cached_property
    def peers(self) -> Codes:
        """For each report the number of peers on the same task."""
        import numpy as np

        ones = np.ones(len(self.reports))
        counts: Codes = np.rint(self.strangers(self.task, ones).sum(axis=1)).astype(np.intp)
        return counts

    @cached_property
    def shares(self) -> Floats:
        """For each report the shares of the classes among its peers; zeros where it has none."""
        import numpy as np

        total = self.votes.sum(axis=1, keepdims=True)
        nothing = np.zeros_like(self.votes)
        found: Floats = np.divide(self.votes, total, out=nothing, where=total > 0)
        return found

    @cached_property
    def predictions(self) -> Floats:
        """For each report its prediction, one column a class; NaN where there is none.

        Raises:
            ValueError: If a prediction is no probability distribution.
        """
        import numpy as np

        columns = {name: column for column, name in enumerate(self.classes)}
        table = np.full((len(self.reports), len(self.classes)), np.nan)
        for row, report in enumerate(self.reports):
            if report.prediction is not None:
                _check_prediction(report.prediction, report)
                table[row] = 0.0
                for name, share in report.prediction.items():
                    table[row, columns[name]] = share
        return table

    @cached_property
    def confidences(self) -> Floats:
        """For each report its confidence; NaN where there is none.

        Raises:
            ValueError: If a confidence is not in [0, 1].
        """
        import numpy as np

        for report in self.reports:
            if report.confidence is not None and not 0 <= report.confidence <= 1:
                raise ValueError(
                    f"the confidence of {report.worker!r} on task {report.task!r} must be in "
                    f"[0, 1], not {report.confidence}"
                )
        return np.array(
            [np.nan if r.confidence is None else r.confidence for r in self.reports], dtype=float
        )

    def where(self, mask: NDArray[np.bool_]) -> Panel:
        """Return the panel of some of the reports, with the same names and codes."""
        return replace(
            self,
            reports=tuple(one for one, kept in zip(self.reports, mask, strict=True) if kept),
            task=self.task[mask],
            worker=self.worker[mask],
            owner=self.owner[mask],
            family=self.family[mask],
            label=self.label[mask],
        )

    def strangers(self, key: Codes, weight: Floats) -> Floats:
        """Return for each report the labels of other owners and other families with equal key.

        Args:
            key: One code per report; reports with the same code are compared.
            weight: One weight per report.

        Returns:
            Sums of weights of shape (reports, classes).
        """
        import numpy as np

        by_owner, by_family = self._key(key, self.owner), self._key(key, self.family)
        both = self._key(by_owner, self.family)
        found = (
            self._tally(key, weight)
            - self._tally(by_owner, weight)
            - self._tally(by_family, weight)
            + self._tally(both, weight)
        )
        return np.maximum(np.round(found, _DIGITS), 0.0)

    def _tally(self, key: Codes, weight: Floats) -> Floats:
        import numpy as np

        found, place = np.unique(key, return_inverse=True)
        width = len(self.classes)
        cells = place * width + self.label
        return sums_by(cells, weight, len(found) * width).reshape(-1, width)[place]

    @staticmethod
    def _key(first: Codes, second: Codes) -> Codes:
        return first * (int(second.max(initial=0)) + 1) + second


def panel_of(reports: Iterable[PeerReport], *, seed: int = 0) -> Panel:
    """Turn reports into a `Panel`.

    Args:
        reports: At least one report; at most one for each task and worker.
        seed: Fixed before the reports were known.

    Returns:
        The panel, which every peer mechanism and every aggregator takes.

    Raises:
        ValueError: If there is no report, a worker reports twice on a task, or a worker has two
            owners or two families.

    >>> from scoring.peer import PeerReport
    >>> panel_of([PeerReport("t", "a", "ann", "x", "yes")]).classes
    ('yes',)
    """
    import numpy as np

    rows = tuple(reports)
    if not rows:
        raise ValueError("expected at least one report")
    tasks, task = codes_of(row.task for row in rows)
    workers, worker = codes_of(row.worker for row in rows)
    names = {row.report for row in rows}
    for row in rows:
        if row.prediction is not None:
            names.update(row.prediction)
    classes = tuple(sorted(names))
    column = {name: code for code, name in enumerate(classes)}
    label = np.array([column[row.report] for row in rows], dtype=np.intp)
    _, owner = codes_of(row.owner for row in rows)
    _, family = codes_of(row.family for row in rows)
    if len(np.unique(task * len(workers) + worker)) < len(rows):
        raise ValueError(f"a worker reports twice on a task: {_first_repeat(rows)}")
    for word, codes in (("owner", owner), ("family", family)):
        if len(np.unique(worker * len(rows) + codes)) > len(workers):
            raise ValueError(f"every worker must have one {word} throughout")
    return Panel(rows, seed, tasks, workers, classes, task, worker, owner, family, label)


def sums_by(codes: Codes, weight: Floats, length: int) -> Floats:
    """Return the sum of the weights for each code from 0 to ``length - 1``."""
    import numpy as np

    # The stubs of numpy say that counts are integers even when they are weighted.
    return np.bincount(codes, weight, minlength=length).astype(np.float64, copy=False)


def _first_repeat(rows: tuple[PeerReport, ...]) -> str:
    seen: set[tuple[str, str]] = set()
    for row in rows:
        if (row.task, row.worker) in seen:
            return f"{row.worker!r} on {row.task!r}"
        seen.add((row.task, row.worker))
    return ""


def _check_prediction(prediction: Mapping[str, float], report: PeerReport) -> None:
    shares = prediction.values()
    if all(0 <= share <= 1 for share in shares) and abs(sum(shares) - 1) <= _ROUNDING:
        return
    raise ValueError(
        f"the prediction of {report.worker!r} on task {report.task!r} must be shares in [0, 1] "
        f"with sum 1, not {dict(prediction)}"
    )
