# What a person and CI call; `make` alone lists it. Needs the .NET SDK and git; faults, soak and bench a redis-server as well.
SOLUTION := Dashtam.Jobs.sln
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.DEFAULT_GOAL := help
.PHONY: help run build build-release test test-unit test-integration garnet format lint verify faults faults-upgrade faults-python-schedules faults-docker soak \
	secrets images tools new-job add remove outdated \
	dev-up dev-down dev-restart dev-status dev-logs dev-shell dev-redis-cli dev-psql dev-test dev-smoke \
	bench bench-against bench-smoke bench-micro bench-report bench-build \
	docs-site docs-build docs-serve docs-generate docs-browser

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## a scheduler and a worker on this machine, until Ctrl-C; needs no Redis and no database
	@dotnet build Dashtam.Jobs.Scheduler --nologo -v quiet
	@dotnet build Dashtam.Jobs.Worker --nologo -v quiet
	@deploy/run-local.sh

new-job: ## make a job and its test, NAME=verb_noun DOMAIN=Folder; both compile and pass as they are
	@tools/new-job.sh "$(NAME)" "$(DOMAIN)"

build: ## compile everything; warnings are errors, known vulnerabilities in packages too
	dotnet build $(SOLUTION) --nologo -v minimal

ANALYZERS ?= true
build-release: ## compile everything as the images hold it: no embedded Redis
	dotnet build $(SOLUTION) --nologo -v minimal -c Release -p:RunAnalyzers=$(ANALYZERS)

test: ## all tests, and which lines they ran (TestResults/coverage); fails below the floor of .ci/coverage
	@.ci/test --coverage

test-unit: ## the tests that need no service
	@.ci/test --filter Category=Unit

test-integration: ## the tests that need Redis or PostgreSQL
	@.ci/test --filter Category=Integration

garnet: ## try another embedded Garnet in a copy of the source, VERSION=2.2.11: what must pass before it is taken
	@deploy/try-garnet.sh "$(VERSION)"

FAULTS ?= 1000
MINUTES ?= 30
SECONDS ?= 180
faults: ## break everything FAULTS=1000 times, on a real Redis, and check what was promised; SEED=n replays a run
	@dotnet build bench/Dashtam.Jobs.Faults --nologo -v quiet
	@dotnet run --project bench/Dashtam.Jobs.Faults --no-build -- --faults $(FAULTS) $(if $(SEED),--seed $(SEED))

faults-upgrade: FAULTS = 300
faults-upgrade: ## make faults while workers and schedulers of the commit FROM=… and of this tree take turns; NOT_PROMISED="Unanswered" by that commit
	@[ -n "$(FROM)" ] || { echo 'make faults-upgrade: name the other commit: make faults-upgrade FROM=HEAD~1' >&2; exit 2; }
	@dotnet build bench/Dashtam.Jobs.Faults --nologo -v quiet
	@build=$$(bench/build-commit.sh Dashtam.Jobs.Faults "$(FROM)") && \
	dotnet run --project bench/Dashtam.Jobs.Faults --no-build -- --faults $(FAULTS) $(if $(SEED),--seed $(SEED)) --other-build "$$build" \
		$(if $(NOT_PROMISED),--not-promised $(NOT_PROMISED))

faults-python-schedules: ## fire what Python producers scheduled for SECONDS=180 while schedulers are killed, and measure idle entries
	@dotnet build bench/Dashtam.Jobs.Faults --nologo -v quiet
	@dotnet run --project bench/Dashtam.Jobs.Faults --no-build -- python-schedules --seconds $(SECONDS)

faults-docker: ## the same on the docker deployment: kill, pause, disconnect, partition; needs docker compose, and root for iptables
	@deploy/faults.sh

secrets: ## random secrets for the sample deployment, into deploy/secrets; what is there stays
	@deploy/secrets.sh

# Development in containers (docs/how-to/develop-in-containers.md). What is on make's command line reaches the script as a variable.
dev-up: ## scheduler and worker in containers, built anew when a file is saved, with Redis and PostgreSQL; needs docker compose
	@deploy/dev.sh up

dev-down: ## stop and remove these containers; VOLUMES=1: their data and caches too
	@deploy/dev.sh down

