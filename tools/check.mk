# The stages of `make check`: what each runs, and which are over before it begins. Called by tools/check.sh.
#
# Stages run at the same time as far as processors are free: this make shares out how many jobs there are. The first ones have
# the longest way behind them. Those that write to the same folder of build/ come one after the other; within a stage, tests
# are run with -k: what one finds does not hide what the next would. The second compiler compiles the test programs for the
# sanitizers only: its warnings are the same, and nobody would run the others.

DIR ?= build/check
gcc := MODE=release CC=gcc
clang := MODE=release CC=clang
san := MODE=san CC=clang
stage = +@tools/check-stage.sh '$(DIR)' '$(subst -, ,$@)'

stages := build-san build-gcc test-san golden-san test-release golden-release foreign-san foreign install page bench-smoke \
  capture-smoke calibrate build-clang fuzz-seeds house format tidy
.PHONY: all $(stages)
all: $(stages)

build-gcc:
	$(stage) $(MAKE) -k $(gcc) all tests
build-san:
	$(stage) $(MAKE) -k $(san) all tests
build-clang:
	$(stage) $(MAKE) -k $(clang) all
test-release: build-gcc
	$(stage) $(MAKE) -k $(gcc) unit oracle
golden-release: build-gcc
	$(stage) $(MAKE) -k $(gcc) golden
test-san: build-san
	$(stage) $(MAKE) -k $(san) unit oracle
golden-san: build-san
	$(stage) $(MAKE) -k $(san) golden
foreign-san: build-san
	$(stage) $(MAKE) $(san) foreign
foreign: build-gcc
	$(stage) $(MAKE) $(gcc) foreign
install: foreign
	$(stage) $(MAKE) $(gcc) install-check
page: build-gcc
	$(stage) $(MAKE) $(gcc) page-check
bench-smoke: build-gcc
	$(stage) $(MAKE) $(gcc) bench RUNS=1 MILLIONS=1
capture-smoke: build-gcc
	$(stage) $(MAKE) $(gcc) capture-smoke
calibrate: build-gcc
	$(stage) $(MAKE) $(gcc) calibrate
fuzz-seeds: build-san
	$(stage) $(MAKE) -k $(san) fuzz-run FUZZ_SECONDS=0
house:
	$(stage) $(MAKE) house
format:
	$(stage) $(MAKE) format-check
tidy:
	$(stage) $(MAKE) -k tidy
