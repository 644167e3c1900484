# SPDX-FileCopyrightText: 2026 the legacy_exchange.winsock_proxy authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# All state lies in .build. Each virtual environment is made again when its requirements change.

PYTHON ?= python3
BUILD := .build
export PYTHONDONTWRITEBYTECODE := 1

.PHONY: help demo docs test test-matrix test-long test-prerelease test-list bench compare lab lab-down release clean
help: ## Show the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Audit and fix a fleet of sample drives; no root, no service
	@$(PYTHON) -m tests.ci.venvs demo
	@$(BUILD)/venv/demo/bin/python examples/demo/run.py

docs: ## Build the pages for the web from the artifact, into .build/site
	@$(PYTHON) -m tests.ci.venvs lint
	@$(BUILD)/venv/lint/bin/python -m tests.docsite.build

# Each of these takes STEP="NAME NAME": these steps alone. ctrl-C ends all within ten seconds.
test: ## Run everything that a change needs; installs what it needs, system packages too when root
	@$(PYTHON) -m tests.ci.run test $(STEP)

test-matrix: ## Run unit tests, scenario and modules on each supported ansible-core and Python
	@$(PYTHON) -m tests.ci.run matrix $(STEP)

test-long: ## Run the tests that take minutes
	@$(PYTHON) -m tests.ci.run long $(STEP)

test-prerelease: ## Have a look at ansible-core's newest pre-release: unit tests, plays and modules
	@$(PYTHON) -m tests.ci.run prerelease $(STEP)

test-list: ## Name the steps of the tests, for STEP
	@$(PYTHON) -m tests.ci.run list

bench: ## Measure side by side with peers, and print the table
	@$(PYTHON) -m tests.ci.run prepare
	@$(PYTHON) -m tests.ci.venvs peers test
	@$(BUILD)/venv/peers/bin/python tests/bench/run.py

compare: ## Run the byte table through other tools that edit INI files
	@$(PYTHON) -m tests.ci.run prepare
	@$(PYTHON) -m tests.ci.venvs peers
	@$(BUILD)/venv/peers/bin/python tests/compare/run.py

lab: ## Start Samba as Windows NT servers on loopback, for trying by hand; FLEET=40 adds 40 more
	@$(PYTHON) -m tests.ci.packages lab
	@$(PYTHON) -m tests.ci.venvs lab
	@$(BUILD)/venv/lab/bin/python -m tests.lab up $(if $(FLEET),--fleet $(FLEET))

lab-down: ## End what lab has started, and remove its folder with the report in it
	@$(PYTHON) -m tests.lab down

# TESTED=COMMIT leaves out the tests, for a commit for which .ci/run passed.
release: ## Check, test and build what galaxy.yml names, and say how to tag and publish it
	@$(PYTHON) -m tests.ci.release $(if $(TESTED),--tested $(TESTED))

# What .gitignore names, and nothing that only the user's own settings ignore.
IGNORED := git ls-files --others --ignored --exclude-from=.gitignore --directory -z
clean: lab-down ## Remove all that was built
	@rm -rf $(BUILD)
	@if [ -e .git ]; then $(IGNORED) | xargs -0 --no-run-if-empty rm -rf --; fi
