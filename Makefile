# Needs Python (>= 3.11), git and make; everything else goes into .venv.
PYTHON ?= python3
BIN := .venv/bin
SETUP := .venv/.setup-done
WORKERS ?= 2

.PHONY: setup demo test lint format bench docs tables lock clean

setup: $(SETUP)

$(SETUP): requirements-uv.lock requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Cupola needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements-dev.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@

demo: setup
	$(BIN)/cupola run examples/golden-dome-cbo-2026.yaml --runs 200 --workers $(WORKERS) --out runs/demo --overwrite

test: setup lint
	$(BIN)/python -m pytest -n $(WORKERS)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: setup
	$(BIN)/python -m benchmarks

# Plays every published case anew and writes what came out into README and docs.
tables: setup
	$(BIN)/python tools/write_reproduction.py $(WORKERS)

docs: setup
	$(BIN)/mkdocs build --strict

# Locks hold hashes and no addresses, so that any index can serve them.
lock:
	$(BIN)/uv pip compile pyproject.toml --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-dev.lock
	echo uv | $(BIN)/uv pip compile - --universal --generate-hashes --no-emit-index-url --no-annotate --no-header -q -o requirements-uv.lock

clean:
	rm -rf .venv dist site .mypy_cache .ruff_cache .pytest_cache
