"""Makes HTML pages from templates: one file, no network, nothing that runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def render_page(template: str, shown: Mapping[str, Any]) -> str:
    """Return a page; every text is escaped, and a name that is not given is an error.

    Args:
        template: The name of a file in ``orchestrator/templates``.
        shown: What it shows.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("orchestrator", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(template).render(shown)
