# `make` lists the targets. Everything is installed into .venv, once; after that no target needs the network.
PYTHON ?= python3
PORT ?= 8000
SANDBOX_PORT ?= 8001
PYTEST_WORKERS ?= 2
ARGS ?=
BIN := .venv/bin
# Tests and checks read no .env: what a developer keeps there must not change them.
PLAIN := ENV_FILE=/dev/null

.DEFAULT_GOAL := help
.PHONY: help demo run test lint types bench screenshots faults rules ci clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: .venv/site.stamp ## Try it out: 336 generated lessons on a site of its own, without a key [PORT=8000 SANDBOX_PORT=8001]
	@$(BIN)/python -m demo --port $(PORT) --sandbox-port $(SANDBOX_PORT) $(ARGS)

run: .venv/site.stamp ## Start your own site, with the settings in .env [PORT=8000]
	@$(BIN)/python -m scripts.run_site --port $(PORT) $(ARGS)

test: .venv/dev.stamp ## Run the tests [ARGS="tests/lessons -k outline"]
	@$(BIN)/python -m scripts.get_browser
	$(PLAIN) $(BIN)/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup --durations=10 -rsfE $(ARGS)

lint: .venv/dev.stamp ## Look for mistakes with ruff
	$(BIN)/ruff check .

types: .venv/dev.stamp ## Check the types with mypy
	$(PLAIN) $(BIN)/mypy .

bench: .venv/dev.stamp ## Measure planning, building, ingesting and accepting against plain loops
	$(PLAIN) $(BIN)/python -m benchmarks $(ARGS)

screenshots: .venv/dev.stamp ## Take the pictures of the docs from a demo of its own [ARGS="desk run"]
	@$(BIN)/python -m scripts.screenshots $(ARGS)

faults: .venv/dev.stamp ## Break every call, result line, commit and process, and see that nothing is lost or paid twice
	$(PLAIN) $(BIN)/python -m tests.faults $(ARGS)

rules: .venv/dev.stamp ## Switch each rule of the tests' table off, and see that each of its tests fails [ARGS="outline"]
	$(PLAIN) $(BIN)/python -m tests.rules_off --processes $(PYTEST_WORKERS) $(ARGS)

ci: ## Do what continuous integration does (PostgreSQL and Redis on this machine)
	.ci/run

clean: ## Remove the virtual environment, the demo and all caches (your own site in var/ stays)
	rm -rf .venv var/demo .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Batchsite needs Python 3.11 or newer, and $(PYTHON) is not. Name another one, as in: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/site.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements.txt requirements-deploy.txt requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ .venv/site.stamp
