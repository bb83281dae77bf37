# From a fresh clone to a running console: `make run`. It needs make and Python 3.11 or newer; the README
# has the plain commands behind each target.

VENV ?= .venv
# The first one of these that is new enough; name another with: make run PYTHON=/path/to/python3
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python $(IS_NEW_ENOUGH) 2>/dev/null && echo $$python && break; done)
IS_NEW_ENOUGH = -c 'import sys; sys.exit(sys.version_info < (3, 11))'

# Which requirements the environment was made from: it is made anew when they change.
RUNTIME := $(VENV)/requirements.txt
DEVELOPMENT := $(VENV)/requirements-dev.txt
TRANSLATIONS := backoffice/translations
LOCK := uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command 'make lock'

# Every process would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run test long lint types bench translations lock
.DELETE_ON_ERROR:

help:  ## What can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' $(MAKEFILE_LIST)

run: $(RUNTIME)  ## Environment, database, first administrator, sample data, server and worker
	@$(VENV)/bin/python manage.py run --prepare

test: $(DEVELOPMENT)  ## The whole test suite; what is not on this machine is skipped by name
	@$(VENV)/bin/python -m pytest -n auto --dist worksteal

long: $(DEVELOPMENT)  ## What takes longer than a run before a change may: many kill points, 100,000 made-up requests
	@mkdir -p instance && rm -f instance/long-runs.md
	@TEST_TABLES=instance/long-runs.md TEST_REQUESTS=$${TEST_REQUESTS:-100000} $(VENV)/bin/python -m pytest -n auto --dist worksteal -m long

lint: $(DEVELOPMENT)  ## Style and formatting
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check

types: $(DEVELOPMENT)  ## Static types
	@$(VENV)/bin/mypy

bench: $(RUNTIME)  ## The pages beside the bare SQL, on rows made for it, in two minutes
	@$(VENV)/bin/python -m benchmarks.pages

translations: $(RUNTIME)  ## Take the texts of the code into the catalogues, and compile those
	$(VENV)/bin/pybabel --quiet extract --mapping-file=pyproject.toml --keywords=lazy_gettext \
		--keywords=lazy_ngettext:1,2 --add-location=file --sort-by-file --no-wrap \
		--project=Backoffice --version=0.1 --msgid-bugs-address= --output-file=$(VENV)/messages.pot .
	$(VENV)/bin/pybabel --quiet update --input-file=$(VENV)/messages.pot --output-dir=$(TRANSLATIONS) \
		--no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date
	$(VENV)/bin/pybabel compile --statistics --directory=$(TRANSLATIONS)

lock: $(DEVELOPMENT)  ## Pin the newest versions of what pyproject.toml names, with their hashes
	$(VENV)/bin/$(LOCK) --upgrade pyproject.toml --output-file requirements.txt
	$(VENV)/bin/$(LOCK) --upgrade pyproject.toml --group dev --constraint requirements.txt \
		--output-file tests/requirements.txt

$(RUNTIME): requirements.txt
	@$(PYTHON) $(IS_NEW_ENOUGH) 2>/dev/null || \
		{ echo "Backoffice needs Python 3.11 or newer. Name one with: make run PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making the environment in $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@cp requirements.txt $@

$(DEVELOPMENT): tests/requirements.txt $(RUNTIME)
	@echo "Adding the development tools ..."
	@$(VENV)/bin/python -m pip install --quiet --quiet --disable-pip-version-check --require-hashes -r tests/requirements.txt
	@cp tests/requirements.txt $@
