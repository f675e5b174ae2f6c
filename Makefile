# What one types here: `make run`, `make test`, `make lint`, `make clean`.
# From nothing they need make and a python3 (3.11 to 3.13) that can make virtual environments (Debian: python3-venv).

PYTHON ?= python3
MYPI_DATA_DIRECTORY ?= $(CURDIR)/var
VENV := .venv
BIN := $(VENV)/bin

# A login shell may export HOST as the name of the machine: only what stands on make's command line is meant for mypi.
ifeq ($(origin HOST),command line)
SERVE += --host $(HOST)
endif
ifeq ($(origin PORT),command line)
SERVE += --port $(PORT)
endif

.PHONY: help run test lint benchmark benchmark-quick clean
.DELETE_ON_ERROR:

help:
	@echo 'make run     serve an index on 127.0.0.1:8080 or the next free port; data in ./var; HOST= and PORT= choose'
	@echo 'make test    every check and every test; as root also installs the Debian packages that tests need'
	@echo 'make lint    ruff and mypy only'
	@echo 'make benchmark   mypi beside its peers, about 40 minutes on a quiet machine; make benchmark-quick: five'
	@echo 'make clean   remove what can be made again; ./var, your data, stays'

run: $(VENV)/ready-to-run
	@MYPI_DATA_DIRECTORY='$(MYPI_DATA_DIRECTORY)' exec $(BIN)/mypi serve --first-start $(SERVE)

# pytest comes last, so that its closing line is the last line of the output.
test: lint
	@$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST_ARGS)

lint: debian-packages $(VENV)/ready-to-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy mypi

# Peers are installed below .benchmarks and filled there once; BENCHMARK_ARGS="--part reads --only peryx" chooses.
benchmark: benchmark-packages $(VENV)/ready-to-test
	@$(BIN)/python -m benchmarks.compare $(BENCHMARK_ARGS)

benchmark-quick: benchmark-packages $(VENV)/ready-to-test
	@$(BIN)/python -m benchmarks.compare --quick $(BENCHMARK_ARGS)

.PHONY: benchmark-packages
benchmark-packages:
	@sh tools/debian_packages.sh benchmark

# Before the virtual environment: python3-venv is among these packages.
.PHONY: debian-packages
debian-packages:
	@sh tools/debian_packages.sh

$(VENV)/ready-to-run: setup.cfg setup.py tools/environment.sh
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '.'
	@touch $@

$(VENV)/ready-to-test: setup.cfg setup.py tools/environment.sh | debian-packages
	@sh tools/environment.sh '$(PYTHON)' '$(VENV)' '.[tests]'
	@touch $(VENV)/ready-to-run $@

clean:
	rm -rf $(VENV) .clients .benchmarks .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist mypi.egg-info
	find mypi tests -name __pycache__ -type d -prune -exec rm -rf {} +
