# What a new machine needs: Python 3.11 and make.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: demo test lint bench docs clean

demo: $(VENV)/.core
	$(BIN)/iatros demo

test: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile

lint: $(READY)
	$(BIN)/ruff check src tests benchmarks docs
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports

docs: $(VENV)/.docs
	$(BIN)/python -m sphinx -E -a -W --keep-going -q -b html docs site
	@echo "the documentation: site/index.html"

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/$(NAME).py --json benchmarks/results/$(NAME).json

clean:
	rm -rf $(VENV) site

$(BIN)/python:
	@command -v $(PYTHON) >/dev/null && $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)

# Without --no-compile, pip compiles every module of every package before the first is used; Python compiles those it imports.
$(VENV)/.core: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install --no-compile -c constraints.txt -e .
	@touch $@

$(READY): $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e ".[dev]"
	@touch $(VENV)/.core $@

$(VENV)/.docs: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e ".[docs]"
	@touch $(VENV)/.core $@

$(VENV)/.bench: $(READY) benchmarks/requirements.txt
	$(PIP) install -c constraints.txt -r benchmarks/requirements.txt
	@mkdir -p benchmarks/results
	@touch $@
