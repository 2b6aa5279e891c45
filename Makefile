# Two commands matter: `make run` starts a seeded mall, `make test` sets up what the tests need and passes them all.
.DEFAULT_GOAL := help
.PHONY: help run test web e2e vitals bench fuzz split lint api fresh
CARGO ?= cargo

help: ## Lists these commands
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

run: web ## Builds the mall and starts the demo store at http://127.0.0.1:8080
	scripts/setup build
	$(CARGO) build --release --locked -p mall
	exec target/release/mall demo

test: web ## Installs what the tests need (Debian), starts private engines, runs every test, then the shop in a browser
	scripts/setup build engines browser
	scripts/with-engines env MALL_TEST_ALL=1 $(CARGO) test --workspace --locked --features mall/cluster,rush/cluster
	cd web && npm test && npm run e2e

web: web/shop/dist/index.html ## Builds the shop's pages, which the binary carries

web/shop/dist/index.html: web/node_modules/.package-lock.json $(shell find web/api web/shop -name node_modules -prune -o -name dist -prune -o -type f -print)
	cd web && npm run build

web/node_modules/.package-lock.json: web/package-lock.json
	scripts/setup node
	cd web && npm ci --loglevel=error
	touch $@

e2e: web ## Buys, fails, reviews and searches in a real browser, against malls of its own
	scripts/setup build browser
	$(CARGO) test --workspace --locked --features mall/cluster,rush/cluster --no-run
	cd web && npm run e2e

vitals: web ## What a first visit costs on a slow phone, with a release build
	scripts/setup build browser
	$(CARGO) build --release --locked -p mall
	cd web/e2e && MALL_BIN=../../target/release/mall npx playwright test figures

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

lint: web ## Format, clippy and types without warnings, one TLS implementation
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --locked --all-targets --features mall/cluster,rush/cluster -- -D warnings
	cd web && npm run check
	@! $(CARGO) tree --locked --all-features -i aws-lc-sys >/dev/null 2>&1 || { echo 'aws-lc-sys must not be in the tree'; exit 1; }

api: web/node_modules/.package-lock.json ## Writes web/api/openapi.json anew from the code, and the types from it
	MALL_WRITE_API=1 $(CARGO) test --locked -p mall --features cluster --test it routes::description
	cd web && npm run api

fresh: ## Forgets the demo store
	rm -rf data
