# PORT (4566) and STATE (local/.state) choose where a stack runs. Two run side by side if both differ.

# `sam build`, the tests and clippy share compiled crates: cargo-lambda always names a target, so the others do, too.
export CARGO_BUILD_TARGET ?= $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
export SAM_CLI_TELEMETRY := 0

PYTHON ?= python3
# An older Python cannot even parse the script that checks this.
STACK := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: name one with PYTHON=…")' && \
	$(PYTHON) local/stack.py
SAM := local/.env/sam/bin
RUFF := local/.env/lint/bin/ruff
TYPOS := local/.env/lint/bin/typos
DENY := local/.env/deny-0.20.2/bin/cargo-deny
MUTANTS := local/.env/mutants-27.1.0/bin/cargo-mutants

.PHONY: help console publish deploy run up down clean walk status prepare test lint unit-test stack-test bench sizes mutants fmt advisories

help:
	@echo 'make run         runs the whole stack on this machine, until Ctrl-C'
	@echo 'make up          the same in the background; run it again to update the stack from the sources'
	@echo 'make walk        walks through the whole process against the running stack'
	@echo 'make down        ends the stack'
	@echo 'make status      prints where the stack is'
	@echo 'make clean       ends the stack, and deletes everything that was installed and built here'
	@echo 'make console     builds the console'
	@echo 'make deploy      deploys template.yaml to AWS: STAGE=production, and OPTIONS=--guided the first time'
	@echo 'make publish     uploads the console and the consent page to AWS, where a stack serves them'
	@echo 'make test        runs every check and every test: lint, unit-test, stack-test'
	@echo 'make sizes       prints the packaged size of each function, and the SDKs that it links'
	@echo 'make bench       measures starts, answers, cost and the sweep, with the programs that are deployed'
	@echo 'make mutants     breaks the Rust sources in small ways, one at a time, and prints what no test notices (hours)'
	@echo 'make advisories  asks the network for known vulnerabilities in the dependencies'
	@echo 'make fmt         formats the sources'

console: prepare

# docs/pages.md says how a stack on AWS serves the pages.
publish: prepare
	$(SAM)/python pages/publish.py --stack-name $(or $(STACK_NAME),support-access)

# The stages are sections of samconfig.toml.
STAGE ?= default
deploy: prepare
	PATH="$(CURDIR)/$(SAM):$$PATH" $(SAM)/sam build --config-env $(STAGE)
	$(SAM)/python local/built_for.py --config-env $(STAGE)
	$(SAM)/python local/release.py
	$(SAM)/sam deploy --config-env $(STAGE) $(OPTIONS)

run up down clean walk status prepare:
	@$(STACK) $@

# Lint and the unit tests run side by side: while one compiles, the other downloads or runs.
test:
	@mkdir -p target
	@$(MAKE) --no-print-directory unit-test >target/unit-test.txt 2>&1 & unit=$$!; \
		$(MAKE) --no-print-directory lint; lint=$$?; \
		wait $$unit; unit=$$?; cat target/unit-test.txt; exit $$((lint + unit))
	@$(MAKE) --no-print-directory stack-test

lint: prepare $(DENY) $(RUFF)
	cargo fmt --all --check
	$(RUFF) check --quiet
	$(RUFF) format --check --quiet
	$(TYPOS)
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --document-private-items --quiet
	$(DENY) --log-level error check --hide-inclusion-graph licenses bans sources
	$(PYTHON) local/links.py
	$(PYTHON) local/documents.py
	$(PYTHON) local/language.py
	$(PYTHON) local/imports.py
	$(PYTHON) local/console.py
	$(SAM)/cfn-lint --non-zero-exit-code informational
	$(SAM)/python -W ignore:pkg_resources local/policies.py

unit-test:
	cargo test --workspace --quiet
	@$(STACK) prepare
	$(PYTHON) local/console.py test

# Runs all test files, or those that TESTS names.
stack-test: prepare
	local/.env/stack/bin/python tests/run.py $(TESTS)

bench: prepare
	local/.env/stack/bin/python tests/bench/bench.py $(BENCH)

sizes: prepare
	@$(PYTHON) local/sizes.py

# .cargo/mutants.toml says which tests must notice. The report is target/mutants.out.
FILES ?= 'shared/core/src/**' 'shared/gateway/src/**' 'shared/dynamodb/src/**'
mutants: $(MUTANTS)
	@mkdir -p target
	$(MUTANTS) mutants --output target $(FILES:%=--file %) $(MUTANTS_OPTIONS)

advisories: $(DENY)
	$(DENY) check advisories

fmt: prepare $(RUFF)
	cargo fmt --all
	$(PYTHON) local/console.py format
	$(RUFF) format --quiet

$(RUFF): local/requirements-lint.txt
	$(PYTHON) -m venv local/.env/lint
	local/.env/lint/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(DENY):
	cargo install cargo-deny --version 0.20.2 --locked --debug --quiet --root local/.env/deny-0.20.2

$(MUTANTS):
	cargo install cargo-mutants --version 27.1.0 --locked --debug --quiet --root local/.env/mutants-27.1.0
