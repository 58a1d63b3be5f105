# make run     builds .venv with the run-time dependencies and runs the gate
# make test    adds the test dependencies and runs every check
# make fuzz    decides 200,000 random pairs of policies and attacks the answers
# make test-dask  runs the tests of --executor dask, in an environment of their own
# make bench   measures start-up, extraction and the decision procedure, side by side with others
# make lint-ci judges the files of CI with zizmor, actionlint, check-jsonschema and hadolint
# make test-action | test-component | test-buildspec | test-pre-commit | test-image | test-prism
#              tries a way to run the gate, with tools beyond pip; says so where one is absent
# make lock    resolves the dependencies anew into requirements/*.txt
#
# The stamp files in .venv say what is installed. Either install is repeated when the project
# file or its lock changes, and the whole environment is rebuilt when it cannot work any more.

PYTHON ?= python3
ARGS ?= run --config examples/getting-started/.policy-gate.yml

export PIP_DISABLE_PIP_VERSION_CHECK := 1
PIP := .venv/bin/python -m pip install --quiet
COMPILE := .venv/lock/bin/uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --custom-compile-command "make lock"

# An environment breaks when its Python is removed or the checkout is moved.
ORIGIN := "$$(pwd) $(PYTHON)"
USABLE := $(shell { .venv/bin/python -c '' && test "$$(cat .venv/run.stamp)" = $(ORIGIN); } 2>/dev/null && echo yes)

.PHONY: run test test-dask fuzz bench docs screenshot check-sarif lock lint-ci image
.PHONY: test-action test-component test-buildspec test-pre-commit test-image test-prism
ifneq ($(USABLE),yes)
.PHONY: .venv/run.stamp
endif

# 0 (passed) and 2 (failed) mean that the gate did its work.
run: .venv/run.stamp
	@.venv/bin/policy-gate $(ARGS); status=$$?; \
	echo "policy-gate: exit status $$status" >&2; \
	test $$status -eq 0 || test $$status -eq 2

test: .venv/test.stamp
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy --strict
	.venv/bin/pytest

test-dask: .venv/dask.stamp
	.venv/dask/bin/python -m pytest -n0 tests/executors

fuzz: .venv/test.stamp
	.venv/bin/python -m tests.reasoning.fuzz $(FUZZ)
	.venv/bin/pytest tests/linting/test_fuzz.py --hypothesis-profile=many

bench: .venv/bench.stamp
	.venv/bin/python benchmarks/startup.py
	.venv/bin/python benchmarks/extraction.py $(TEMPLATES)
	.venv/bin/python benchmarks/terraform_plans.py $(PLANS)
	.venv/bin/python benchmarks/reasoning.py $(POLICIES)
	.venv/bin/python benchmarks/linting.py $(POLICIES)
	.venv/bin/python benchmarks/runs.py
	.venv/bin/python benchmarks/scale.py $(TEMPLATES)

docs: .venv/run.stamp
	.venv/bin/python -m tools.make_check_pages
	.venv/bin/python -m tools.make_reference_page

screenshot: .venv/run.stamp
	.venv/bin/python -m tools.take_screenshot

check-sarif: .venv/run.stamp
	.venv/bin/python -m tools.check_sarif $(MULTITOOL)

