# Two commands matter: `make run` starts a seeded mall, `make test` sets up what the tests need and passes them all.
.DEFAULT_GOAL := help
.PHONY: help run test bench fuzz split lint api fresh
CARGO ?= cargo

help: ## Lists these commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: ## Builds the mall and starts the demo store at http://127.0.0.1:8080
	scripts/setup build
	$(CARGO) build --release --locked -p mall
	exec target/release/mall demo

test: ## Installs the engines the tests need (Debian), starts private ones, runs every test
	scripts/setup build engines
	scripts/with-engines env MALL_TEST_ALL=1 $(CARGO) test --workspace --locked --features mall/cluster

bench: ## Measures the mall against a bare floor in the same run; prints a table and JSON
	scripts/setup build engines
	$(CARGO) build --profile dist --locked -p mall -p bench --features mall/cluster
	scripts/with-engines --durable target/dist/bench

fuzz: ## Thousands of generated requests against the description of the API
	scripts/fuzz

split: ## Runs the mall as five processes that speak HTTP to each other
	scripts/setup build
	$(CARGO) build --release --locked -p mall
	scripts/split

lint: ## Format, clippy without warnings, one TLS implementation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --locked --all-targets --features mall/cluster -- -D warnings
	@! $(CARGO) tree --locked --all-features -i aws-lc-sys >/dev/null 2>&1 || { echo 'aws-lc-sys must not be in the tree'; exit 1; }

api: ## Writes web/api/openapi.json anew from the code
	MALL_WRITE_API=1 $(CARGO) test --locked -p mall --features cluster --test it routes::description

fresh: ## Forgets the demo store
	rm -rf data
