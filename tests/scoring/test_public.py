"""The face of the package: its names, what loading them costs, and its examples."""

from __future__ import annotations

import doctest
import pkgutil
import subprocess
import sys
from importlib import import_module

import pytest

import scoring
from scoring import public

MODULES = sorted(module.name for module in pkgutil.iter_modules(scoring.__path__))


def loaded_by(statement: str) -> set[str]:
    """Return the modules that a fresh interpreter has loaded after a statement."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


@pytest.mark.parametrize("name", public.__all__)
def test_public_names_are_found_on_the_package(name: str) -> None:
    """Every public name is an attribute of the package."""
    assert getattr(scoring, name) is getattr(public, name)


def test_star_import_brings_the_public_names() -> None:
    """``from scoring import *`` brings exactly the public names."""
    names: dict[str, object] = {}
    exec("from scoring import *", names)

    assert names.keys() - {"__builtins__"} == set(public.__all__)


def test_no_name_is_also_a_module() -> None:
    """A public name never hides a module of the package, nor a module a name."""
    assert not set(public.__all__) & set(MODULES)


def test_unknown_names_are_missing() -> None:
    """Asking for something else is the usual AttributeError."""
    with pytest.raises(AttributeError, match="no attribute 'brier_gain'"):
        _ = scoring.brier_gain


def test_package_loads_nothing_until_asked() -> None:
    """Importing the package alone loads none of its modules."""
    assert not {name for name in loaded_by("import scoring") if name.startswith("scoring.")}


@pytest.mark.parametrize("module", ["scoring.public", "scoring.binary", "scoring.recalibration"])
def test_scoring_starts_without_numpy(module: str) -> None:
    """Scoring one report at a time never loads numpy, and nothing ever loads scipy or pydantic."""
    loaded = loaded_by(
        f"import {module}\nfrom scoring.binary import QUADRATIC\nQUADRATIC.score(0.7, 1.0)"
    )

    assert not loaded & {"numpy", "scipy", "pydantic"}


def test_each_module_can_be_imported_first() -> None:
    """There is no import cycle: every module loads on its own, before any other of the package."""
    code = (
        "import sys\n"
        f"for module in {MODULES}:\n"
        "    for name in [name for name in sys.modules if name.split('.')[0] == 'scoring']:\n"
        "        del sys.modules[name]\n"
        "    __import__(f'scoring.{module}')"
    )

    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )

    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("module", MODULES)
def test_examples_run(module: str) -> None:
    """The examples in the docstrings give what they say."""
    assert doctest.testmod(import_module(f"scoring.{module}")).failed == 0
