# make demo, make test and make check set everything up themselves, in .venv.
PYTHON ?= python3
BIN := .venv/bin
OUT ?= out
SHELL := /bin/bash

.PHONY: setup demo test check bench bench-abs bench-address bench-address-match bench-contact bench-ledger bench-linkage bench-night bench-night-postgres bench-reach docs format clean

# The stamp carries what the environment was built from, so that a changed list of packages rebuilds it.
STAMP := .venv/.ready-$(shell cat pyproject.toml constraints.txt | cksum | cut -d' ' -f1)

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	@scripts/setup "$(PYTHON)"
	@touch $@

demo: setup
	@$(BIN)/postloan demo --package ant-2025-1 --out $(OUT)/demo
	@echo
	@echo "The same package with fifty planted faults (exit code 1 of this run is right: rows are in quarantine):"
	@$(BIN)/postloan demo --package ant-2025-1 --faults --out $(OUT)/demo-faults || [ $$? -eq 1 ]

test: setup
	$(BIN)/pytest -n 2 tests

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python scripts/lint_sql.py
	$(BIN)/python scripts/check_docs.py

bench: setup
	$(BIN)/python scripts/bench.py

bench-reach: setup
	$(BIN)/python scripts/bench_reach.py

bench-linkage: setup
	$(BIN)/python scripts/bench_linkage.py

bench-address: setup
	$(BIN)/python scripts/bench_address.py

bench-contact: setup
	$(BIN)/python scripts/bench_contact.py

bench-letters: setup
	$(BIN)/python scripts/bench_letters.py

bench-abs: setup
	$(BIN)/python scripts/bench_abs.py

bench-address-match: setup
	$(BIN)/python scripts/bench_address_matching.py

bench-ledger: setup
	$(BIN)/python scripts/bench_ledger.py

bench-night: setup
	$(BIN)/python scripts/bench_night.py --work $(OUT)/bench-night

bench-night-postgres: setup
	$(BIN)/python scripts/bench_night.py --work $(OUT)/bench-night --postgres

serve: setup
	$(BIN)/postloan serve

format: setup
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv out dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
