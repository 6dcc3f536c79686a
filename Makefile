# The daily commands. Each calls one command that works by itself; `make help` lists them.
MODEL ?= tiny
DATA ?= ahk
TASKS ?= ahk_loss
ARGS ?=
PORT ?= 8000
EXTRAS ?= train,ahk,dev
PYTHON ?= python3
VENV ?= .venv
PY := $(VENV)/bin/python
STAMP := $(VENV)/.installed
UV ?= uv
COMPOSE := mkdir -p data outputs && KIT_UID=$$(id -u) KIT_GID=$$(id -g) docker compose -f docker/compose.yaml
export AXOLOTL_DO_NOT_TRACK := 1
.DEFAULT_GOAL := help
.PHONY: help setup dataset check plan rehearse train base merge verify export serve chat eval ladder runs demo test lint bench lock clean docker-build docker-shell docker-train docker-export docker-serve

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-13s %s\n", $$1, $$2}'

setup: $(STAMP) ## .venv, and system packages where apt allows it
	@$(if $(KIT_CONTAINER),true,bash docker/system-packages.sh && $(PY) docker/llama.py)

$(STAMP): pyproject.toml constraints.txt
ifdef KIT_CONTAINER
	@true
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "setup: Python 3.11 or newer is needed: make setup PYTHON=python3.11")'
	@echo "setup: Python packages into $(VENV), some minutes (log: $(VENV)/setup.log)"
	@$(PYTHON) -m venv $(VENV)
	@bash -o pipefail -c '$(PY) -m pip install --disable-pip-version-check -c constraints.txt -e ".[$(EXTRAS)]" 2>&1 \
	  | tee $(VENV)/setup.log | awk "/^ *(Collecting|Obtaining)/ {n++; if (n % 20 == 0) {print \"setup: \" n \" packages found\"; fflush()}} \
	    /^ *Installing collected/ {print \"setup: installing \" n \" packages\"; fflush()} /^ERROR/"' \
	  || { tail -n 5 $(VENV)/setup.log; echo "setup: pip failed, see $(VENV)/setup.log; then run make again"; exit 1; }
	@touch $(STAMP)
endif

dataset: setup ## DATA=ahk: sources -> data/DATA
	@$(PY) -m prep build configs/data/$(DATA).yaml $(ARGS)

check: setup data/ahk/manifest.json ## MODEL=x: every problem of a recipe at once
	@$(PY) -m ft check $(MODEL) $(ARGS)

plan: setup ## MODEL=x ARGS=--gpu=24: memory, disk, hours
	@$(PY) -m ft plan $(MODEL) $(ARGS)

rehearse: setup data/ahk/manifest.json ## MODEL=x: a recipe end to end on a tiny model
	@$(PY) -m ft rehearse $(MODEL) $(ARGS)

train: setup data/ahk/manifest.json ## MODEL=x ARGS="lora_r=32": train a recipe
	@$(PY) -m ft train $(MODEL) $(ARGS)

base: setup ## MODEL=gpt-oss: the bf16 copy that the recipe trains on
	@$(PY) -m ft base $(MODEL) $(ARGS)

merge: setup ## MODEL=x: merge the adapter, then verify the merge
	@$(PY) -m ft merge $(MODEL)
	@$(PY) -m ft verify $(MODEL)

verify: setup ## MODEL=x: is the merged model the trained one?
	@$(PY) -m ft verify $(MODEL)

export: setup ## MODEL=x ARGS=--quant=Q4_K_M: GGUF files of a merged model
	@$(PY) -m ft export $(MODEL) $(ARGS)

serve: setup ## MODEL=x: an OpenAI-compatible server of it
	@$(PY) -m ft serve $(MODEL) $(ARGS)

chat: setup ## MODEL=x: talk to it; the code in its answers is checked
	@$(PY) -m ft chat $(MODEL) $(ARGS)

eval: setup ## MODEL=x TASKS=ahk_loss: base against tuned on held-out data
	@$(PY) -m eval run $(MODEL) --tasks $(TASKS) $(ARGS)

ladder: TASKS = ahk_exec,ahk_reference
ladder: setup ## MODEL=x: does one need to fine-tune at all?
	@$(PY) -m eval ladder $(MODEL) --tasks $(TASKS) $(ARGS)

runs: setup ## every run: losses, time, tokens/s, memory
	@$(PY) -m ft runs $(ARGS)

demo: setup ## the whole way on the embedded model, in minutes
	@$(PY) -m eval demo

test: lint ## lint, types, the whole suite, rehearsals too
	@$(if $(KIT_CONTAINER),true,bash docker/system-packages.sh test)
	@$(PY) -m pytest -n 2 --no-loadscope-reorder $(ARGS)

lint: setup ## ruff and mypy
	@$(PY) -m ruff check . && $(PY) -m ruff format --check . && $(PY) -m mypy

bench: setup data/ahk/manifest.json ## ratios: launcher to bare Axolotl, prep to a loop
	@$(PY) -m tests.bench.launcher
	@$(PY) -m tests.bench.prep
	@$(PY) -m tests.bench.near

lock: ## constraints.txt anew (UPGRADE=--upgrade moves all)
	@$(UV) pip compile pyproject.toml --universal --all-extras --python-version 3.11 --strip-extras --no-emit-index-url \
	  --no-emit-find-links --no-header --no-annotate --quiet $(UPGRADE) -o constraints.txt

clean: ## caches, stand-ins, rehearsals; never data or runs
	@rm -rf .pytest_cache .mypy_cache .ruff_cache outputs/prepared outputs/standin outputs/.cache outputs/*-rehearsal outputs/*-smoke

data/ahk/manifest.json: | setup
	@$(PY) -m prep build configs/data/ahk.yaml

docker-build: ## the CUDA image
	@$(COMPOSE) build

docker-shell: ## a shell in it
	@$(COMPOSE) run --rm kit bash

docker-train: ## MODEL=x: train in it
	@$(COMPOSE) run --rm kit make train MODEL=$(MODEL) ARGS="$(ARGS)"

docker-export: ## MODEL=x ARGS=--quant=Q4_K_M: GGUF files in it
	@$(COMPOSE) run --rm kit make export MODEL=$(MODEL) ARGS="$(ARGS)"

docker-serve: ## MODEL=x PORT=8000: serve from it, on this machine
	@$(COMPOSE) run --rm --publish 127.0.0.1:$(PORT):$(PORT) kit make serve MODEL=$(MODEL) ARGS="--host 0.0.0.0 --port $(PORT) $(ARGS)"
