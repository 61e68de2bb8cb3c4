# The commands of this repository. Needs GNU make 3.81 or later and Python 3.11 or later; `make setup` gets the rest.
VENV := .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
ENGINE ?=
FILESYSTEMS ?= ext4 xfs btrfs
PROFILE ?= quick
TOOL := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

.PHONY: help setup demo test cell lint types book notes lab round bench crash outlaws images up down clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1	/p' Makefile | expand -t 10

setup: $(STAMP) ## a .venv with everything, by constraints.txt; again only when pyproject.toml or constraints.txt changed

$(STAMP): pyproject.toml constraints.txt
	@for python in $(PYTHON) python3.13 python3.12 python3.11 python3; do \
	    if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	    if [ "$$python" = "$(PYTHON)" ]; then break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "make setup: needs Python 3.11 or later; say where it is with make setup PYTHON=..." >&2; exit 2; fi; \
	if [ ! -x $(PY) ]; then "$$found" -m venv $(VENV) || { rm -rf $(VENV); exit 2; }; fi
	@echo "installing into $(VENV) (a minute or two the first time)" >&2
	@$(PY) -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[all,book,dev]'
	@touch $(STAMP)

demo: setup ## a storage tree drawn, used, killed, judged; a wrong store caught (under two minutes, no container)
	$(PY) demo/run.py

test: setup ## everything, on all cores. ENGINE=embedded|containers (else: what is there) PROFILE=quick|full|deep ARGS=...
	STORAGE_ENGINE=$(ENGINE) STORAGE_PROFILE=$(PROFILE) $(PY) -m pytest -n auto $(ARGS)

cell: ## make test on PYTHON=python3.12 or another, in a .venv of its own; "not run" where this machine has none
	@if [ -z '$(PYTHON)' ]; then echo 'make cell: say which with PYTHON=python3.12' >&2; exit 2; fi
	@if $(PYTHON) -c '' 2>/dev/null; then $(MAKE) test PYTHON=$(PYTHON) VENV=.venv-$(notdir $(PYTHON)); \
	else echo "not run: this machine has no $(PYTHON)"; fi

lint: setup ## ruff: rules and format
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

types: setup ## mypy --strict, then pyright
	$(PY) -m mypy
	$(TOOL) $(PY) -m pyright

book: setup ## the chapters: woven code compared with its source, every cell run, no warning let through
	$(PY) tools/weave.py --check chapters
	$(TOOL) jupyter-book build -W -n --keep-going chapters

notes: setup ## the reading notes: sections, evidence, hashes; CLONES=DIR looks each citation up. ARGS=--write, ARGS='--drift COMMIT'
	PYTHONPATH=tools $(PY) -m cite $(addprefix --clones ,$(CLONES)) $(ARGS)

lab: setup ## real systems taken apart: SYSTEM=minio STEP=bit-flip (else all). ARGS=--list, ARGS=--record keeps what was seen
	PYTHONPATH=tools:reading-notes $(PY) -m lab $(ARGS) "$(SYSTEM)" $(STEP)

round: setup ## the folder of a round of the reading group: SYSTEM=ambry START=2027-01-11 TIME=16:00 ZONE=UTC PEOPLE=Ana,Bo
	@PYTHONPATH=tools $(PY) -m round "--time=$${TIME:-16:00}" "--zone=$${ZONE:-UTC}" "--people=$$PEOPLE" -- "$$SYSTEM" "$$START"

outlaws: setup ## stores that each break one law: which law catches which
	$(PY) -m storage_conformance.outlaws

crash: setup ## store-crash on programs of known verdicts, and on file systems (Linux; as root, or with FILESYSTEMS= on none)
	STORAGE_PROFILE=full $(PY) -m pytest -n auto tests/crash/test_run_programs.py tests/crash/test_guide.py tests/crash/filesystem/test_known_facts.py
	@mkdir -p build/crash
	@for type in $(FILESYSTEMS); do \
	    $(VENV)/bin/store-crash filesystem $$type --json build/crash/$$type.json --html build/crash/$$type.html; \
	    [ $$? -ne 2 ] && $(PY) tools/findings.py build/crash/$$type.json || exit 1; done

bench: setup ## measure again every number that the text gives, into benchmarks/results/
	@for script in benchmarks/*.py; do echo "$$script"; $(PY) "$$script" || exit 1; done

images: setup ## the images of docker/ that are missing (MinIO is built from source: 4 to 15 minutes, once)
	PYTHONPATH=tests $(PY) -m provision build

up: setup ## the real servers in containers on 127.0.0.1, for store-conform: prints NAME URL for each
	@PYTHONPATH=tests $(PY) -m provision up

down: setup ## remove what `make up` started
	@PYTHONPATH=tests $(PY) -m provision down

clean: ## remove what the other targets made, .venv apart
	rm -rf build dist chapters/_build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -not -path './.venv*/*' -prune -exec rm -rf {} +
