# truthbid. `make demo` and `make test` are all a new machine needs; both make .venv and install from the lock.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
FAULTS := .venv-peers/llmock/.installed
PEERS := $(patsubst tests/peers/requirements/%.txt,.venv-peers/%/.installed,$(wildcard tests/peers/requirements/*.txt))

.DEFAULT_GOAL := help
.PHONY: help demo test test-all soak fuzz test-peers check format bench docs lock clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 12

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 11) else "truthbid needs Python 3.11 or newer, but \x27$(PYTHON)\x27 is %d.%d. Name a newer one: make PYTHON=python3.12 ..." % v[:2])'
	@echo "Creating .venv and installing from requirements.lock (about a minute, once)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(STAMP)

demo: $(STAMP)  ## run the quickstart market: no key, no network, no server
	@$(BIN)/truthbid run configs/quickstart.yaml

test: $(STAMP)  ## the test suite, on all cores
	-@$(MAKE) --no-print-directory $(FAULTS)
	$(BIN)/python -m pytest -n auto

test-all: $(STAMP)  ## the test suite with the proofs that take minutes
	-@$(MAKE) --no-print-directory $(FAULTS)
	$(BIN)/python -m pytest -n auto -m "long or not long" --hypothesis-profile=thorough

soak: $(STAMP)  ## runs under random faults: N seeds (2000) from FIRST (0), for SECONDS (900) at most
	N=$(or $(N),2000) FIRST=$(or $(FIRST),0) SECONDS=$(or $(SECONDS),900) $(BIN)/python -m tests.soak

fuzz: $(STAMP) $(if $(filter atheris,$(ENGINE)),.venv-fuzz/.installed)  ## bad input for SECONDS (60) to all TARGETS by ENGINE: hypothesis, or atheris, which it installs
	SECONDS=$(or $(SECONDS),60) TARGETS="$(TARGETS)" ENGINE=$(or $(ENGINE),hypothesis) PYTHONPATH=.venv-fuzz $(BIN)/python -m tests.fuzz

.venv-fuzz/.installed:
	@echo "Installing Atheris into .venv-fuzz"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target .venv-fuzz atheris==3.0.0
	@touch $@

test-peers: $(STAMP)  ## tests against servers of others, which it installs: needs a C++ compiler and some minutes
	-@$(MAKE) --no-print-directory --keep-going $(PEERS)
	$(BIN)/python -m pytest -m "long or not long" tests/peers tests/workers/test_endpoint_faults.py

.venv-peers/%/.installed: tests/peers/requirements/%.txt
	@echo "Installing the test peer $* into .venv-peers/$*"
	@$(PYTHON) -m venv .venv-peers/$*
	@CMAKE_ARGS="-DGGML_NATIVE=OFF -DLLAMA_CURL=OFF" .venv-peers/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

check: $(STAMP)  ## lint, format, types, import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright

format: $(STAMP)  ## format and fix what can be fixed
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: $(STAMP)  ## measure speed as ratios against floors in the same run; writes docs/benchmarks.md
	$(BIN)/python -m benchmarks

docs: $(STAMP)  ## regenerate what the documents quote from the code, and build the site
	$(BIN)/python -m scripts.documents
	$(BIN)/mkdocs build --quiet

lock:  ## regenerate requirements.lock
	./scripts/lock.sh

clean:  ## remove what the other targets made
	rm -rf .venv .venv-peers .venv-fuzz .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache runs site
