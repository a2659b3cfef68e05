"""What planning may end in, other than a plan.

PlanningError             there is no plan; what asking has cost is booked and in the journal
├── UnfundedPlanError     the budget has no room for asking
└── PlanRefusedError      whoever was to approve the plan did not
"""


class PlanningError(Exception):
    """Raised when there is no plan; the message ends with what is wrong with the last draft."""


class UnfundedPlanError(PlanningError):
    """Raised when the budget has no room for what asking a planner may cost."""


class PlanRefusedError(PlanningError):
    """Raised by whoever is shown a plan and does not want it carried out, at least not now."""
