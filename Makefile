# Everything works on a machine with Python 3.11 or newer and make. `make` alone says what there is.

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

BIN     := $(VENV)/bin
INSTALL := PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install -qq --constraint constraints.txt --editable
PACKAGE := pyproject.toml constraints.txt src/gradus/_version.py

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help demo test lint format bench docs clean

help: ## say what there is
	@echo "gradus: a deep-learning toolkit you can see through"
	@echo
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r c d; do printf '%-14s%s\n' "$$c" "$$d"; done
	@echo
	@echo "  make test ARGS='-k linear'      pass arguments on, to pytest here"
	@echo "  make PYTHON=python3.12 test     use another Python than python3"

demo: $(VENV)/.base ## train a network on handwritten digits and show what it learned (needs nothing but Python)
	@$(BIN)/gradus train digits $(ARGS)
	@echo "(gradus is in $(BIN); to have it at hand: source $(BIN)/activate)"

test: $(VENV)/.dev ## run every test, and every example in a docstring or a page of the documentation
	@$(BIN)/python -m pytest -q -n auto --maxprocesses 8 --dist worksteal $(ARGS)

lint: $(VENV)/.dev ## check style and types
	@failed=0; for check in "ruff check ." "ruff format --check ." "mypy"; do $(BIN)/$$check || failed=1; done; exit $$failed

format: $(VENV)/.dev ## mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: $(VENV)/.dev ## measure gradus beside what one would pick instead
	@$(BIN)/python benchmarks/run.py $(ARGS)

docs: $(VENV)/.docs ## build the documentation into site/
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "the documentation is in site/index.html"

clean: ## remove .venv and everything that was built
	rm -rf $(VENV) build dist site .pytest_cache .ruff_cache .mypy_cache .hypothesis

# ---------------------------------------------------------------------------------------------------------------------
# The environment. Each stamp is made once, and again when what it installs from has changed.

$(VENV)/.made:
	@command -v $(PYTHON) >/dev/null 2>&1 || { \
	  echo "gradus needs Python 3.11 or newer, and there is no '$(PYTHON)' here; name yours: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gradus needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	  echo "'$(PYTHON)' cannot make a virtual environment: it lacks venv or ensurepip (on Debian and Ubuntu: apt install python3-venv)" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) -V)" >&2
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.made $(PACKAGE)
	@echo "installing gradus into $(VENV) (once; less than a minute)" >&2
	@$(INSTALL) .
	@touch $@

$(VENV)/.dev: $(VENV)/.made $(PACKAGE)
	@echo "installing gradus and what its tests compare with, PyTorch among it, into $(VENV) (once; some minutes)" >&2
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.base

$(VENV)/.docs: $(VENV)/.made $(PACKAGE)
	@echo "installing what builds the documentation into $(VENV) (once)" >&2
	@$(INSTALL) '.[docs]'
	@touch $@ $(VENV)/.base
