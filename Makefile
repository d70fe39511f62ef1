PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: run rehearse test install install-dev checks

run: $(VENV)/ready
	@$(BIN)/folkmoot demo

# The same on a site where petitions, signatures, answers and acts are made up, and say so.
rehearse: $(VENV)/ready
	@FOLKMOOT_REHEARSAL=true FOLKMOOT_SITE_URL=http://localhost:8001 $(BIN)/folkmoot demo --port 8001

test: $(VENV)/ready-dev
	@$(BIN)/python -m pytest -n 2 --dist loadfile

# Everything that can be said about the code without running it.
checks: $(VENV)/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/djlint --lint --quiet folkmoot/web/templates
	$(BIN)/python manage.py makemigrations --check --dry-run

install: $(VENV)/ready

install-dev: $(VENV)/ready-dev

# The environment is made again only when the pins or the project's own description change.
$(VENV)/ready: requirements/base.txt requirements/postgres.txt pyproject.toml
	@echo "Installing Folkmoot into $(VENV): a minute or two, once."
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf $(VENV) && $(PYTHON) -m venv $(VENV); }
	@$(PIP) install --require-hashes -r requirements/base.txt -r requirements/postgres.txt
	@$(PIP) install --no-deps --editable .
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements/dev.txt
	@echo "Installing what the tests need."
	@$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@
