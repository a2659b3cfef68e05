"""A module of the user's that hides one of our packages is named, and PYTHONSAFEPATH cures it."""

import subprocess
import sys
from pathlib import Path

import pytest

import orchestrator
import scoring
from orchestrator._siblings import check_siblings

HOME = Path(__file__).parents[2]
IMPORT = "import orchestrator; print('loaded')"


def python(folder: Path, *, safe: bool = False) -> subprocess.CompletedProcess[str]:
    """Import the package in a process whose working directory is the folder."""
    environment = {"PYTHONPATH": str(HOME), **({"PYTHONSAFEPATH": "1"} if safe else {})}
    return subprocess.run(
        [sys.executable, "-c", IMPORT],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "package"), [("protocols", False), ("scoring", False), ("workers", True)]
)
def test_a_shadowing_module_is_named_in_one_sentence(
    tmp_path: Path, name: str, *, package: bool
) -> None:
    """A module or package of the same name is found out before it fails somewhere inside."""
    foreign = tmp_path / name / "__init__.py" if package else tmp_path / f"{name}.py"
    foreign.parent.mkdir(exist_ok=True)
    foreign.write_text("VALUE = 1\n")

    refused, cured = python(tmp_path), python(tmp_path, safe=True)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == (
        f"ImportError: {name!r} resolves to {foreign.resolve()}, not to the {name} package"
        " installed with this orchestrator; rename that module, or run with PYTHONSAFEPATH=1"
    )
    assert (cured.returncode, cured.stdout) == (0, "loaded\n")


def test_a_folder_that_is_no_package_hides_nothing(tmp_path: Path) -> None:
    """A folder of data named like a package, such as `workers`, does no harm."""
    (tmp_path / "workers").mkdir()

    assert python(tmp_path).stdout == "loaded\n"


def test_our_own_packages_pass() -> None:
    """Where nothing is hidden the guard says nothing: each of our names leads to our package."""
    check_siblings()

    home = Path(orchestrator.__file__).parents[1]
    assert Path(scoring.__file__).parents[1] == home
