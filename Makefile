# `make run` starts the server, `make test` checks everything. Both fetch what they need once and work offline after
# that. `make help` lists the rest.

GO        ?= go
BIN       := bin/soundtrack
CACHE     := $(CURDIR)/.cache
TOOL      := $(GO) tool -modfile=$(CURDIR)/tools.mod
PORT      ?= 8080
CGO       ?= 0
VERSION   := $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## build the command into bin/, static; CGO=1 for one that can load ONNX Runtime
	CGO_ENABLED=$(CGO) $(GO) build -ldflags '-X main.version=$(VERSION)' -o $(BIN) ./server/cmd/soundtrack

.PHONY: run
run: build ## fetch the small model once, then serve on http://localhost:8080
	$(BIN) serve --listen localhost:$(PORT)

.PHONY: test
test: ## everything that CI checks, in the same order
	bash scripts/test

.PHONY: quick
quick: ## vet and unit tests only
	$(GO) vet ./...
	$(GO) test ./...

.PHONY: bench
bench: ## the benchmarks, one pass each; BENCH='regexp' narrows
	$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./...

.PHONY: generate
generate: ## regenerate protocol code and assembly
	cd server && $(TOOL) buf generate
	$(GO) generate ./internal/simd/... ./vision/internal/...

.PHONY: lint
lint: ## golangci-lint, buf lint
	$(TOOL) golangci-lint run
	cd server && $(TOOL) buf lint

.PHONY: eval
eval: build ## what is said of pictures against what people say, with controls and plots; needs ../shared/data
	$(BIN) eval pictures --data ../shared/data --plots build/eval

.PHONY: clean
clean: ## remove what was built here (not the model cache)
	rm -rf bin build .cache
