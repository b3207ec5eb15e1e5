# How Language Models Came to Read. `make` alone lists what there is.
# Everything runs in .venv, which is made on first use and left alone while it is up to date.

PYTHON ?= python3
PIP_ARGS ?=
ARGS ?=
LAB ?=

export PIP_ARGS

# `exec`: what stops make stops the program too. .venv/bin is first on PATH because nbgrader looks for `alembic` there.
RUN = exec env PATH="$(CURDIR)/.venv/bin:$$PATH" .venv/bin/python
READY = @"$(PYTHON)" course/bootstrap.py
READY_TO_TEST = $(READY) --extra test
# two at a time, each file by one of them: its fixtures are made once, and the attacks keep their one judge
PYTEST = $(RUN) -m pytest -n 2 --dist loadfile

.DEFAULT_GOAL := help
.PHONY: help lab submit explorer test quick audit release checkpoints style clean

help: ## this list
	@echo "How Language Models Came to Read"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo '  ARGS="…"      passed on, as in: make lab ARGS="--no-browser --port 9999"'
	@echo '  PIP_ARGS="…"  passed to pip when .venv is made, to choose the CPU or a GPU build of torch'
	@echo '  PYTHON=…      the Python that .venv is made with (3.11, 3.12 or 3.13)'

lab: ## set up, copy the labs into work/ and open lesson 00 in JupyterLab
	$(READY)
	@$(RUN) -m course lab $(ARGS)

submit: ## LAB=lab01_cbow: run its visible checks, write the file to hand in
	$(READY)
	@$(RUN) -m course submit $(if $(LAB),"$(LAB)") $(ARGS)

explorer: ## the mask explorer and the other visualisers, in the browser; ARGS="--build FOLDER": as pages for a web server
	$(READY)
	@$(RUN) -m course explorer $(ARGS)

test: ## the tests (up to 30 minutes on two cores)
	$(READY_TO_TEST)
	$(PYTEST) -m "not audit" --durations=10 $(ARGS)

quick: ## the tests that take up to 3 minutes together
	$(READY_TO_TEST)
	$(PYTEST) -m "not slow and not audit" $(ARGS)

audit: ## all tests, with the long suites over every lab
	$(READY_TO_TEST)
	$(PYTEST) --durations=30 $(ARGS)

release: ## solutions/ to labs/; ARGS=--check only compares
	$(READY)
	@$(RUN) -m autograder.release $(ARGS)

checkpoints: ## train the shipped models again (minutes); ARGS="gpt --seed 0 --seed 1": one, with two seeds
	$(READY)
	@$(RUN) -m autograder.recipes $(ARGS)

style: ## format Python, normalise notebooks; ARGS=--check only compares
	$(READY_TO_TEST)
	@$(RUN) -m autograder.style $(ARGS)

clean: ## remove .venv and caches (never work/ or the gradebook)
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
	find course autograder tests -name __pycache__ -type d -prune -exec rm -rf {} +
