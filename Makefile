# The two commands of a newcomer are `make run` and `make test`; each does all its own set-up.
.DEFAULT_GOAL := help
.PHONY: help install run test lint lint-pages format format-pages bench soak eval fuzz types messages screenshots clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTEST = PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m pytest -n 3 --dist loadfile
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix tests/frontend
# Whoever has no Node.js can still lint what is in Python.
PAGES = @if PATH="$(CURDIR)/$(BIN):$$PATH" command -v npm >/dev/null; then $(MAKE) --no-print-directory $(1); else echo "No npm, so the pages' scripts are left out"; fi

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(VENV)/.installed $(VENV)/.llama ## Make .venv with the server and its language model in it

run: install ## Start the server on http://localhost:4000 (flags: make run ARGS="--port 8080")
	@exec $(BIN)/monitor serve $(ARGS)

# First what counts on its own clocks, then what takes the whole machine: servers, browsers, models.
test: $(VENV)/.tools $(VENV)/.llama lint ## Check everything: format, lint, types, unit and end-to-end tests (ARGS: for pytest)
ifeq ($(ARGS),)
	$(PYTEST) --ignore=tests/e2e --cov --cov-report= --cov-fail-under=0
	$(PYTEST) tests/e2e --cov --cov-append --cov-report=term
else
	$(PYTEST) --cov --cov-report=term $(ARGS)
endif

lint: $(VENV)/.installed-dev ## Check format, lint and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(call PAGES,lint-pages)

lint-pages: tests/frontend/node_modules/.package-lock.json
	@$(NPM) run --silent lint
	@$(NPM) run --silent types

format: $(VENV)/.installed-dev ## Bring the code into the one format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(call PAGES,format-pages)

format-pages: tests/frontend/node_modules/.package-lock.json
	@$(NPM) run --silent format

bench: $(VENV)/.installed-dev ## Measure, print the table, write docs/performance.md (ARGS="--help" for more)
	$(BIN)/python -m tests.bench $(ARGS)

soak: $(VENV)/.installed-dev ## Hold 1,000 clients that come and go for 45 minutes, print what grew (ARGS="--help" for more)
	$(BIN)/python -m tests.soak $(ARGS)

eval: $(VENV)/.installed-dev ## Ask the evaluation's questions, print how right the answers are and what they cost (ARGS="--help" for more)
	$(BIN)/python -m tests.ask $(ARGS)

fuzz: $(VENV)/.installed-dev ## Hold a server to its OpenAPI document (ARGS="--max-examples 1000", and all that schemathesis takes)
	$(BIN)/python -m tests.fuzz $(ARGS)

types: $(VENV)/.installed ## Make the TypeScript types anew from the declarations of the API
	$(BIN)/python -m monitor.web.contract.typescript > monitor/web/static/monitor.d.ts

messages: $(VENV)/.installed-dev ## Find the texts of the pages, tell what is not translated yet, compile what is
	$(BIN)/python -m tests.messages

screenshots: $(VENV)/.tools ## Make the pictures in docs/images anew
	$(BIN)/python -m tests.e2e.screenshots

clean: ## Remove everything that was made here
	rm -rf $(VENV) build dist *.egg-info tests/frontend/node_modules monitor/web/static/vendor examples/*/node_modules examples/*/dist .mypy_cache .pytest_cache .ruff_cache .coverage
	find . -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "monitor needs Python 3.11 or newer, and $(PYTHON) is " + sys.version.split()[0] + "; name another with: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml package-lock.json packaging/backend.py $(VENV)/bin/python
	@echo "Installing into $(VENV), once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

# A machine that cannot compile it gets a server that says so at /api/ask; interrupted (not 1), it is tried again.
$(VENV)/.llama: monitor/llama/install.py $(VENV)/.installed
	@$(BIN)/python -m monitor.llama.install || [ $$? = 1 ]
	@touch $@

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.installed
	@echo "Installing the tools of the tests into $(VENV), once ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

tests/frontend/node_modules/.package-lock.json: tests/frontend/package-lock.json
	@echo "Installing the tools of the pages into tests/frontend/node_modules, once ..."
	@$(NPM) ci --include=dev --loglevel=error
	@touch $@

$(VENV)/.tools: tests/tools.sh $(VENV)/.installed-dev
	@sh tests/tools.sh $(BIN)
	@touch $@
