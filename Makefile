# make demo   the example site, collected and served at http://127.0.0.1:8000 (PORT=9000 for another port)
# make test   all tests; installs what they need (Debian's packages only when run as root on Debian)
# make check  tests, ruff and mypy
# make matrix the tests under every supported Python and Django that is here (or ENVIRONMENTS="py313-django61 …")
# make smoke  the release, installed and used in empty environments under every supported Python and Django that is here
# make release  the wheel and the source distribution of what is committed, in dist/ (a folder: DIST=…)
# make containers  the images of `stator docker`, built and run with Buildah and Podman (five to ten minutes; root on Debian)
# make docs   the documentation, in docs/_build/html; any warning is an error
# make links  asks every address that the documentation links to (the network)
# make bench  the benchmarks, compared with Django, WhiteNoise, ServeStatic and django-storages in the same run (three hours)

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.PHONY: demo test test-code test-programs check lint matrix smoke release containers docs links bench clean

demo: .venv/demo
	@$(BIN)/python scripts/demo --port $(PORT)

test: test-code test-programs

# Two halves, so that CI can run them side by side: what is asked of our code alone, and what of servers,
# stores, browsers and build tools.
test-code: .venv/dev parts
	$(BIN)/python -m pytest -m "not other_programs"

test-programs: .venv/dev parts
	$(BIN)/python -m pytest -m other_programs

check: lint test

lint: .venv/dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

matrix: .venv/dev parts
	scripts/matrix $(ENVIRONMENTS)

smoke: .venv/dev
	$(BIN)/python scripts/smoke

release: .venv/dev
	scripts/build-release $(or $(DIST),dist)

containers: .venv/dev
	scripts/container-base-images
	STATOR_CONTAINERS=1 $(BIN)/python -m pytest tests/containers/real

docs: .venv/dev
	$(BIN)/python scripts/generate-docs
	$(BIN)/python -m sphinx --fail-on-warning --keep-going --jobs auto --builder html docs docs/_build/html

links: .venv/dev
	$(BIN)/python -m sphinx --builder linkcheck --quiet docs docs/_build/links

bench: .venv/bench parts
	$(BIN)/python -m benchmarks.serve
	$(BIN)/python -m benchmarks.collect
	$(BIN)/python -m benchmarks.publish
	$(BIN)/python -m benchmarks.rolling
	$(BIN)/python -m benchmarks.start

.PHONY: parts
parts: .venv/dev
	scripts/install-test-parts

.venv/pip:
	@$(PYTHON) -c 'import sys; sys.exit("Stator needs Python 3.11 or later; PYTHON=python3.12 make … chooses one.") if sys.version_info < (3, 11) else None'
	@echo "Setting up a virtual environment in .venv ..."
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	@touch $@

.venv/demo: .venv/pip pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group example
	@touch $@

.venv/dev: .venv/pip pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	@touch $@ .venv/demo

.venv/bench: .venv/dev
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	@touch $@

clean:
	rm -rf .venv .tox .parts build dist docs/_build tests/oracles/node_modules
	rm -rf examples/library/static_root examples/library/.stator-cache examples/library/media examples/library/db.sqlite3
