# amparo: the few verbs. `make run` shows it, `make test` proves it.
CARGO ?= cargo
OUT ?= demo

.PHONY: build run test check samples bench crash fuzz dist

build: ## the programs, in target/debug
	$(CARGO) build --locked -p amparo -p amparo-worker

run: ## set up what is needed, build, and show the demo; leaves an HTML report and a PDF in $(OUT)/
	bash scripts/setup run
	$(CARGO) build --locked -p amparo -p amparo-worker -p amparo-family
	rm -rf "$(OUT)" && mkdir -p "$(OUT)"
	target/debug/amparo demo --unattended --out "$(OUT)"

test: ## set up what the tests need, and run them all
	bash scripts/setup test
	$(CARGO) build --locked --workspace --all-targets
	$(CARGO) test --locked --workspace --no-fail-fast

check: ## formatting, lints, licences and walls
	$(CARGO) fmt --all --check
	# What is wrong or doubtful stops here; matters of taste are the readers'.
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings -A clippy::style -A clippy::complexity -A clippy::perf
	bash scripts/walls
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny --locked check; else echo "cargo-deny is not installed: licences and advisories were not checked"; fi

samples: ## gather every sample file that lies beside the project, and the tests' own
	bash scripts/samples
	ADD=--no-ocr bash scripts/samples crates/amparo-ingest/fixtures

bench: ## both sides in one run; see docs/benchmarks.md
	bash scripts/bench

crash: ## kill the real program at sampled writes
	$(CARGO) build --locked -p amparo-worker -p amparo-family
	AMPARO_CRASH_POINTS=$${AMPARO_CRASH_POINTS:-300} $(CARGO) test --locked -p amparo --test it crash -- --nocapture

fuzz: ## hand every reader made-up bytes, FUZZ_SECONDS (60) each
	bash scripts/fuzz

dist: ## a tarball and a .deb in target/dist
	bash scripts/dist
