# slotstream. `make` alone lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

# Tools, pinned. They stay out of go.mod, so that importers never see them.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOVULNCHECK := golang.org/x/vuln/cmd/govulncheck@v1.1.4

# Silences a warning of the software driver where no session manager set it.
export XDG_RUNTIME_DIR ?= /tmp

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

.PHONY: test
test: deps lint ## lint, then every test; the concurrent rooms again under the race detector; other platforms (5 min)
	@.ci/clean note
	go test ./...
	go test -race ./arena/... ./upload/... ./cmd/bouncingcubes/internal/physics/... ./cmd/bouncingcubes/internal/crew/... ./cmd/bouncingcubes/internal/pattern/...
	.ci/platforms
	go test ./render/internal/soak -run TestSoak -soak 60s -v
	@.ci/clean check

.PHONY: lint
lint: deps ## gofmt, go vet, staticcheck, and govulncheck where its database can be reached (1 min)
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w would change:" $$unformatted; exit 1; }
	go mod verify
	go vet ./...
	.ci/imports
	.ci/style
	go run $(STATICCHECK) ./...
	@.ci/vulncheck $(GOVULNCHECK)

.PHONY: verify
verify: deps ## model-check the arena's protocol, and that each mutation of it is caught (1 min)
	@.ci/deps spin
	go test -tags verify -count=1 -v ./arena/internal/model

.PHONY: test-arm64
test-arm64: ## the arena's tests on arm64, emulated (10 s)
	@.ci/deps qemu-aarch64
	GOARCH=arm64 CGO_ENABLED=0 go test -short -exec qemu-aarch64 ./arena/...

.PHONY: platforms
platforms: deps ## what can be checked of other platforms from here: builds, vets, links (2 min)
	.ci/platforms

.PHONY: bench
bench: deps ## a short benchmark matrix: table, JSON and plot under .out/ (70 s)
	@mkdir -p .out
	go run ./cmd/bouncingcubes -bench -matrix -json .out/matrix.json -plot .out/matrix.svg

.PHONY: soak
soak: deps ## ten minutes of writers at full speed, growing, freeing and resizing, with everything checked
	go test ./render/internal/soak -run TestSoak -soak 10m -timeout 20m -v

.PHONY: all
all: lint test verify bench soak ## all of the above (20 min)
