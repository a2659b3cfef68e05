#!/bin/sh
# Regenerate the lock files: every package that the project, its checks and the tests of faults need, exact, with hashes, for Python 3.11-3.13.
set -eu
cd "$(dirname "$0")/.."
python3 -m venv .venv-lock
trap 'rm -rf .venv-lock' EXIT
.venv-lock/bin/pip install --quiet uv
.venv-lock/bin/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --output-file requirements.lock "$@"
.venv-lock/bin/uv pip compile tests/peers/requirements/llmock.in --universal --python-version 3.11 \
  --generate-hashes --no-header --no-annotate --no-emit-index-url --quiet --output-file tests/peers/requirements/llmock.txt "$@"
