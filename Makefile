# Two commands do everything on a fresh Debian machine with a Swift toolchain: `make run` and `make test`.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# Warnings in our own targets are errors while testing, so that they never land; they do not stop a user of a newer compiler.
STRICT := CHAT_STRICT=1
OURS := Package.swift Sources Tests Examples Benchmarks

.PHONY: help run topology test setup setup-test format format-check unit fixture web end-to-end serverless ministack conformance-quick conformance \
	abuse fuzz sanitize bench

help: ## Show this.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup ## Build for release and start ReferenceServer; ARGS="--port 8081 …" is handed on.
	swift build -c release --product ReferenceServer
	exec "$$(swift build -c release --show-bin-path)/ReferenceServer" $(ARGS)

topology: setup ## Start every box of the serverless topology on this machine, and chat through it; ARGS="--tls …" is handed on.
	@scripts/install-packages python3 python3-venv
	for program in ReferenceServer ConnectAuthorizer ConnectHandler DisconnectHandler MessageHandler Gateway Topology; do \
		swift build -c release --product $$program; \
	done
	exec Tests/EndToEnd/dynamodb "$$(swift build -c release --show-bin-path)/Topology" $(ARGS)

test: setup setup-test format-check unit fixture web end-to-end serverless conformance-quick abuse fuzz ministack ## Every check that CI runs.
	@echo "every check passed"

setup: ## Install the system packages that building needs, if they are missing.
	@scripts/install-packages libssl-dev zlib1g-dev libsqlite3-dev pkg-config

setup-test: ## Install what the tests need besides, if it is missing.
	@scripts/install-packages chromium python3 python3-venv nodejs openssl

format: ## Format every Swift file.
	swift format --in-place --recursive $(OURS)

format-check:
	swift format lint --strict --recursive $(OURS)

# One test after the other: on two cores, one that waits for a deadline would wait for the arithmetic of
# another's sign-ins too.
TEST_TARGETS := $(notdir $(wildcard Tests/*Tests))

# ChatAWS is tested on a DynamoDB that somebody else wrote.
unit: setup ## Unit and integration tests.
	$(STRICT) swift build --build-tests
	for target in $(TEST_TARGETS); do \
		with=; if [[ $$target == ChatAWSTests ]]; then with=Tests/EndToEnd/dynamodb; fi; \
		$$with env $(STRICT) timeout 900 swift test --skip-build --no-parallel --filter "^$$target\."; \
	done

fixture: setup ## A package that depends on ChatClient alone fetches and builds no more than it needs.
	scripts/check-dependent

# Debian 12's Node 18 has what every browser has only behind flags.
NODE_18_FLAGS := --experimental-global-webcrypto --experimental-global-customevent

web: ## Tests of the page's modules.
	NODE_OPTIONS="$$(node -p 'process.versions.node.startsWith("18.") ? "$(NODE_18_FLAGS)" : ""')" node --test Tests/Web/*.test.mjs

end-to-end: setup ## ReferenceServer and chat as processes, with other people's clients and a browser.
	$(STRICT) swift build --build-tests
	Tests/EndToEnd/run "$$(swift build --show-bin-path)"

serverless: setup ## The serverless side on this machine: Python handlers on Gateway, boto3 against it, Topology.
	@scripts/install-packages python3 python3-venv
	$(STRICT) swift build --build-tests
	Tests/EndToEnd/serverless/run "$$(swift build --show-bin-path)"

ministack: setup ## deploy.sh against MiniStack, an AWS that somebody else wrote, and the chat on it. Builds the functions for Lambda.
	@scripts/install-packages python3 python3-venv zip binutils
	$(STRICT) swift build --build-tests
	Tests/EndToEnd/serverless/run "$$(swift build --show-bin-path)" functions_test ministack_test

conformance-quick: setup
	$(STRICT) swift build --build-tests
	scripts/conformance "$$(swift build --show-bin-path)"

conformance: setup ## Every case of Autobahn|Testsuite, as server and as client, with and without TLS. Takes about an hour.
	swift build -c release --product EchoServer
	swift build -c release --product EchoClient
	scripts/conformance "$$(swift build -c release --show-bin-path)" full

abuse: setup ## What floods, slow and silent peers do to well-behaved ones. In release; takes about three minutes.
	@scripts/install-packages python3 python3-venv openssl
	swift build -c release --product BroadcastServer
	swift build -c release --product EchoServer
	Tests/EndToEnd/run "$$(swift build -c release --show-bin-path)" abuse

fuzz: setup ## Feeds frames, deflate and handshakes with generated and mutated bytes; SECONDS=60.
	scripts/fuzz $(or $(SECONDS),60)

# A build folder each, beside the ordinary one: a sanitizer changes every object.
sanitize: setup ## The tests of the protocol and the transport under ThreadSanitizer and under AddressSanitizer.
	scripts/sanitize thread
	scripts/sanitize address

bench: setup ## Benchmarks, in release, beside peers. Prints tables; takes about seven minutes once it is built.
	@scripts/install-packages valgrind python3 python3-venv binutils gcc libc6-dev
	swift build -c release --product ReferenceServer
	swift build -c release --product BroadcastServer
	swift build -c release --product chat-bench
	swift build -c release --product Gateway
	swift build -c release --product EchoFunction
	scripts/bench
