# Every line below also stands in README.md without make. `make reproduce` and `make test` are all
# most readers need; both can be called again at no cost.

PYTHON ?= python3
PY := .venv/bin/python
# More flags for the run: make reproduce ARGS="--cohort mine.csv --codebook mine_codebook.csv --name mine"
ARGS ?=

# One thread in BLAS and OpenMP, so that the same machine gives the same bits.
export OMP_NUM_THREADS = 1
export OPENBLAS_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export PYTHONHASHSEED = 0
export PYDEVD_DISABLE_FILE_VALIDATION = 1

# The environment is stamped by what it was made from: the lock, the package's metadata, the
# Python and the folder. Where one of them changes the stamp's name changes, and it is made anew.
FINGERPRINT = import hashlib, os, sys; \
  made_from = [open(f, "rb").read() for f in ("requirements.lock", "pyproject.toml")]; \
  made_from += [sys.version.encode(), os.getcwd().encode()]; \
  print(hashlib.sha256(b"|".join(made_from)).hexdigest()[:16])
OLD_ENOUGH = import sys; \
  sys.exit(None if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, and " \
  "$(PYTHON) is %d.%d: name another with make PYTHON=python3.12" % sys.version_info[:2])
STAMP := .venv/.made-$(shell $(PYTHON) -c '$(FINGERPRINT)' 2>/dev/null || echo unknown)

.PHONY: help environment reproduce test notebooks reference data check lock clean

help:
	@echo "make reproduce   the environment, the six notebooks, and the comparison with the reference run"
	@echo "make test        lint, unit tests, notebooks against their committed outputs, end to end"
	@echo "make check       read the cohort file and say what is in it; runs nothing (ARGS=\"--cohort ...\")"
	@echo "make notebooks   build notebooks/*.ipynb from notebooks/*.py, with the reference outputs"
	@echo "make reference   run the reference anew: rewrites what is committed under reports/reference"
	@echo "make data        simulate data/cohort_synthetic.csv anew"
	@echo "make lock        resolve requirements.in into requirements.lock (needs uv)"
	@echo "make clean       remove caches; keeps the environment and every run"

environment: $(STAMP)

$(STAMP):
	@command -v $(PYTHON) >/dev/null || \
	  { echo "Python 3.11 or newer is needed, and $(PYTHON) was not found."; exit 1; }
	@$(PYTHON) -c '$(OLD_ENOUGH)'
	@[ "$$($(PY) -V 2>/dev/null)" = "$$($(PYTHON) -V)" ] || rm -rf .venv
	@echo "Making the environment in .venv (about a minute, once)"
	$(PYTHON) -m venv .venv
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(PY) -m compendium compile
	@rm -f .venv/.made-*
	@touch $@

reproduce: $(STAMP)
	$(PY) run_all.py $(ARGS)

test: $(STAMP)
	$(PY) -m ruff check .
	$(PY) -m pytest -n 2 --dist loadfile --nbval tests notebooks

notebooks: $(STAMP)
	$(PY) -m compendium notebooks

reference: $(STAMP)
	$(PY) run_all.py --name reference --force
	$(PY) -m compendium notebooks
	$(PY) -m compendium titlepage

data: $(STAMP)
	$(PY) -m compendium data

check: $(STAMP)
	$(PY) run_all.py --check $(ARGS)

lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header \
	  --no-emit-index-url --quiet --output-file requirements.lock requirements.in

clean:
	rm -rf reports/alone reports/reference/.pending reports/reference/notebooks build src/*.egg-info
	rm -rf .pytest_cache .ruff_cache .hypothesis
	find src tests notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +
