# `make serve` and `make test` do everything on a machine that has Python 3.11 or newer and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DOCS ?= index/sample/documents
HOST ?= 127.0.0.1
PORT ?= 8080

# One index a folder of documents, outside the repository; INDEX=… chooses another place.
DATA := $(or $(XDG_DATA_HOME),$(HOME)/.local/share)/onrecord
INDEX ?= $(DATA)/$(shell printf '%s' '$(realpath $(DOCS))' | cksum | cut -d' ' -f1)

.DEFAULT_GOAL := help
.PHONY: help serve test check bench browser clean

help:  ## Say what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

serve: $(VENV)/installed  ## Answer questions about the sample, or about DOCS=folder, on http://127.0.0.1:8080
ifeq ($(origin DOCS),file)
	@test -e '$(INDEX)/CURRENT' || $(BIN)/onrecord index build '$(DOCS)' --out '$(INDEX)'
else
	@$(BIN)/onrecord index build '$(DOCS)' --out '$(INDEX)'
endif
	@exec $(BIN)/onrecord serve --index '$(INDEX)' --host '$(HOST)' --port '$(PORT)'

test: $(VENV)/installed-dev browser  ## Run all tests
	$(BIN)/python -m pytest --cov --cov-report=term:skip-covered $(ARGS)

check: $(VENV)/installed-dev  ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-dev  ## Benchmarks: quality on ../shared where it is, speed of building and asking
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

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/installed: $(BIN)/python pyproject.toml
	$(BIN)/python -m pip install --quiet -e .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed
	$(BIN)/python -m pip install --quiet -e '.[evaluate]' --group test --group browser --group lint --group type
	@touch $@
