# Every target calls a POSIX script or the yishen command, so that all works without make too.
.DEFAULT_GOAL := help
.PHONY: help setup run test lint bench-letters lock screenshots

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
