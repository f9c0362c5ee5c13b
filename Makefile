# Every target calls a POSIX script or the yishen command, so that all works without make too.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench bench-step bench-letters bench-national bench-pages bench-sweep soak lock screenshots

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv and fetch browser files (what run does, short of starting anything)
	@./setup

run: ## start web pages and scheduler on http://127.0.0.1:8000 (PORT=8080 make run: another port)
	@./run

test: ## check and test everything: lint, unit, integration, web, browser
	@./test

lint: ## only the checks: ruff, mypy, import contracts
	@./test lint

bench: bench-step bench-letters ## the benches at their ordinary size (under ten minutes)
	@.venv/bin/python -m tests.bench.national_year 10000
	@.venv/bin/python -m tests.bench.pages 10000

bench-step: ## one human step against the very SQL it issues, on both databases; ends with a line of JSON
	@./setup --dev
	@.venv/bin/python -m tests.bench.step

bench-national: ## a national year of N=1000000 requests on PostgreSQL: every page against an index probe
	@./setup --dev
	@.venv/bin/python -m tests.bench.national_year $(or $(N),1000000)

bench-pages: ## lists among N=100000 cases as a browser opens them, against their rows and the bare template
	@./setup --dev
	@.venv/bin/python -m tests.bench.pages $(or $(N),100000)

bench-sweep: ## a sweep with 1,000 due among N=1000000 open cases, and two schedulers against one; ends with JSON
	@./setup --dev
	@.venv/bin/python -m tests.bench.sweep $(or $(N),1000000)

soak: ## the long runs: random paths, kill -9 of every process, N=1000 cases; under an hour; ends with a line of JSON
	@./setup --dev
	@.venv/bin/python -m tests.soak $(or $(N),1000)

bench-letters: ## what rendering a letter costs, against docxtpl
	@.venv/bin/python -m tests.bench.letters

lock: ## renew the lock files within the ranges of pyproject.toml and package.json
	@./setup
	.tool/bin/uv lock --quiet --upgrade
	.tool/bin/uv export --quiet --frozen --no-header --no-emit-project --no-dev --group build --output-file requirements.lock.txt >/dev/null
	.tool/bin/uv export --quiet --frozen --no-header --no-emit-project --group dev --group build --output-file requirements-dev.lock.txt >/dev/null
	.tool/bin/uv export --quiet --frozen --no-header --no-emit-project --only-group tool --output-file requirements-tool.lock.txt >/dev/null
	cd webui/frontend && npm update --package-lock-only --ignore-scripts --loglevel=error

screenshots: ## take the pictures of docs/ anew (needs chromium)
	@./setup --dev
	.venv/bin/python -m tests.browser.screenshots
