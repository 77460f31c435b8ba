# What does a cat look like? — two commands do everything: make lab, make test.
# `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# what is installed: a student's packages; $(READY)-site and the like, those of an extra besides
READY := $(VENV)/.installed
INSTALL = $(BIN)/uv pip install --quiet --python $(BIN)/python --constraints requirements.lock
PORT ?= 8888
# an upload into a lesson may be as large as 200 MB; without this one over 10 MB is lost
UPLOADS := "--ServerApp.tornado_settings={'websocket_max_message_size': 209715200}"
# for example LAB_OPTIONS=--no-browser
LAB_OPTIONS ?=
WORKERS ?= 2
# a file a worker, in the order in which tests/conftest.py puts them
SPREAD := --dist loadfile --no-loadscope-reorder
RESULTS ?= build/results
# for example LESSONS="00 02"
LESSONS ?=
# for example GRADE_OPTIONS="--seed-file seed.txt --pack questions"
GRADE_OPTIONS ?=

.PHONY: help install lab lecture slides site test test-all test-site check restore grade build bench \
  bench-live lint lock

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet uv

$(READY): requirements.lock pyproject.toml | $(BIN)/uv
	@echo "Installing into $(VENV): about 6 GB (with CUDA's libraries), one to five minutes."
	@$(INSTALL) --editable .
	@# JupyterLab would ask for leave to fetch news; nothing here needs the network
	@$(BIN)/jupyter labextension disable --level=sys_prefix @jupyterlab/apputils-extension:announcements
	@touch $@

$(READY)-%: $(READY)  # an extra of pyproject.toml
	@echo "Installing what \"$*\" needs besides."
	@$(INSTALL) --editable ".[$*]"
	@touch $@

install: $(READY)  ## install what the lessons need, open nothing

lab: $(READY)  ## open the course in JupyterLab
	@echo "The address is printed below; stop with Ctrl-C twice."
	@$(BIN)/python -m jupyterlab --allow-root --port $(PORT) $(UPLOADS) $(LAB_OPTIONS) \
	  --notebook-dir notebooks --LabApp.default_url=/lab/tree/00_start_here.ipynb

lecture: $(READY) build  ## open the solved lessons in JupyterLab
	@$(BIN)/python -m jupyterlab --allow-root --port $(PORT) $(UPLOADS) $(LAB_OPTIONS) \
	  --notebook-dir build/lecture

slides: $(READY)-site  ## slides with speaker notes, in build/slides: make slides LESSONS="00 02"
	@$(BIN)/python -m publish slides $(LESSONS)

site: $(READY)-site  ## all lessons as pages for reading, in build/site: make site LESSONS="00 02"
	@$(BIN)/python -m publish site $(LESSONS)

test: export OMP_NUM_THREADS = 1
test: $(READY)-test  ## pass all tests, every example of helpers and every reference notebook
	$(BIN)/python -m pytest -n $(WORKERS) $(SPREAD) -m "not every_lesson and not every_page" \
	  --nbval-lax tests grading/reference

test-all: export OMP_NUM_THREADS = 1
test-all: $(READY)-test  ## the same, and the student edition of every lesson
	$(BIN)/python -m pytest -n $(WORKERS) $(SPREAD) -m "not every_page" --nbval-lax \
	  tests grading/reference

test-site: $(READY)-test site slides  ## every page of the site and every slide, in a browser
	$(BIN)/python -m pytest -m every_page tests

build: $(READY)  ## build the notebooks from notebooks/source
	@$(BIN)/python -m grading.editions

check: $(READY)  ## check your answers: make check NOTEBOOK=notebooks/02_saliency.ipynb
	@test -n "$(NOTEBOOK)" || { echo "Say which: make check NOTEBOOK=notebooks/02_saliency.ipynb"; exit 2; }
	@$(BIN)/python -m grading check "$(NOTEBOOK)"

restore: $(READY)  ## bring back a lesson's own cells, keep answers: make restore NOTEBOOK=…
	@$(BIN)/python -m grading restore $(if $(NOTEBOOK),"$(NOTEBOOK)")

grade: $(READY)-grade  ## grade a class: make grade SUBMISSIONS=folder GRADE_OPTIONS="--seed-file …"
	@test -n "$(SUBMISSIONS)" || { echo "Say which: make grade SUBMISSIONS=folder"; exit 2; }
	@$(BIN)/python -m grading grade "$(SUBMISSIONS)" --out "$(RESULTS)" $(GRADE_OPTIONS)

bench: $(READY)-test  ## measure speed as ratios within one run
	@$(BIN)/python -m tests.benchmarks

bench-live: $(READY)-test  ## the slowest cells tagged live, in seconds; none may take more than five
	@$(BIN)/python -m tests.benchmarks.live $(LESSONS)

lint: $(READY)-lint  ## format and rules (ruff), types (ty)
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/ty check

lock: | $(BIN)/uv  ## write requirements.lock anew from pyproject.toml
	@$(BIN)/uv pip compile --universal --all-extras --no-header --no-annotate \
	  --python-version 3.11 pyproject.toml -o requirements.lock
