"""Pages are made from templates that escape and that know every name they show."""

import pytest
from jinja2 import UndefinedError

from orchestrator.reports.page import render_page


def test_what_is_missing_is_an_error() -> None:
    """A template is not filled with nothing."""
    with pytest.raises(UndefinedError):
        render_page("audit.html.j2", {"title": "x"})
