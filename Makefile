# Precompass. The first of these commands sets up .venv from the network, and the first for the page
# or for VS Code what that needs; after that, only `make lock` and `make test-vscode` use it.

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
ARGS :=

# The first Python on the path that is new enough.
PYTHON = $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)

.DEFAULT_GOAL := help
.PHONY: help demo test coverage attack lint bench fuzz walk soak dist binary test-binary release-check lock \
	installed installed-dev docs generated page check-page vsix vsix-bundled test-vscode vscode-pictures

help:
	@echo "make demo    see what each preference of a real Julia environment costs"
	@echo "make test    run the tests; ARGS='-k hover' runs some"
	@echo "make coverage   the same, and say which lines and branches no test runs"
	@echo "make lint    check style and types"
	@echo "make generated   write the pages that the code makes, and the recorded session"
	@echo "make docs    build the documentation site into build/site"
	@echo "make page    rebuild the script of the picture's page, with node; make check-page compares"
	@echo "make bench   measure what the design promises"
	@echo "make attack  attack it in every way of docs/reliability.md; SEED=5 takes another seed,"
	@echo "             ARGS=--full takes hours, not minutes"
	@echo "make fuzz    feed a hundred thousand broken inputs to each reader"
	@echo "make walk    make a hundred thousand random edits, and compare the server with a new one"
	@echo "make soak    ask and edit sixty thousand times, and watch the memory"
	@echo "make dist    build the wheel and the source archive, and check them"
	@echo "make binary  build programs that need no Python; make test-binary compares them with the wheel"
	@echo "make vsix    build the extension for VS Code, with node; make vsix-bundled adds the server"
	@echo "make test-vscode      test it in a real workbench; make vscode-pictures keeps its pictures"
	@echo "make release-check TAG=v1.2.3   tell whether this can be released"
	@echo "make lock    choose the newest versions of what Precompass and its tools need"

demo: installed
	@$(BIN)/python examples/demo.py $(ARGS)

test: installed-dev
	@$(BIN)/python -m pytest $(ARGS)

# Which lines and branches of the two packages the tests run, in all processes. To watch costs half
# of their time again, so the tests that only ask about more inputs are left out.
EXHAUSTIVE := exhaustive or hypothesis
coverage: installed-dev
	@rm -rf build/coverage && mkdir -p build/coverage
	@$(BIN)/coverage run -m pytest -m "not ($(EXHAUSTIVE))"
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage html --quiet
	@$(BIN)/coverage report

lint: installed-dev
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@for platform in linux darwin win32; do \
		$(BIN)/mypy --platform $$platform --cache-dir .mypy_cache/$$platform || exit 1; done
	@$(BIN)/lint-imports --no-cache
	@MYPYPATH=examples $(BIN)/mypy examples

generated: installed-dev
	@$(BIN)/python docs/generate.py
	@$(BIN)/python docs/session.py

docs: generated
	@$(BIN)/python docs/site/assemble.py
	@$(BIN)/zensical build --strict --config-file build/zensical.toml

page: analysis/page/node_modules
	@npm --prefix analysis/page run --silent build

# That the script in the package is what its sources make.
check-page: analysis/page/node_modules
	@npm --prefix analysis/page run --silent check

analysis/page/node_modules: analysis/page/package-lock.json
	@npm --prefix analysis/page ci --silent --no-audit --no-fund && touch $@

# The extension has the version of the package, and a wheel of it.
vsix: installed-dev editors/vscode/node_modules
	@rm -rf editors/vscode/server dist/precompass-[0-9]*.vsix && mkdir -p dist
	@$(BIN)/python -m build --no-isolation --wheel --outdir editors/vscode/server . >/dev/null
	@cp LICENSE editors/vscode/
	@version=$$($(BIN)/python -c 'import precompass; print(precompass.__version__)') && \
		cd editors/vscode && npx --no vsce package "$$version" --no-update-package-json \
		--no-git-tag-version --no-dependencies --out ../../dist/ >/dev/null && \
		echo "dist/precompass-$$version.vsix (install it: code --install-extension dist/precompass-$$version.vsix)"

