"""What `import protocols` gives, and what it costs."""

import subprocess
import sys

import protocols


def test_every_public_name_is_there_and_listed_once() -> None:
    """The list of public names is sorted, complete and true."""
    assert len(set(protocols.__all__)) == len(protocols.__all__)
    for name in protocols.__all__:
        assert hasattr(protocols, name)


def test_importing_the_protocols_loads_no_solver() -> None:
    """`import protocols` stays light: no numpy, no scipy, nothing that talks to a network."""
    heavy = ("numpy", "scipy", "openai", "httpx", "anyio", "rich")
    program = f"import sys, protocols; print([name for name in {heavy} if name in sys.modules])"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert loaded.stdout == "[]\n"
