# The commands of the project. Each does its own set-up; a second start takes seconds.
#   make demo    the desktop application on real studies (no display: the same walk, with pictures)
#   make test    all tests
#   make check   what CI runs: format, lint, types, import contracts, tests
#   make bench NAME=loop    one benchmark of tests/benchmarks; without NAME all of them

SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PINS := packaging/constraints.txt
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint $(PINS)
TRANSLATIONS := $(wildcard ui/farlead_ui/i18n/*.ts)
DEMO_OUTPUT := demo-output
# One worker a core; the tests of a file share what is dear to make. `make test PYTEST=-x` goes without.
PYTEST ?= -n auto --dist loadfile --no-loadscope-reorder

export PYTHON
# Tests start many processes: each would compile the program anew where byte code is not kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check format types contracts bench translations clean

demo: $(VENV)/.run translations
	$(BIN)/python -m farlead_ui.demonstration --output $(DEMO_OUTPUT)

test: $(VENV)/.test translations
	$(BIN)/python -m pytest $(PYTEST)

check: $(VENV)/.test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(MAKE) test

format: $(VENV)/.test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.bench translations
	$(BIN)/python tests/benchmarks/run.py $(NAME)

translations: $(TRANSLATIONS:.ts=.qm)

# Qt's release tool reads each .ts once; the .qm are build outputs and ship with the wheel. A window
# that runs has the old one mapped, hence a new file and never a change of the old one.
%.qm: %.ts | $(VENV)/.run
	$(BIN)/pyside6-lrelease -silent $< -qm $@.part && mv $@.part $@

$(VENV)/bin/python:
	packaging/system-packages.sh run
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml $(PINS) packaging/system-packages.sh | $(VENV)/bin/python
	packaging/system-packages.sh run
	$(PIP) hatchling editables
	$(PIP) --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	packaging/system-packages.sh test
	$(PIP) --no-build-isolation --editable '.[test]'
	@touch $@

$(VENV)/.bench: $(VENV)/.test
	$(PIP) --no-build-isolation --editable '.[test,bench]'
	@touch $@

clean:
	rm -rf $(VENV) build dist $(DEMO_OUTPUT) ui/farlead_ui/i18n/*.qm
