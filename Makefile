# Two commands set everything up on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
export CERTIFY_HOME ?= $(CURDIR)/.certify
INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check

.PHONY: help demo ui test test-fast format soak promises lint docs sbom audit lock clean

help:  ## what each target does
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*  ## /\1\t/' | expand -t 12

demo: .venv/demo  ## the sample company, connected, read and judged
	$(BIN)/certify demo

ui: .venv/demo  ## the Dagster UI on 127.0.0.1:3000
	$(BIN)/certify ui

test: .venv/dev  ## the whole test suite
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)

test-fast: .venv/dev  ## tests that need no server, in under a minute: while you work
	$(BIN)/python -m pytest -n 2 --dist loadfile -q tests/unit $(PYTEST_ARGS)

soak: .venv/dev  ## what takes too long for `make test`: thousands of random companies, accounts and faults
	$(BIN)/python -m pytest -n 2 --dist load --timeout 0 -m soak $(PYTEST_ARGS)

format: .venv/dev  ## format the code and sort its imports
	$(BIN)/ruff check --select I --fix .
	$(BIN)/ruff format .

lint: .venv/dev  ## format, lint, types, import contracts, SQL, security
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --config dbt_project/.sqlfluff dbt_project/models dbt_project/tests dbt_project/snapshots
	$(BIN)/bandit --quiet --recursive --severity-level medium pipeline

docs: .venv/dev  ## write the generated tables into docs/
	$(BIN)/python -m tools.generate_docs
	$(BIN)/python -m tests.promises

promises: .venv/dev  ## run the tests that keep a promise, record their figures, write docs/promises.md
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "promise and not soak" --record-promises $(PYTEST_ARGS)

sbom: .venv/dev  ## the software bill of materials and the list of licences, into build/
	$(BIN)/python -m tools.supply_chain.sbom

audit: .venv/dev  ## known vulnerabilities of what is locked; skipped in words where no database can be reached
	@$(BIN)/python -m tools.supply_chain.audit

# A stamp for each set of requirements; the lock is the only source of versions. It is complete, so pip does not look
# for more: it would take a newer release of what is locked with an extra (pydantic[email]) for the same without one.
.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say PYTHON=/path/to/python3.11 make ..."; exit 2; }
	$(PYTHON) -m venv .venv

.venv/demo: requirements/demo.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --no-deps --require-hashes --requirement requirements/demo.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/dev: requirements/dev.txt pyproject.toml | .venv/bin/python
	$(INSTALL) --no-deps --require-hashes --requirement requirements/dev.txt
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@ .venv/demo

lock:  ## needs uv; the only place where versions are chosen
	cd requirements && for set in base demo splink dev; do \
	  uv pip compile --quiet --universal --strip-extras --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" $$set.in --output-file $$set.txt || exit 1; \
	done

clean:  ## what make made; never a home: `certify remove-home` deletes one
	rm -rf .venv build *.egg-info dbt_project/.parsed dbt_project/target dbt_project/logs