# The same for this platform alone, with the programs that need no Python.
vsix-bundled: binary editors/vscode/node_modules
	@rm -rf editors/vscode/server dist/precompass-[a-z]*.vsix && mkdir -p editors/vscode/server
	@cp build/binary/wheel/*.whl editors/vscode/server/
	@cp -R build/binary/precompass editors/vscode/server/programs
	@cp LICENSE editors/vscode/
	@version=$$($(BIN)/python -c 'import precompass; print(precompass.__version__)') && \
		platform=$$($(BIN)/python binary/build.py --platform) && \
		cd editors/vscode && npx --no vsce package "$$version" --no-update-package-json \
		--no-git-tag-version --no-dependencies --target "$$platform" --out ../../dist/ >/dev/null
	@rm -rf editors/vscode/server/programs

editors/vscode/node_modules: editors/vscode/package-lock.json
	@npm --prefix editors/vscode ci --silent --no-audit --no-fund && touch $@

test-vscode: $(BIN)/pip
	@tests/editors/vscode/run $(ARGS)

vscode-pictures: test-vscode
	@node editors/vscode/dist/tests/pictures.mjs

# The wheel is measured, with its bytecode: an editable install may have none, and then compiles
# every module at each start.
BENCH := build/bench
MACHINE := benchmarks/machine.py
bench: installed-dev
	@rm -rf $(BENCH) && mkdir -p $(BENCH)
	@$(BIN)/python -m build --no-isolation --wheel --outdir $(BENCH) . >/dev/null
	@$(PIP) install --no-deps --no-index --target $(BENCH)/installed $(BENCH)/*.whl
	@for benchmark in $(MACHINE) $(filter-out $(MACHINE),$(sort $(wildcard benchmarks/*.py))) $(MACHINE); do \
		echo "== $$benchmark"; PYTHONDONTWRITEBYTECODE= PYTHONPATH=$(CURDIR)/$(BENCH)/installed \
		$(BIN)/python $$benchmark $(ARGS) || exit 1; done

# Every attack of docs/reliability.md, and its row there; ARGS=--full makes them as long as before a
# release.
SEED := 0
attack: installed-dev
	@$(BIN)/python tests/fuzzing/attack.py --seed $(SEED) $(ARGS)

fuzz: installed-dev
	@$(BIN)/python tests/fuzzing/mutate.py $(ARGS)

walk: installed-dev
	@$(BIN)/python tests/fuzzing/walk.py $(ARGS)

soak: installed-dev
	@$(BIN)/python tests/fuzzing/soak.py $(ARGS)

dist: installed-dev
	@rm -f dist/precompass-*.whl dist/precompass-*.tar.gz
	@$(BIN)/python -m build --no-isolation --outdir dist . >/dev/null
	@$(BIN)/twine check --strict dist/precompass-*.whl dist/precompass-*.tar.gz

binary: installed-dev
	@$(BIN)/python binary/build.py

test-binary: binary
	@PRECOMPASS_TEST_BINARY=required $(BIN)/python -m pytest tests/binary $(ARGS)

release-check: installed-dev
	@$(BIN)/python .ci/release_check.py $(TAG)
	@$(BIN)/python -m pytest tests/ci

# pip reads both files; --universal makes them fit every Python and platform that is supported.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--custom-compile-command "make lock" pyproject.toml

lock: $(BIN)/pip
	@$(PIP) install uv
	@$(LOCK) --upgrade --extra dev --output-file .ci/requirements-dev.lock
	@$(LOCK) --constraint .ci/requirements-dev.lock --output-file .ci/requirements.lock
	@$(LOCK) --constraint .ci/requirements-dev.lock --extra binary \
		--output-file .ci/requirements-binary.lock

# What is installed is remembered as the files that it was installed from. A lock names every
# package with its version and hashes; the project itself comes without asking for more.
RUNTIME := pyproject.toml .ci/requirements.lock
DEV := pyproject.toml .ci/requirements-dev.lock

installed: $(BIN)/pip
	@cat $(DEV) | cmp -s - $(VENV)/installed-dev || cat $(RUNTIME) | cmp -s - $(VENV)/installed || { \
		echo "Installing Precompass into $(VENV) (only this once)" && \
		$(PIP) install --require-hashes --requirement .ci/requirements.lock && \
		$(PIP) install --no-deps --editable . && cat $(RUNTIME) > $(VENV)/installed; }

installed-dev: $(BIN)/pip
	@cat $(DEV) | cmp -s - $(VENV)/installed-dev || { \
		echo "Installing Precompass and its tools into $(VENV) (only this once)" && \
		$(PIP) install --require-hashes --requirement .ci/requirements-dev.lock && \
		$(PIP) install --no-deps --no-build-isolation --editable . && \
		cat $(DEV) > $(VENV)/installed-dev; }

$(BIN)/pip:
	@test -n "$(PYTHON)" || { \
		echo "Precompass needs Python 3.11 or later, and there is none on the path." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { \
		echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu:" \
			"apt install python3-venv" >&2; exit 1; }
