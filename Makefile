# `make help` lists the targets. Paths are relative and quoted where needed: the folder's name may contain spaces.

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
MAKEFLAGS += --no-print-directory
# Where the environment forbids bytecode, every process of the tests would compile every module again.
unexport PYTHONDONTWRITEBYTECODE

IN := .venv/bin/python
# The offline bundle brings the wheels along; with them no index is asked.
FROM := $(if $(wildcard wheels),--no-index --find-links wheels)
PIP := $(IN) -m pip install --quiet --quiet --disable-pip-version-check $(FROM) --require-hashes --requirement
# Installs in a tenth of pip's time, but reads no pip.conf: where it does not reach an index, pip does the work.
QUICK := $(IN) -m uv pip install --python $(IN) --quiet --system-certs --require-hashes --requirement
LOCK := $(IN) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links

# What is installed carries a stamp with the sum of the interpreter and the requirements: unless one of them changes,
# nothing is looked at again, and if one does, the environment is made anew.
BASE := $(shell "$(PYTHON)" -c 'import sys; print(sys.base_prefix, sys.version_info[:2])' 2>/dev/null)
SUM = $(firstword $(shell { echo '$(BASE)'; cat $(1); } | cksum))
ENVIRONMENT := .venv/.python-$(call SUM,requirements.txt)
RUNTIME := .venv/.runtime-$(call SUM,requirements.txt)
# Named by both: an environment that was made anew has lost what the tests need.
DEVELOPMENT := .venv/.tests-$(call SUM,requirements.txt requirements-dev.txt)

# `check --deploy` looks at the settings of a production installation; no server is contacted.
PRODUCTION := DATABASE_URL=postgres://db.invalid/qa REDIS_URL=redis://queue.invalid ALLOWED_HOSTS=qa.invalid \
	SECRET_KEY=$$($(IN) -c 'import secrets; print(secrets.token_urlsafe(48))')
# A module's tests stay with one worker, which stages them once, until another has nothing left to do.
WORKERS := -n auto --maxprocesses 4 --dist worksteal
CODE := qa_plan agencies tasks reports tests benchmarks deploy manage.py
# Django's own style of tags and blocks. It leaves the HTML alone: djlint's formatter, when tried, left long inline lines
# as they were and misaligned attributes.
TEMPLATES = find templates -name '*.html' -print0 | xargs -0 .venv/bin/djade --target-version 5.2

# One that fails keeps none of the others from running; `make drill PARTS='sqlite dripping'` runs these two.
PARTS := postgresql sqlite chaos dripping attacks

.DEFAULT_GOAL := help
.PHONY: help run test coverage check fmt lock bundle drill

help: ## Lists the targets (列出命令)
	@sed -n 's/^\([a-z]*\):.*## /make \1\t/p' Makefile

run: $(RUNTIME) ## Sets up and starts everything at http://127.0.0.1:8000; PORT= changes the port (启动)
	@exec $(IN) manage.py run --host '$(HOST)' --port '$(PORT)'

test: $(DEVELOPMENT) ## Runs every test, with PostgreSQL, Redis and a browser of its own (测试)
	$(IN) -m pytest $(WORKERS)
	TEST_DATABASE_URL=sqlite:///:memory: $(IN) -m pytest $(WORKERS) -m any_database tests/agencies tests/pages tests/qa_plan tests/reports tests/tasks

coverage: $(DEVELOPMENT) ## Says which statements no test runs; a third slower than the tests alone (覆盖率)
	@rm -rf var/coverage
	@mkdir -p var/coverage
	$(IN) -m coverage run -m pytest $(WORKERS) -m 'not browser'
	@$(IN) -m coverage combine --quiet
	$(IN) -m coverage report --include 'tasks/*,agencies/*,reports/*'

check: $(DEVELOPMENT) ## Lint, format, types, templates, import rules, deployment, missing migrations (检查)
	$(IN) -m ruff check $(CODE)
	$(IN) -m ruff format --check $(CODE)
	$(IN) -m mypy
	$(IN) -m djlint --lint --quiet templates
	$(TEMPLATES) --check
	$(IN) .venv/bin/lint-imports
	$(PRODUCTION) $(IN) manage.py check --deploy --fail-level WARNING
	QA_PLAN_VAR=var/check $(IN) manage.py makemigrations --check --dry-run

fmt: $(DEVELOPMENT) ## Formats the code and the templates (格式化)
	$(IN) -m ruff check --fix $(CODE)
	$(IN) -m ruff format $(CODE)
	$(TEMPLATES) || $(TEMPLATES) --check  # it fails, too, where it had something to do

bundle: $(RUNTIME) ## An archive in var/bundle that installs and runs without any network (离线安装包)
	@$(IN) deploy/bundle.py

drill: $(DEVELOPMENT) ## Restores 20,000 tasks, kills everything under people's hands, attacks every address; an hour (演练)
	@failed=; for part in $(PARTS); do \
		echo "$$part …"; \
		case $$part in \
			postgresql|sqlite) $(IN) -m benchmarks.restoring --on $$part ;; \
			attacks) $(IN) -m pytest --quiet tests/attacked_forms.py tests/attacks.py && $(IN) -m pytest --quiet tests/test_offices.py --share 1 ;; \
			*) $(IN) -m benchmarks.$$part ;; \
		esac || failed="$$failed $$part"; \
	done; [ -z "$$failed" ] || { echo "Failed:$$failed" >&2; exit 1; }

lock: $(DEVELOPMENT) ## Locks requirements*.in into requirements*.txt, versions and hashes (锁定依赖)
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) requirements.in --output-file requirements.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) requirements-s3.in --output-file requirements-s3.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) requirements-cas.in --output-file requirements-cas.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) requirements-ldap.in --output-file requirements-ldap.txt
	UV_CUSTOM_COMPILE_COMMAND='make lock' $(LOCK) requirements-dev.in --output-file requirements-dev.txt

$(ENVIRONMENT):
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null || \
		{ echo 'Python 3.11 to 3.14 is needed, for example: make run PYTHON=python3.13 (需要 Python 3.11 至 3.14).' >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo 'Python lacks its venv module: apt-get install python3-venv (缺少 venv 模块，请先安装 python3-venv).' >&2; exit 1; }
	@echo 'Installing the packages into .venv, once (首次运行，正在安装依赖) …'
	@"$(PYTHON)" -m venv --clear .venv
	@touch $@

$(RUNTIME): | $(ENVIRONMENT)
	@$(PIP) requirements.txt
	@touch $@

$(DEVELOPMENT): | $(ENVIRONMENT)
	@echo 'Installing what the tests need, once (正在安装测试所需的依赖) …'
	@sed -n '/^uv==/,/[^\\]$$/p' requirements-dev.txt > .venv/uv.txt
	@$(PIP) .venv/uv.txt
	@$(QUICK) requirements-dev.txt 2>/dev/null || $(PIP) requirements-dev.txt
	@touch $@ $(RUNTIME)  # whose packages are among them
