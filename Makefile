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
test: deps lint ## lint, then every test, then the concurrent rooms again under the race detector
	go test ./...
	go test -race ./arena/... ./upload/... ./cmd/bouncingcubes/internal/physics/...
	GOARCH=386 CGO_ENABLED=0 go test ./arena

.PHONY: lint
lint: deps ## gofmt, go vet, staticcheck, and govulncheck where its database can be reached
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w would change:" $$unformatted; exit 1; }
	go mod verify
	go vet ./...
	go run $(STATICCHECK) ./...
	@.ci/vulncheck $(GOVULNCHECK)

.PHONY: bench
bench: deps ## a short benchmark matrix: table and plot under .out/, in under 3 minutes
	go run ./cmd/bouncingcubes -bench -matrix
