# SPDX-License-Identifier: Apache-2.0
#
# The main targets are `make image` and `make test`; `make help` lists the others.

SWIFT   ?= swift
PREFIX  ?= /usr/local
DESTDIR ?=
JSON    ?= .build/bench/results.json
PLOT    ?= .build/bench/results.svg
ROUNDS  ?= 3
GROWTH  ?= --growth
README  ?=
CONFIG  ?= release
FILTER  ?=

TOOL    := .build/release/opencode-docker

# The static program that `verify` runs inside a container; it is built beside the tool.
PROBE ?= .build/release/opencode-docker-probe

# The static program that connects a container with the proxy of `run --network allow`.
FORWARDER ?= .build/release/opencode-docker-forwarder

.DEFAULT_GOAL := help
.PHONY: help setup libraries build image test nightly-tests breadth unit house check format fuzz sanitize bench install uninstall package clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Install missing Debian packages that this project needs
	@scripts/setup

libraries:
	@scripts/static-libraries

build: libraries ## Compile the tool (CONFIG=debug for a debugger)
	$(SWIFT) build -c $(CONFIG)

image: setup build ## Build the image and verify it; without the agent's download, the -base image
	@TOOL=$(TOOL) OPENCODE_DOCKER_PROBE=$(PROBE) scripts/image

unit: libraries ## Run the tests that need neither network nor root (FILTER=... chooses suites or tests by a pattern)
	$(SWIFT) test -c release --disable-xctest --disable-testable-imports --skip IntegrationTests $(if $(FILTER),--filter '$(FILTER)')

house: ## Run the gate's rules on layering, sizes and documentation alone: seconds, nothing else is compiled
	@SWIFT="$(SWIFT)" scripts/check/house

test: libraries ## Run all tests: unit, and as root the engines, the mirror, the whole program (TARGETS=... chooses)
	@SWIFT="$(SWIFT)" scripts/test $(TARGETS)

nightly-tests: libraries ## Run the suites that `make test` skips: slow ones, and those with validators of the Python index; and breadth
	@SWIFT="$(SWIFT)" scripts/test nightly

breadth: build ## Compare images of 350 difficult packages with mmdebstrap's files (root; hours; BATCHES=... chooses)
	@unshare --mount --propagation private /usr/bin/python3 -B Tests/breadth/run.py $(TOOL) $(BATCHES)

check: libraries ## Run the gate: format, licence, words, sizes, shell, layering, documentation
	@SWIFT="$(SWIFT)" scripts/check/all

format: ## Format the Swift files in place
	$(SWIFT) format --in-place --parallel --recursive Package.swift Sources Tests

fuzz: libraries ## Run libFuzzer on each parser of untrusted bytes, FUZZ_SECONDS (60) each; TARGETS=... chooses
	@SWIFT="$(SWIFT)" scripts/fuzz $(TARGETS)

sanitize: libraries ## Run the unit tests under the address sanitizer, then the thread sanitizer (compiles everything twice)
	@SWIFT="$(SWIFT)" scripts/sanitize

bench: build ## Measure against mmdebstrap, docker build, buildah and apt on this machine (root; takes minutes)
	Benchmarks/run --tool $(TOOL) --rounds $(ROUNDS) $(GROWTH) --json $(JSON) --plot $(PLOT) $(if $(README),--readme $(README))

install: build ## Copy the tool, completions and manual pages below PREFIX (DESTDIR is put in front)
	@TOOL=$(TOOL) PROBE=$(PROBE) FORWARDER=$(FORWARDER) DESTDIR="$(DESTDIR)" scripts/install-files "$(PREFIX)"

uninstall: ## Remove the files of `make install` below PREFIX
	@DESTDIR="$(DESTDIR)" scripts/uninstall-files "$(PREFIX)"

package: build ## Make a Debian package of the tool in dist/
	@TOOL=$(TOOL) PROBE=$(PROBE) FORWARDER=$(FORWARDER) scripts/package dist

clean: ## Remove the build output (downloads stay in the store)
	rm -rf .build dist
