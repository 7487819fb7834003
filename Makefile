# What can be run here? `make` lists it. Needs Python 3.11 or newer with pip, and make; nothing else.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?=
OUT ?=
export PYTHON

# Tests of one file share what they prepare, so a file stays in one process.
PYTEST := $(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# Each stamp is made when its installation is whole, and is older than what calls for another one.
RUN_STAMP := $(VENV)/stamp-run
DEV_STAMP := $(VENV)/stamp-dev
INSTALL_FILES := pyproject.toml constraints.txt tools/venv.sh

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check lock schemas docs benchmarks clean

help:
	@echo 'make demo      the main job on three real movies; make demo OUT=FOLDER writes elsewhere'
	@echo 'make test      the tests'
	@echo 'make check     everything that CI runs: format, lint, types, layers, schemas, tests'
	@echo 'make schemas   write schemas/ and the tables in docs/format.md anew from distnet_store/spec'
	@echo 'make docs      the documentation site, in build/site/html; every warning is an error'
	@echo 'make benchmarks  run benchmarks/ and write docs/benchmarks.md, which takes an hour; TRACCURACY=python compares with it'
	@echo 'make lock      write constraints.txt anew; make lock LOCK_PYTHONS="python3.11 python3.12"'
	@echo 'make clean     remove .venv and everything else that was made here, but no dataset'
	@echo
	@echo 'The first call makes $(VENV); PYTHON=python3.12 chooses the Python for it.'

demo: $(RUN_STAMP)
	@$(BIN)/distnet-store demo $(if $(OUT),--out '$(OUT)')

test: $(DEV_STAMP)
	@$(PYTEST)

# mypy and import-linter look at files, so they are given the tree as it is installed.
check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python tools/as_installed.py mypy --cache-dir '$(CURDIR)/.mypy_cache'
	$(BIN)/python tools/as_installed.py lint-imports --no-logo --no-cache
	$(PYTEST)

schemas: $(DEV_STAMP)
	@$(BIN)/python -m distnet_store.spec.publish --document docs/format.md

docs: $(DEV_STAMP)
	@$(BIN)/python tools/site/build.py build/site

# TRACCURACY: an interpreter with traccuracy, whose requirements do not go together with ours.
TRACCURACY ?=
benchmarks: $(DEV_STAMP)
	@$(BIN)/python benchmarks/page.py $(if $(TRACCURACY),--traccuracy '$(TRACCURACY)')

LOCK_PYTHONS ?= python3.11 python3.12
lock:
	@$(firstword $(LOCK_PYTHONS)) tools/lock.py $(LOCK_PYTHONS)

$(RUN_STAMP): $(INSTALL_FILES)
	@tools/venv.sh $(VENV) tensorflow
	@touch $@

# The development environment holds the other one.
$(DEV_STAMP): $(INSTALL_FILES)
	@tools/venv.sh $(VENV) tensorflow,dev
	@touch $(RUN_STAMP) $@

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
