PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin

.PHONY: run test install

run: $(VENV)/ready
	$(BIN)/folkmoot demo

test: $(VENV)/ready-dev
	$(BIN)/python -m pytest -n 2 --dist loadfile

install: $(VENV)/ready

# The environment is made again only when the pins change.
$(VENV)/ready: requirements/base.txt requirements/postgres.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/base.txt -r requirements/postgres.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . || $(BIN)/python -m pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements/dev.txt
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/dev.txt
	touch $@
