# Emploi NEXUS. `make help` explains the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PROCESSES := content meetings search people notifications gateway operator embedded

.DEFAULT_GOAL := help
.PHONY: help run test fast check bench lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.embedded ## Run the whole platform here with sample content: http://127.0.0.1:8001, 8002, 8003
	NEXUS_LOG_LEVEL=$${NEXUS_LOG_LEVEL:-warning} $(BIN)/nexus run

test: $(VENV)/.dev ## Run every test that this machine can run; the last lines say what was skipped and why
	$(BIN)/python -m pytest

fast: $(VENV)/.dev ## Run the tests that need no engine and no browser
	$(BIN)/python -m pytest tests/unit

check: $(VENV)/.dev ## Lint, types, boundaries between rooms, dependencies, French catalogue
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry . --no-ansi

bench: $(VENV)/.dev ## Measure, beside a peer or the limit; writes bench/results/*.json
	$(BIN)/python -m bench

lock: $(VENV)/.dev ## Renew requirements/*.txt from pyproject.toml
	$(PIP) install uv
	echo 'setuptools>=80' | $(BIN)/uv pip compile - $(COMPILE) -o requirements/build.txt
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev $(COMPILE) -o requirements/dev.txt
	for process in $(PROCESSES); do \
		$(BIN)/uv pip compile pyproject.toml --extra $$process -c requirements/dev.txt $(COMPILE) \
			-o requirements/$$process.txt || exit 1; \
	done
COMPILE := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## Remove the environment and what tests left; keeps data/
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis test-results

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.%: requirements/%.txt pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r $< -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@