dev-restart: ## restart scheduler and worker, or SERVICE=redis
	@deploy/dev.sh restart "$$SERVICE"

dev-status: ## which of these containers run, and which are healthy
	@deploy/dev.sh status

dev-logs: ## follow the logs, of all or of SERVICE=worker; FOLLOW=0 prints what there is
	@deploy/dev.sh logs "$$SERVICE"

dev-shell: ## a shell in the worker's container, or in that of SERVICE=redis
	@deploy/dev.sh shell "$$SERVICE"

dev-redis-cli: ## redis-cli in the container of Redis; CMD="LLEN dashtam:jobs" runs one command
	@deploy/dev.sh redis-cli "$$CMD"

dev-psql: ## psql in the container of PostgreSQL; SQL="SELECT count(*) FROM sessions" runs one statement
	@deploy/dev.sh psql "$$SQL"

dev-test: ## all tests inside a container, on its Redis and PostgreSQL; TESTS=Category=Unit: those of a filter
	@deploy/dev.sh test "$$TESTS"

dev-smoke: ## try these on a copy of the source, in containers of its own; three edits are to be live within SMOKE_SECONDS=10; SMOKE_TESTS=Category=Unit
	@deploy/dev-smoke.sh

# Packages (docs/how-to/add-a-package.md).
add: ## add or update PKG=Name of VERSION=newest in TO=Core|Scheduler|Worker|Tests; GROUP=dev|docs; says licence and vulnerabilities
	@tools/packages.sh add

remove: ## remove PKG=Name from every project, or from TO=Core|Scheduler|Worker|Tests
	@tools/packages.sh remove

outdated: ## list packages and tools of which a newer stable version exists
	@tools/packages.sh outdated

# Only what git and Directory.Build.props know: the labels of an image are no place for a guess, nor for a password in a remote's URL.
images: ## build both images, labelled with version and commit
	@VERSION=$$(sed -n 's:.*<Version>\(.*\)</Version>.*:\1:p' Directory.Build.props) \
	REVISION=$$(git rev-parse HEAD) CREATED=$$(git log -1 --format=%cI) \
	SOURCE=$$(git remote get-url origin 2>/dev/null | sed -E 's#//[^/@]*@#//#') \
	docker compose -f deploy/docker-compose.yml build

# What is measured is published as the images are, compiled ahead of time.
THIS_MACHINE = $(shell dotnet --info | awk '$$1 == "RID:" { print $$2; exit }')
PUBLISH := dotnet publish --nologo -v quiet -c Release -p:RunAnalyzers=false

SOAK_DIR := bench/Dashtam.Jobs.Faults/bin/publish
soak: ## half load without faults for MINUTES=30: how fast memory, handles and keys grow
	@$(PUBLISH) bench/Dashtam.Jobs.Faults -r $(THIS_MACHINE) -o $(SOAK_DIR)
	@dotnet $(SOAK_DIR)/Dashtam.Jobs.Faults.dll soak --minutes $(MINUTES)

# The environment of whoever calls configures nothing that is measured.
BENCH_DIR := bench/Dashtam.Jobs.Bench/bin/publish
BENCH := dotnet $(BENCH_DIR)/Dashtam.Jobs.Bench.dll
ROUNDS ?= 5
REDIS_SERVER ?= redis-server
bench-build:
	@$(PUBLISH) bench/Dashtam.Jobs.Bench -r $(THIS_MACHINE) -o $(BENCH_DIR)

bench: bench-build ## measure beside peers and ceilings; WORKLOAD="w1 w3" PEERS="ours bullmq" ROUNDS=5 REDIS_SERVER=…
	@$(BENCH) --workloads "$(WORKLOAD)" --peers "$(PEERS)" --rounds $(ROUNDS) --redis-server "$(REDIS_SERVER)"

bench-against: ROUNDS = 10
bench-against: WORKLOAD ?= w1 w1c50 w2 w3
bench-against: bench-build ## measure this tree beside the commit REF=…, in turn; WORKLOAD="w1 w1c50 w2 w3" ROUNDS=10 TIMES=10 (times as many jobs)
	@build=$$(bench/build-commit.sh Dashtam.Jobs.Bench "$(REF)" $(THIS_MACHINE)) && \
	$(BENCH) --against "$$build" --workloads "$(WORKLOAD)" --rounds $(ROUNDS) --times $(or $(TIMES),10) --redis-server "$(REDIS_SERVER)"

