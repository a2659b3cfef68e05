"""Callables by name: what is built in, offered, or allowed, and nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.workers.tiny_package import NAME, OFFERS, install, write_module
from workers.named_functions import (
    ALLOW_IMPORT,
    CHECKS,
    FUNCTIONS,
    NamedFunctionError,
    allow_imports,
    named,
    work_named,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ALLOW_IMPORT, "")


def test_an_installed_package_offers_functions_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work and checks have groups of their own."""
    install(tmp_path, monkeypatch)
    assert work_named("shout")("a") == "A"
    assert named("half", CHECKS)("x") == 0.5
    with pytest.raises(NamedFunctionError, match="no function 'half'"):
        work_named("half")


def test_an_unknown_name_is_told_what_there_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Skills and offers are listed, and how one's own are written."""
    install(tmp_path, monkeypatch)
    with pytest.raises(NamedFunctionError) as caught:
        work_named("magic")
    assert ", units, limit, lost, shout; one of your own is written module:function" in str(
        caught.value
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("limit", "'limit' is of type int, not a function"),
        ("lost", "'lost' cannot be imported: AttributeError: "),
    ],
)
def test_a_broken_offer_is_one_line(
    name: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the package does wrong."""
    install(tmp_path, monkeypatch)
    with pytest.raises(NamedFunctionError) as caught:
        work_named(name)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_name_that_two_packages_offer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chance does not decide which of them is meant, and no package replaces a built-in skill."""
    install(tmp_path, monkeypatch)
    info = tmp_path / "other-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: other\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[truthbid.functions]\nshout = other:shout\narithmetic = other:wrong\n"
    )
    with pytest.raises(NamedFunctionError, match=r"several packages offer 'shout': other:shout, "):
        work_named("shout")
    assert work_named("arithmetic")("What is 17 * 23?") == "391"
    assert "shout" in OFFERS


def test_a_module_is_imported_only_if_it_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before that nothing of it runs; then it is found in the folder where one types."""
    write_module(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NamedFunctionError, match=f"--allow-import {NAME}$"):
        work_named(f"{NAME}:shout")
    assert NAME not in sys.modules
    allow_imports([NAME])
    assert work_named(f"{NAME}:shout")("a") == "A"


@pytest.mark.parametrize("name", ["os:system", f"{NAME}_more:shout", "subprocess:run"])
def test_the_permission_is_for_one_module(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for others, nor for those whose names begin alike."""
    monkeypatch.setenv(ALLOW_IMPORT, NAME)
    with pytest.raises(NamedFunctionError, match="is not imported for a file"):
        named(name, FUNCTIONS)


def test_what_a_module_imports_is_not_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`from os import system` in an allowed module does not let a file call it."""
    write_module(tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    allow_imports([NAME])
    with pytest.raises(NamedFunctionError, match=r"is defined elsewhere, in (posix|nt)"):
        named(f"{NAME}:system", FUNCTIONS)
    with pytest.raises(NamedFunctionError, match=r"is defined elsewhere|not a function"):
        named(f"{NAME}:os", FUNCTIONS)


def test_a_module_that_fails_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error is quoted, without a traceback; so is a missing name."""
    write_module(tmp_path, monkeypatch, more="\nraise RuntimeError('two\\nlines')\n")
    monkeypatch.chdir(tmp_path)
    allow_imports([NAME, "not_there_at_all"])
    for name, reason in (
        (f"{NAME}:shout", "RuntimeError: two lines"),
        ("not_there_at_all:f", "ModuleNotFoundError: "),
    ):
        with pytest.raises(NamedFunctionError, match=f"cannot be imported: {reason}"):
            named(name, FUNCTIONS)


def test_permissions_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of the environment stay, and nothing is allowed twice."""
    monkeypatch.setenv(ALLOW_IMPORT, "a,b")
    allow_imports(["b", "c"])
    import os

    assert os.environ[ALLOW_IMPORT] == "a,b,c"
