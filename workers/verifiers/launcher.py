"""Sets limits on its own process, then becomes the program that it was asked to start.

Run as a file by a bare interpreter, so that nothing of this project is loaded and nothing is done
between fork and exec in a process with threads:
``launcher.py CPU_SECONDS MEMORY_BYTES FILE_BYTES PROGRAM ARGUMENTS...``
"""

import os
import resource
import sys

_OPEN_FILES = 256


def _limit(kind: int, amount: int) -> None:
    """Lower both limits; one that is lower already stays."""
    _, hard = resource.getrlimit(kind)
    most = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
    resource.setrlimit(kind, (most, most))


def main(arguments: list[str]) -> None:
    """Limit and become the program; returns only by an exception."""
    seconds, memory, size = map(int, arguments[:3])
    _limit(resource.RLIMIT_CPU, seconds)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_FSIZE, size)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    os.execve(arguments[3], arguments[3:], os.environ)


if __name__ == "__main__":
    main(sys.argv[1:])