bench-smoke: bench-build ## show within a minute that the benchmarks run; judges no figures
	@$(BENCH) --smoke --rounds 1 --redis-server "$(REDIS_SERVER)"

FILTER ?= *
bench-micro: ## time and allocations of the wire's code alone, within two minutes; FILTER='*Result*'
	@dotnet build bench/Dashtam.Jobs.Microbench --nologo -v quiet -c Release
	@dotnet bench/Dashtam.Jobs.Microbench/bin/Release/net10.0/Dashtam.Jobs.Microbench.dll --filter '$(FILTER)'

RESULTS ?= $(wildcard bench/results/*.jsonl)
bench-report: bench-build ## write RESULTS="bench/results/….jsonl" into docs/performance.md and docs/assets/bench
	@$(BENCH) report $(RESULTS)

# Verification
.PHONY: tools check check-format hooks
# What is not .NET comes from npm: tools/npm pins it with hashes. The .NET tools are pinned by .config/dotnet-tools.json.
tools: ## install the pinned tools of lint and documentation into .tools; needs node 20.18 and npm
	@.ci/tools

format: ## format the code
	dotnet format $(SOLUTION)

# The build checks the style and the analyzers' rules, and fails on a warning; a test, the order of usings. What is left is white space.
check-format: ## check white space in the code, change nothing
	dotnet format whitespace --folder . --verify-no-changes

lint: tools ## check scripts, workflows, YAML, compose files and pages, change nothing; needs shellcheck, yamllint and docker compose
	@.ci/lint

# Before a commit: what fails most often, without a service. The unit tests have no coverage, and those that try thousands of cases are left out.
check: ## lint, format, build and the unit tests, within a minute when little changed; make hooks runs it before each commit
	@set -e; export PARTS=$$(mktemp); trap 'rm -f "$$PARTS"' EXIT; \
	.ci/timed 'lint' $(MAKE) lint; \
	.ci/timed 'format' $(MAKE) check-format; \
	.ci/timed 'build' dotnet build $(SOLUTION) --nologo -v quiet; \
	.ci/test --no-build --filter 'Category=Unit&Category!=Exhaustive'

hooks: ## let git run make check before each commit
	@.ci/hooks

# Release first: each configuration restores its own packages, and the tests below need those of Debug. The analyzers read the code
# once, in Debug, which has all of it but a line that says what Release lacks.
verify: ## all that CI checks: lint, format, both builds, documentation, tests; says at the end how long each took
	@set -e; if [ -z "$$PARTS" ]; then export PARTS=$$(mktemp); trap 'rm -f "$$PARTS"' EXIT; fi; \
	.ci/timed 'lint' $(MAKE) lint; \
	.ci/timed 'format' $(MAKE) check-format; \
	.ci/timed 'build as released' $(MAKE) build-release ANALYZERS=false; \
	.ci/timed 'build for the tests' $(MAKE) build; \
	.ci/timed 'documentation' $(MAKE) docs-site; \
	.ci/test --coverage --no-build

# Documentation
DOCS_PORT ?= 8000
docs-site: ## build the documentation site into site/ and check it; needs mkdocs and mkdocs-material
	@tools/docs/build.sh

docs-build: docs-site ## the same, then compile and run the code on its pages; what runs needs Redis and PostgreSQL
	@.ci/test --filter Category=Documentation

docs-generate: ## write the pages of docs/reference that the code says: settings, command line, keys, log events
	@dotnet run --project tools/docs/Dashtam.Jobs.Docs -- generate

docs-serve: ## serve the site on http://127.0.0.1:8000 and show each edit at once, until Ctrl-C; DOCS_PORT=8000
	@tools/docs/api.sh
	@tools/docs/mkdocs.sh serve --dev-addr 127.0.0.1:$(DOCS_PORT)

docs-browser: docs-site ## open every page of the site in a headless Chromium without a network; pictures in TestResults/docs
	@node tools/docs/browser.mjs