# What GitHub reads, under the names that it reads it by; a component is two YAML documents.
lint-ci: .tools/stamp
	rm -rf .tools/ci && mkdir -p .tools/ci/.github/workflows
	cp .github/workflows/*.yml examples/github/*.yml .tools/ci/.github/workflows/
	cp .github/dependabot.yml .tools/ci/.github/
	cp action.yml .tools/ci/
	sed '1,/^---$$/d' templates/policy-gate.yml >.tools/ci/component.yml
	git init --quiet .tools/ci
	.tools/bin/zizmor --offline .tools/ci
	cd .tools/ci && ../bin/actionlint
	.tools/bin/check-jsonschema --builtin-schema vendor.github-workflows .tools/ci/.github/workflows/*.yml
	.tools/bin/check-jsonschema --builtin-schema vendor.github-actions action.yml
	.tools/bin/check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	.tools/bin/check-jsonschema --builtin-schema vendor.gitlab-ci .tools/ci/component.yml examples/gitlab/.gitlab-ci.yml
	.tools/bin/hadolint Dockerfile
	.tools/bin/pre-commit validate-manifest .pre-commit-hooks.yaml
	.tools/bin/pre-commit validate-config examples/pre-commit/.pre-commit-config.yaml

# -s shows what each tool printed, -rs why a test was skipped.
WAY = WAYS=$@ .venv/bin/pytest -n0 -s -rs

test-action: .venv/test.stamp .tools/stamp
	$(WAY) tests/ways/test_act.py

test-buildspec: .venv/test.stamp
	$(WAY) tests/ways/test_buildspec.py

test-pre-commit: .venv/test.stamp .tools/stamp
	$(WAY) tests/ways/test_pre_commit.py

test-component: .venv/test.stamp
	@command -v npm >/dev/null || echo "test-component needs npm: install Node.js" >&2
	@command -v npm >/dev/null && mkdir -p .tools && cp tests/ways/node/package*.json .tools/ \
		&& npm ci --prefix .tools --no-audit --no-fund --silent || true
	$(WAY) tests/ways/test_component.py

test-prism: .venv/test.stamp
	@command -v npm >/dev/null || echo "test-prism needs npm: install Node.js" >&2
	@command -v npm >/dev/null && mkdir -p .tools/prism && cp tests/ways/prism/package*.json .tools/prism/ \
		&& npm ci --prefix .tools/prism --no-audit --no-fund --silent || true
	$(WAY) tests/ways/test_prism.py

image:
	tools/image.sh build

test-image: .venv/test.stamp image
	IMAGE_RUN="$$(tools/image.sh run)" IMAGE=policy-gate:local $(WAY) tests/ways/test_image.py

lock: .venv/run.stamp
	$(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install --quiet --require-hashes --requirement requirements/uv.txt
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) --upgrade requirements/build.in --output-file requirements/build.txt
	$(COMPILE) --upgrade pyproject.toml --output-file requirements/run.txt
	$(COMPILE) --upgrade pyproject.toml --extra test --constraint requirements/run.txt \
		--output-file requirements/test.txt
	$(COMPILE) --upgrade pyproject.toml --extra bench --constraint requirements/run.txt \
		--output-file requirements/bench.txt
	$(COMPILE) --upgrade pyproject.toml --extra tools --constraint requirements/run.txt \
		--output-file requirements/tools.txt
	$(COMPILE) --upgrade pyproject.toml --extra dask --constraint requirements/test.txt \
		--output-file requirements/dask.txt

# The build backend stays outside the environment: it is no run-time dependency.
.venv/run.stamp: pyproject.toml requirements/build.txt requirements/run.txt
	@command -v $(PYTHON) >/dev/null || { echo "$(PYTHON) is missing:" \
		"install Python 3.11 or newer, or name one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$(PYTHON) is $$($(PYTHON) --version 2>&1), and policy-gate needs Python 3.11" \
		"or newer: name one with make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) has no venv module: on Debian and Ubuntu, apt-get install" \
		"$$($(PYTHON) -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" >&2; \
		exit 1; }
	@echo "Building .venv with the run-time dependencies" >&2
	@$(PYTHON) -m venv --clear .venv >&2
	@$(PIP) --require-hashes --requirement requirements/run.txt >&2
	@$(PIP) --require-hashes --requirement requirements/build.txt --target .venv/build >&2
	@PYTHONPATH="$$(pwd)/.venv/build" $(PIP) --no-build-isolation --no-deps --editable . >&2
	@.venv/bin/python -m compileall -q policy_gate
	@echo $(ORIGIN) >$@

.venv/test.stamp: .venv/run.stamp requirements/test.txt
	@echo "Adding the test dependencies to .venv" >&2
	@$(PIP) --require-hashes --requirement requirements/test.txt >&2
	@touch $@

# The tests of the extra run without installing the project: from the working directory.
.venv/dask.stamp: .venv/run.stamp requirements/test.txt requirements/dask.txt
	@echo "Building .venv/dask with Dask and the test dependencies" >&2
	@$(PYTHON) -m venv --clear .venv/dask >&2
	@.venv/dask/bin/python -m pip install --quiet --require-hashes \
		--requirement requirements/test.txt --requirement requirements/dask.txt >&2
	@touch $@

.venv/bench.stamp: .venv/run.stamp requirements/bench.txt
	@echo "Adding what the benchmarks compare with to .venv" >&2
	@$(PIP) --require-hashes --requirement requirements/bench.txt >&2
	@touch $@

.tools/stamp: requirements/tools.txt
	@echo "Building .tools with what judges the files of CI" >&2
	@$(PYTHON) -m venv --clear .tools
	@.tools/bin/pip install --quiet --require-hashes --requirement requirements/tools.txt >&2
	@touch $@
