# The commands of this project. `make` alone lists them.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
# What checks and tests need of the operating system; installed when we are root, else named.
PROGRAMS := venv java mvn redis-server promtool chromium pango harfbuzz-subset dejavu

.PHONY: demo demo-down bench soak fire platforms nightly quality crisis
.PHONY: listening forecasts
.PHONY: help setup programs lock check compose-check fix test

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

setup: .venv/ready ## make the virtual environment, download broker and store
	$(BIN)/veche stack fetch

programs:
	@$(PYTHON) deploy/native/system.py $(PROGRAMS)

.venv/ready: requirements/dev.txt pyproject.toml | programs
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

lock: ## pin and hash what requirements/*.in name (needs `pip install uv`)
	for set in runtime dev; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --upgrade \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements/$$set.in -o requirements/$$set.txt; done

check: .venv/ready compose-check ## verify everything that needs no running part
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

compose-check: .venv/ready ## load docker-compose.yml with Compose's own loader
	$(BIN)/python -m deploy.native.compose docker-compose.yml

fix: .venv/ready ## mend what can be mended
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: setup ## run all tests; starts and stops the parts they need
	$(BIN)/pytest

demo: setup ## play a day of two communities; DATA=path imports a Slack or Stack Exchange export instead
	$(BIN)/python -m demo $(if $(DATA),--data $(DATA)) $(if $(SEED),--seed $(SEED))

demo-down: ## stop what the demo left running
	VECHE_STATE=.veche/demo $(BIN)/veche stack down

bench: setup ## measure each consumer against the bare loop, and the webhook against a bare endpoint
	$(BIN)/python -m bench

platforms: setup ## write docs/platforms.md: what each platform can tell, and what became of the collected payloads
	$(BIN)/python -m tests.real_data.platforms_page

nightly: setup ## change real payloads 20,000 times a connector; the result goes to docs/nightly.md
	$(BIN)/python -m tests.real_data.nightly

quality: .venv/ready ## measure classifiers and rules on labelled texts; the result goes to docs/moderation-quality.md
	$(BIN)/python -m tests.real_data.moderation_quality

crisis: .venv/ready ## plant surges into a real history and look who finds them; the result goes to docs/crisis-quality.md
	$(BIN)/python -m tests.real_data.crisis_quality

listening: .venv/ready ## measure how well tone and topics are told; the result goes to docs/listening-quality.md
	$(BIN)/python -m tests.real_data.listening_quality

forecasts: .venv/ready ## forecast both real histories day by day; the result goes to docs/forecast-quality.md
	$(BIN)/python -m tests.real_data.forecast_quality

fire: setup ## carry 10,000 acts out on platforms where everything goes wrong, and kill processes 20 times
	VECHE_FIRE_ACTS=10000 VECHE_FIRE_ROUNDS=10 $(BIN)/pytest tests/journey/test_delivery_under_fire.py

soak: setup ## send a million webhook events through the edge; memory stays flat and none is lost (EVENTS=number)
	$(BIN)/python -m bench.soak $(if $(EVENTS),--events $(EVENTS))
