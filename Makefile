# Everything a person or the CI runs. Each target sets up what it needs by itself;
# a second call finds stamps under .venv/stamps and does nothing.

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup demo test test-fast check bench golden assets lock clean

VENV := .venv
BIN := $(VENV)/bin
STAMPS := $(VENV)/stamps

# The lock's own checksum names the stamp: a changed lock is a missing stamp.
LOCK_STAMP := $(STAMPS)/packages-$(shell cksum < requirements.lock | tr ' ' -)
PROJECT_STAMP := $(STAMPS)/project-$(shell cksum < pyproject.toml | tr ' ' -)
# Flow's compiled kernel is kept per user, by the checksum of its sources.
KERNEL_STAMP := $(STAMPS)/kernel-$(shell cat twin/flow/kernel/*.py | cksum | tr ' ' -)

# Debian's names. Drawing without a screen: EGL and Mesa's software renderer.
DRAW_LIBRARIES := libegl1 libgl1 libgl1-mesa-dri
# A window on a screen of our own: Xvfb, and what Qt's X11 plugin links.
WINDOW_LIBRARIES := xvfb xauth libglib2.0-0 libfontconfig1 libdbus-1-3 \
  libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 \
  libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libx11-xcb1

# $(call install_libraries,NAMES): install what dpkg lacks; elsewhere trust the user.
# Debian 13 renamed some packages to NAMEt64.
define install_libraries
( command -v dpkg-query >/dev/null 2>&1 || exit 0; \
present=" $$(dpkg-query -W -f '$${db:Status-Status}:$${Package} ') "; \
missing=""; \
for name in $(1); do case "$$present" in \
  *" installed:$$name "*|*" installed:$${name}t64 "*) ;; \
  *) missing="$$missing $$name" ;; esac; done; \
[ -n "$$missing" ] || exit 0; \
if [ "$$(id -u)" != 0 ]; then \
  echo "make: system libraries are missing; run: sudo apt-get install$$missing" >&2; \
  exit 1; fi; \
echo "installing system libraries:$$missing"; \
log=$$(mktemp); export DEBIAN_FRONTEND=noninteractive; \
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends $$missing; } \
  >"$$log" 2>&1; failed=$$?; \
[ $$failed = 0 ] || { tail -n 3 "$$log" >&2; \
  echo "make: apt-get failed; look above, then run: apt-get install$$missing" >&2; }; \
rm -f "$$log"; exit $$failed )
endef

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(PROJECT_STAMP) $(KERNEL_STAMP) all-libraries ## install all that any target needs

demo: $(PROJECT_STAMP) draw-libraries ## the battery-removal cell: picture, film, recording, KPIs
	@$(BIN)/flins demo

# A screen of our own, with a free number, gone when the tests are: the pictures
# then come from the software renderer wherever they are made.
UNDER_XVFB := env -u WAYLAND_DISPLAY QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 \
  xvfb-run -a -s "-screen 0 1920x1200x24 -nolisten tcp"

# One process a core. The tests of a file stay together, since they share its runs.
SIDE_BY_SIDE := -n auto --dist loadfile

test: setup ## all tests
	@$(UNDER_XVFB) $(BIN)/python -m pytest $(SIDE_BY_SIDE) $(PYTEST)

test-fast: setup ## the tests of a second or less
	@$(UNDER_XVFB) $(BIN)/python -m pytest -m "not slow" $(SIDE_BY_SIDE) $(PYTEST)

golden: setup ## approve the pictures as drawn now; look at them before you commit
	@$(UNDER_XVFB) $(BIN)/python -m pytest tests/viewer --golden-approve $(PYTEST)

check: $(PROJECT_STAMP) ## format, lint, types, import contracts, stored assets
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy twin server viewer
	@$(BIN)/lint-imports
	@$(BIN)/python -m assets.makers --check

bench: $(KERNEL_STAMP) draw-libraries ## what flow and physics cost, as JSON
	@$(BIN)/flins bench flow --json
	@$(BIN)/flins bench physics --json

assets: $(PROJECT_STAMP) ## make the meshes anew, byte for byte
	@$(BIN)/python -m assets.makers

lock: ## resolve the dependencies anew (needs uv)
	@command -v uv >/dev/null 2>&1 || { \
	  echo "make lock: uv is missing; run: pip install uv" >&2; exit 1; }
	@uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --quiet -o requirements.lock

clean: ## remove what was set up and what was made
	@rm -rf $(VENV) out dist build

.PHONY: draw-libraries all-libraries
draw-libraries:
	@$(call install_libraries,$(DRAW_LIBRARIES))

all-libraries:
	@$(call install_libraries,$(DRAW_LIBRARIES) $(WINDOW_LIBRARIES))
	@command -v xvfb-run >/dev/null 2>&1 || { \
	  echo "make: xvfb-run is missing; install Xvfb and xauth" >&2; exit 1; }

# PYTHON=... chooses another one. Physics has wheels for 3.11 alone, so that first.
$(BIN)/python:
	@python=""; for name in $(PYTHON) python3.11 python3 python3.12 python3.13; do \
	  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then python=$$name; break; fi; done; \
	[ -n "$$python" ] || { \
	  echo "make: no Python 3.11 or newer; run: apt-get install python3" >&2; exit 1; }; \
	version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	$$python -c 'import ensurepip, venv' 2>/dev/null || \
	  $(call install_libraries,python$$version-venv) || exit 1; \
	case "$$version-$$(uname -sm)" in "3.11-Linux x86_64") ;; \
	  *) echo "make: physics has no wheel for Python $$version on $$(uname -sm);" \
	    "everything else will work" >&2 ;; esac; \
	$$python -m venv $(VENV)

$(LOCK_STAMP): | $(BIN)/python
	@echo "installing packages from requirements.lock (some minutes the first time)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --require-hashes -r requirements.lock
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/packages-* && touch $@

$(PROJECT_STAMP): $(LOCK_STAMP)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-index --no-build-isolation --editable .
	@mkdir -p $(STAMPS) && rm -f $(STAMPS)/project-* && touch $@

# A minute of the smallest plant compiles all of it: there is one kernel for every plant.
$(KERNEL_STAMP): $(PROJECT_STAMP)
	@echo "compiling the flow kernel (a minute or two, once)"
	@$(BIN)/flins run scenarios/textbook/mm1.yaml --until 1min --warm-up 0s \
	  --replications 1 --processes 1 --json >/dev/null
	@rm -f $(STAMPS)/kernel-* && touch $@
