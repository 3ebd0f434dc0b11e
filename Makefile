# slotstream. `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Tools, pinned. They stay out of go.mod, so that importers never see them.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4

# Silences a warning of the software driver where no session manager set it.
export XDG_RUNTIME_DIR ?= /tmp

# Packages in which goroutines share memory: the race detector runs their tests.
CONCURRENT := ./arena/... ./upload/... \
	./cmd/bouncingcubes/internal/physics/... ./cmd/bouncingcubes/internal/crew/... ./cmd/bouncingcubes/internal/pattern/...

ARGS ?=

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: deps
deps: ## install the system packages that are missing
	@.ci/deps

.PHONY: run
run: deps ## run the demo: a window, or cubes.png where there is no display (ARGS="-cubes 3000")
	go run ./cmd/bouncingcubes $(ARGS)

# vet has looked at everything. The smaller vet of go test would look at every dependency once more: hence -vet=off. The
# packages whose tests take longest come first. Many of them wait, for a window for example: hence four at a time.
.PHONY: test
test: deps vet ## vet, then run every test once: do this before every commit
	@.ci/clean note
	go test -vet=off -p 4 -timeout 30m ./cmd/... ./examples ./render/... ./...
	@.ci/clean check

.PHONY: check
check: deps lint vulncheck race platforms verify test-shared ## run what takes longer, the race detector for example: do this before you push
	@if command -v qemu-aarch64 >/dev/null; then $(MAKE) test-arm64; else echo "arm64: NOT tested: no qemu-aarch64 (make test-arm64 installs it)"; fi
	.ci/mcap
	go test -vet=off -timeout 30m ./render -more -run 'TheSame$$'
	go test -vet=off ./render/internal/soak -run TestSoak -soak 60s -timeout 20m -v

.PHONY: vet
vet: deps ## run gofmt, go vet, and the checks of imports and style
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w would change:" $$unformatted; exit 1; }
	go mod verify
	go vet ./...
	.ci/imports
	.ci/style

# staticcheck reads the source of every dependency: over a minute with an empty build cache.
.PHONY: lint
lint: vet ## vet, and run staticcheck
	go run $(STATICCHECK) ./...

.PHONY: vulncheck
vulncheck: ## find known vulnerabilities in the code that is called, where the database can be reached
	@.ci/vulncheck $(GOVULNCHECK)

.PHONY: race
race: deps ## run the tests of the concurrent packages under the race detector
	go test -race -vet=off -timeout 30m $(CONCURRENT)

.PHONY: verify
verify: deps ## model-check the arena's protocol, and check that each mutation of it is caught
	@.ci/deps spin
	go test -tags verify -count=1 -v ./arena/internal/model

.PHONY: test-arm64
test-arm64: ## run the arena's tests on arm64, emulated
	@.ci/deps qemu-aarch64
	TEST_EXEC=qemu-aarch64 GOARCH=arm64 CGO_ENABLED=0 go test -short -timeout 30m -exec qemu-aarch64 ./arena/...

.PHONY: test-shared
test-shared: deps ## hammer, kill and attack the host of other processes for longer, also from Rust and C++
	@.ci/deps rustc
	go test -vet=off ./arena/shared -more -descends 200000 -kills 100 -hostile 10s -timeout 30m

.PHONY: test-browser
test-browser: deps ## run the tests of arena, upload and render as WebAssembly, in Chromium where they draw, and test the pages
	@.ci/deps chromium
	@.ci/deps brotli
	.ci/browser/test

.PHONY: web
web: deps ## build the pages: .out/slotview and .out/bouncingcubes with the page inside (-web ADDRESS), the examples' in .out/web
	@.ci/deps brotli
	.ci/web

.PHONY: platforms
platforms: deps ## build, vet and link for other platforms, as far as that works from here
	.ci/platforms

.PHONY: bench
bench: deps ## run a short matrix of benchmarks: table, JSON and plot under .out/ (70 s)
	@mkdir -p .out
	go run ./cmd/bouncingcubes -bench -matrix -json .out/matrix.json -plot .out/matrix.svg

.PHONY: figures
figures: deps ## run the benchmarks of the MEASURED pages and print them beside the pages' processors (ARGS=arena)
	@.ci/figures $(ARGS)

.PHONY: soak
soak: deps ## write at full speed for ten minutes while the arena grows, frees and resizes, and check everything
	go test ./render/internal/soak -run TestSoak -soak 10m -timeout 20m -v

.PHONY: all
all: test check bench soak ## run test, check, bench and soak
