# The commands a person types. Everything else is `.venv/bin/fangxian --help`.

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= $(shell sh tools/find_python.sh)
PIP     = $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
SHELL  := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Some service accounts have a home that nobody can write to; pip says so at length, every time.
ifneq ($(shell test -w "$${HOME:-/nowhere}" && echo yes),yes)
export PIP_NO_CACHE_DIR := 1
endif
.PHONY: help run setup web fonts test bench bench-gate bench-exposure bench-import bench-lists bench-rescreen bench-compare bench-field bench-release bench-round docs locks clean

help:                        ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: setup web fonts         ## the county in a browser, on embedded defaults
	@$(BIN)/fangxian run

setup: $(VENV)/.runtime      ## install into .venv; touches nothing else

web: setup                   ## build the browser's files (skipped when current)
	@sh tools/web.sh

fonts: setup                 ## Chinese type for printed papers (skipped when present)
	@sh tools/fonts.sh

test: $(VENV)/.test          ## everything that can be checked here, and what could not
	@sh tools/system.sh chromium chromium-headless-shell fonts nginx & system=$$!; sh tools/web.sh; wait $$system
	@sh tools/fonts.sh
	@$(BIN)/python tools/run_checks.py

bench: $(VENV)/.bench web    ## measure, and print the measurements
	@sh tools/system.sh wrk redis
	@$(BIN)/python tools/run_benches.py

bench-gate: $(VENV)/.bench   ## measure the gate alone; WRITE=1 writes docs/reference/performance.md
	@sh tools/system.sh wrk redis
	@$(BIN)/python bench/bench_gate.py $(if $(WRITE),--write --province)

bench-exposure: $(VENV)/.bench ## measure the exposure search; WRITE=1 adds 10⁸ visits and writes its page
	@$(BIN)/python bench/bench_exposure.py $(if $(WRITE),--write --large)

bench-lists: $(VENV)/.bench    ## measure the pages of long lists, on both databases; WRITE=1 writes their page
	@$(BIN)/python bench/bench_lists.py $(if $(WRITE),--write)

bench-import: $(VENV)/.bench   ## measure lists coming in and going out; WRITE=1 writes its page
	@$(BIN)/python bench/bench_import.py $(if $(WRITE),--write)

bench-rescreen: $(VENV)/.bench  ## measure everybody judged anew by a new list; WRITE=1 writes its page
	@$(BIN)/python bench/bench_rescreen.py $(if $(WRITE),--write)

bench-compare: $(VENV)/.bench  ## measure how well and how quick lists are compared; WRITE=1 writes its page
	@$(BIN)/python bench/bench_compare.py $(if $(WRITE),--write)

bench-field: $(VENV)/.bench    ## measure what a shift of 3,000 records costs that comes up at once
	@$(BIN)/python bench/bench_field.py

bench-round: $(VENV)/.bench    ## measure a round of 100,000 people and a result up to the gate; WRITE=1 writes its page
	@$(BIN)/python bench/bench_round.py $(if $(WRITE),--write)

bench-release: $(VENV)/.bench  ## measure 1,500 tubes' results from the release to who is in them
	@$(BIN)/python bench/bench_release.py

docs: $(VENV)/.test          ## write docs/reference anew from the code
	@$(BIN)/python tools/generate_reference.py

locks: $(VENV)/.runtime      ## resolve requirements/*.in anew into hash-locked *.txt
	@sh tools/locks.sh

clean:                       ## remove what was installed, built and cached; never data/
	rm -rf $(VENV) web/node_modules web/dist test-results *.egg-info
	rm -rf .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@sh tools/make_venv.sh "$(PYTHON)" $(VENV)

$(VENV)/.runtime: requirements/build.txt requirements/runtime.txt pyproject.toml | $(BIN)/python
	@echo "Installing Fangxian into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/build.txt
	@$(PIP) install --require-hashes -r requirements/runtime.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.txt $(VENV)/.runtime
	@echo "Installing what the tests need into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/test.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.test
	@echo "Installing what the gate is measured against into $(VENV)"
	@$(PIP) install --require-hashes -r requirements/bench.txt
	@touch $@
