# The project's commands; `make` lists them.
SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
export ANSIBLE_HOME := $(CURDIR)/.cache/ansible
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
export PYTHONWARNINGS := ignore::DeprecationWarning
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help demo test lint bench docs lab-up lab-down clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F '\t' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/ready: requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; name it with PYTHON=")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

demo: $(VENV)/ready ## The main job on the lab's estate: live verdicts, then the documents
	@$(BIN)/python -m lab up --scenario demo
	@PYTHONPATH=collections:. $(BIN)/python tools/lab_history.py demo || true
	@$(BIN)/ansible-playbook quarterly_inspection.yml; status=$$?; $(BIN)/python -m lab down; exit $$status

test: $(VENV)/ready ## All tests: lint, types, sanity, unit, integration, molecule, browser
	@$(BIN)/python -m tests

lint: $(VENV)/ready ## Only style, types and sanity
	@$(BIN)/python -m tests lint

bench: $(VENV)/ready ## Our speed, as ratios in one run
	@$(BIN)/python -m bench

docs: $(VENV)/ready ## Write docs/checks.md and docs/clauses.md from the catalogue
	@$(BIN)/python -m docs.generate

lab-up: $(VENV)/ready ## Start the lab (python -m lab breaks lists what can be broken)
	@$(BIN)/python -m lab up

lab-down: $(VENV)/ready ## Stop the lab
	@$(BIN)/python -m lab down

clean: ## Remove what the commands made, except the ledger and the documents in output/
	rm -rf .cache .venv
