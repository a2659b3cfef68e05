"""Tests of the public names of the package."""

import subprocess
import sys

import pytest

import workers


def test_every_public_name_is_there() -> None:
    """Each name can be had from the package, and the list of names is complete."""
    assert sorted(workers.__all__) == sorted(vars(workers)["_HOMES"])
    for name in workers.__all__:
        assert getattr(workers, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As with any other module."""
    with pytest.raises(AttributeError, match="module 'workers' has no attribute 'Magic'"):
        getattr(workers, "Magic")  # noqa: B009 - the type checkers would stop at the attribute


@pytest.mark.parametrize("module", ["workers", "workers.catalog"])
def test_nothing_heavy_is_imported(module: str) -> None:
    """Neither the package nor its catalogs load what few runs need."""
    heavy = ("openai", "httpx", "numpy", "scipy", "jsonschema", "rich", "genai_prices")
    code = f"import sys, {module}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"
