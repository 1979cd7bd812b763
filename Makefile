# make demo: scaffold a fictional town and build its site.   make test: everything that CI checks.
PYTHON ?= python3
BIN := .venv/bin
RUN := PATH="$(CURDIR)/$(BIN):$$PATH" NO_MKDOCS_2_WARNING=1
VERSION = $(shell sed -n 's/^__version__ = "\(.*\)"/\1/p' hooks/policywright/__init__.py)
WHEEL = dist/policywright-$(VERSION)-py3-none-any.whl
# The template's names have blanks, as in “{% if … %}”.
SOURCES = $(shell find hooks content docs/guidance docs/how-to cookiecutter-policy -type f -not -name '*.pyc' | sed 's/ /\\ /g') pyproject.toml PACKAGE.md
DEMO := build/demo
TOWN := $(DEMO)/town-of-exampleton-social-media-policy
TEMPLATE := hooks/guidance.py $(wildcard cookiecutter-policy/*.py cookiecutter-policy/hooks/*.py cookiecutter-policy/*/hooks/*.py)
CHECKERS := build/npm/node_modules
BIOME := $(and $(shell command -v node),$(wildcard $(CHECKERS)/.bin/biome))
HAS_CHECKERS := $(and $(shell command -v java),$(shell command -v node),$(wildcard $(CHECKERS)/vnu-jar),$(wildcard $(CHECKERS)/yaml-language-server))
LEFT_OUT := $(if $(shell command -v chromium),$(if $(HAS_CHECKERS),,-m "not tools"),-m "not browser and not tools")

UNCHECKED := The style sheet and the script are not checked: that needs Node, and Biome from “make checkers”.

.PHONY: demo new test fast coverage lint test-lowest test-pythons docs pictures bench supply release-check generated sample clean

demo: $(BIN)/.scaffold $(WHEEL)
	rm -rf $(DEMO)
	$(RUN) cookiecutter . --no-input --output-dir $(DEMO) agency_name="Town of Exampleton" short_name="the Town" \
	  jurisdiction=us_local agency_kind=municipal_general elected_officials=yes preset=two_way forge=gitlab
	$(RUN) mkdocs build --quiet --config-file $(TOWN)/mkdocs.yml
	@echo
	@$(RUN) policywright check $(TOWN) --least blocker
	@echo "The site of the Town of Exampleton is in $(TOWN)/site; open $(TOWN)/site/index.html"
	@echo "To answer in your browser, and see conflicts as you answer, run: $(BIN)/policywright answer $(TOWN)"

new: $(BIN)/.scaffold $(WHEEL)
	$(RUN) cookiecutter . --output-dir $(or $(OUT),build)

test: lint
	$(RUN) pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(LEFT_OUT)

fast: $(BIN)/.dev
	$(RUN) pytest -m "not slow and not browser"

coverage: $(BIN)/.dev
	$(RUN) pytest --numprocesses 3 --cov --cov-report=term @tests/cases/measured.txt

lint: $(BIN)/.dev
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) mypy --no-explicit-package-bases $(TEMPLATE)
	PYTHONPATH=hooks $(RUN) lint-imports --no-logo
	$(RUN) deptry --no-ansi hooks
	$(RUN) yamllint --strict content docs mkdocs.yml tests
	$(RUN) djlint --quiet hooks/policywright/pages/frames content
	$(if $(BIOME),$(BIOME) lint --error-on-warnings hooks/policywright/pages/assets hooks/policywright/portfolio/assets,@echo "$(UNCHECKED)" >&2)
	$(RUN) python -m tests.tools.english
	$(RUN) reuse lint --quiet || { $(RUN) reuse lint --lines; exit 1; }

test-lowest: $(BIN)/.scaffold
	$(RUN) sh tests/tools/lowest.sh

test-pythons:
	for version in 3.11 3.12 3.13; do sh tests/tools/one_python.sh $$version || exit 1; done

docs: $(BIN)/.dev
	$(RUN) mkdocs build --strict
	@echo "This repository's site is in site; open site/index.html"

pictures: $(BIN)/.dev
	rm -rf build/pictures
	$(RUN) cookiecutter . --no-input --output-dir build/pictures repo_name=town
	cp -R tests/cases/town/. build/pictures/town
	$(RUN) mkdocs build --quiet --config-file build/pictures/town/mkdocs.yml
	$(RUN) python -m tests.tools.screenshots --pictures build/pictures/town/site docs/assets
	@echo "The pictures of the landing page are new; run: make docs"

bench: $(BIN)/.dev $(WHEEL)
	$(RUN) python -m tests.tools.bench
	$(RUN) python -m tests.tools.growth
	$(RUN) python -m tests.tools.fuzz

supply: $(BIN)/.dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(RUN) python -m tests.tools.supply

checkers: $(CHECKERS)/yaml-language-server

release-check: $(BIN)/.dev
	$(RUN) python -m tests.tools.release

generated: $(BIN)/.dev
	$(RUN) python -m tests.tools.generated

sample: $(BIN)/.dev
	$(RUN) python -m tests.tools.sample

clean:
	rm -rf build dist site

$(WHEEL): $(SOURCES) | $(BIN)/.scaffold
	$(RUN) python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

$(CHECKERS)/yaml-language-server:
	npm install --fetch-retries=1 --fetch-retry-mintimeout=1000 --fetch-timeout=60000 --no-save --no-audit --no-fund --ignore-scripts --loglevel=error --prefix build/npm \
	  @biomejs/biome@2.6 axe-core@4 lighthouse@12 vnu-jar@26 yaml-language-server@1

$(BIN)/python:
	$(PYTHON) -m venv .venv

$(BIN)/.scaffold: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(BIN)/.dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@ $(BIN)/.scaffold
