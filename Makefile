# One word per chore.  `make demo` and `make test` need nothing but Python 3.11+ (with venv) and make.
#   make PY=python3.12 …   another interpreter        make UV=1 …   uv instead of pip
PY ?= python3
VENV ?= .venv
IN ?= inputs/domains.csv
FAULTS ?= 100
BIN = $(VENV)/bin
ifdef UV
  MAKE_VENV = uv venv -q --python $(PY) $(VENV)
  INSTALL = uv pip install -q --python $(BIN)/python
else
  MAKE_VENV = $(PY) -m venv $(VENV) || { echo 'Python has no venv: apt install python3-venv' >&2; exit 1; }
  INSTALL = $(BIN)/python -m pip install -q --disable-pip-version-check
endif

.PHONY: demo scan test check faults lint docs sample bench soak fuzz clean help

help:
	@echo 'make demo     audit the embedded lab: no network needed'
	@echo 'make scan     audit the domains of IN=$(IN)'
	@echo 'make test     run the tests'
	@echo 'make check    linters, types, layers, spelling and the tests with coverage'
	@echo 'make faults   kill, interrupt, starve and break it: FAULTS=$(FAULTS) random points, each call of sockets and files; best root'
	@echo 'make docs     write the generated pages again'
	@echo 'make sample   write reports/sample again, from the demo'
	@echo 'make soak     watch the memory and the descriptors of a run of 100,000 domains (SOAK=--domains N); needs what bench needs'
	@echo 'make fuzz     ten million hostile inputs: some 25 minutes on two cores (FUZZ="--executions 100000 replies": fewer)'
	@echo 'make bench    measure the goals of docs/performance.md (BENCH=--quick: small); needs Knot, gcc, and best root'

$(VENV)/.run: pyproject.toml
	$(MAKE_VENV)
	$(INSTALL) -e .
	@touch $@

# The versions the tests and linters were last run with; a user's installation is not held to them.
$(VENV)/.dev: pyproject.toml constraints.txt
	$(MAKE_VENV)
	$(INSTALL) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.run

demo: $(VENV)/.run
	@$(BIN)/auditor demo

scan: $(VENV)/.run
	@$(BIN)/auditor scan $(IN)

test: $(VENV)/.dev
	$(BIN)/python -m pytest -q -n auto --dist loadfile

faults: $(VENV)/.dev
	AUDITOR_FAULTS=$(FAULTS) $(BIN)/python -m pytest -q tests/faults

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell auditor tests docs inputs benchmarks *.md Makefile pyproject.toml
	$(BIN)/validate-pyproject pyproject.toml

check: lint
	$(BIN)/python -m pytest -q -n auto --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90

docs: $(VENV)/.dev
	$(BIN)/python -m auditor.checks.catalogue_page
	$(BIN)/python -m auditor.report.columns_page
	$(BIN)/python -m auditor.cli.options_page

sample: $(VENV)/.run
	$(BIN)/auditor demo -q -o build --name sample
	rm -rf reports/sample/csv
	cp -r build/sample/audit.xlsx build/sample/report.html build/sample/csv reports/sample/
	rm -rf build/sample build/latest

bench: $(VENV)/.dev
	$(BIN)/python -m benchmarks $(BENCH)

soak: $(VENV)/.dev
	$(BIN)/python -m benchmarks.soak $(SOAK)

# atheris is built for Linux alone; without it changes are made at random.
$(VENV)/.fuzz: $(VENV)/.dev
	-$(INSTALL) -c constraints.txt -e '.[fuzz]'
	@touch $@

fuzz: $(VENV)/.fuzz
	$(BIN)/python -m tests.fuzz $(FUZZ)

clean:
	rm -rf $(VENV) build dist *.egg-info
