"""Tests against servers that others have written; ``make test-peers`` installs and runs them.

Every server has an environment of its own, ``.venv-peers/<name>``, made from its requirements in
this folder. It listens on loopback alone, is started by the tests and killed by them. Where one is
not installed, its tests are skipped and say so.
"""
