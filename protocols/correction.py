"""How a reported probability is corrected: a line on the log-odds."""

from math import exp, log

_CERTAIN = 1e-6
"""A report is read as no nearer than this to 0 or 1, where its log-odds are finite."""


def corrected(report: float, slope: float, intercept: float) -> float:
    """Return the probability whose log-odds are ``slope * logit(report) + intercept`` (Platt 1999).

    The identity, slope 1 and intercept 0, returns the report itself, exactly.

    >>> corrected(0.9, 0.5, 0.0)
    0.75
    """
    if slope == 1.0 and intercept == 0.0:
        return report
    certain = min(max(report, _CERTAIN), 1.0 - _CERTAIN)
    odds = slope * log(certain / (1.0 - certain)) + intercept
    return 1.0 / (1.0 + exp(-odds)) if odds >= 0.0 else exp(odds) / (1.0 + exp(odds))
