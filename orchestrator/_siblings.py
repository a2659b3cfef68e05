"""The guard against a foreign module that hides one of our packages."""

from importlib.util import find_spec
from pathlib import Path


def check_siblings() -> None:
    """Raise ImportError unless protocols, workers and scoring lie beside this package.

    The names are plain words, so a module of a user's project may hide ours; this says so in one
    sentence instead of failing somewhere inside.
    """
    home = Path(__file__).resolve().parent.parent
    for name in ("protocols", "scoring", "workers"):
        spec = find_spec(name)
        found = Path(spec.origin).resolve() if spec and spec.origin else None
        if found != home / name / "__init__.py":
            raise ImportError(
                f"{name!r} resolves to {found}, not to the {name} package installed with this"
                " orchestrator; rename that module, or run with PYTHONSAFEPATH=1"
            )
