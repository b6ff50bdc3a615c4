# The two commands of a newcomer are `make run` and `make test`.
.PHONY: help run test fuzz sanitize bench soak format man setup
.DEFAULT_GOAL := help

help: ## what can be made
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 14

run: setup ## build, and serve zones/three-tier on 127.0.0.1:5300 (PORT=… for another port)
	@scripts/run

test: setup ## install what is missing and run every test
	@scripts/test

fuzz: setup ## bring hostile octets to every reader for SECONDS=60 each (READER=packet: to one)
	@scripts/fuzz $(or $(SECONDS),60) $(if $(READER),--reader $(READER))

sanitize: setup ## run every test under the address and the thread sanitizer (FILTER=ServeTests: some)
	@FILTER=$(FILTER) scripts/sanitize

bench: setup ## measure against other servers, write docs/benchmarks.md (QUICK=1: two minutes)
	@scripts/bench

soak: setup ## an hour under mixed load, every answer checked (SECONDS=3600, RATE=500 questions a second)
	@scripts/soak

format: ## bring all Swift files into shape
	swift format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks/Package.swift Benchmarks/Sources \
		Fuzz/Package.swift Fuzz/Sources

man: setup ## write the manual page anew, from the program's own help
	swift package --allow-writing-to-package-directory generate-manual --configuration debug \
		--output-directory docs/man --date "$$(date -u +%Y-%m-%d)"

setup: ## install what is missing (Debian packages) and check the compiler
	@scripts/setup
