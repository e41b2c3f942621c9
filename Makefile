# The commands a person types. Everything else is `fangxian --help`.

PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
SHELL  := /bin/bash

.PHONY: setup run test bench web locks clean

run: setup web         ## the county, running on embedded defaults
	$(BIN)/fangxian run

setup: $(VENV)/.runtime      ## install into .venv; touches nothing else

$(VENV)/.runtime: requirements/runtime.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . 
	touch $@
