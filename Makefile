# `make serve` and `make test` do everything on a machine that has Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DOCS ?= index/sample/documents
export HOST ?= 127.0.0.1
export PORT ?= 8080
export INDEX ?=

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help serve test check bench browser clean

help:  ## Say what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# One index a folder of documents, outside the repository; INDEX=… chooses another place. What was embedded before is not
# embedded again, so building at every start is cheap, and what is served is what the folder holds.
serve: $(VENV)/installed  ## Answer questions about the sample, or about DOCS=folder, on http://127.0.0.1:8080
	@folder="$$(cd "$$DOCS" && pwd -P)" || exit 1; \
	index="$${INDEX:-$${XDG_DATA_HOME:-$$HOME/.local/share}/onrecord/$$(printf '%s' "$$folder" | cksum | cut -d' ' -f1)}"; \
	$(BIN)/onrecord index build "$$DOCS" --out "$$index" && \
	exec $(BIN)/onrecord serve --index "$$index" --host "$$HOST" --port "$$PORT"

test: $(VENV)/installed-dev browser  ## Run all tests
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

check: $(VENV)/installed-dev  ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-dev  ## What building and asking cost, against what the model alone costs
	$(BIN)/python -m tests.bench $(ARGS)

# The browser tests need Debian's packages; without the right to install them they are skipped, and say so.
browser:
	@if ! command -v chromedriver >/dev/null 2>&1; then \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium chromium-driver; \
	  else echo "chromium and chromium-driver are missing and cannot be installed: browser tests will be skipped"; fi; \
	fi

clean:  ## Remove the environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage

# A stamp, because a failed venv leaves a python without pip behind.
$(VENV)/made:
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet -e '.[evaluate]' --group test --group browser --group lint --group type
	@touch $@
