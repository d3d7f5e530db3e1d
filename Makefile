# stagewalk: how it is built, tested and measured. `make help` lists what can be asked for.
#
# One Makefile for the whole tree. Sources are found by folder, so a new file needs no edit here:
#
#   models/ and the numbers in platforms/zynqmp/ -> libstagewalk-models, static and shared: the models for use elsewhere
#   traces/ platforms/          **/*.c   ->  libtraces.a, all other platforms in it
#   sim/                        **/*.c   ->  libsim.a (all but main.c) and the program, stagewalk
#   sim/html/page/              *        ->  the page that --html writes, in libsim.a with the library that draws its charts
#   sim/tlm/                    *.cpp    ->  libstagewalk-tlm, static and shared: the SystemC modules named below (C++17);
#                                            the others, of the program alone, are in libsim.a
#   tests/unit/                 **/*.c   ->  one cmocka program each
#   tests/oracle/               run_*.c  ->  one program each, run on each of data/*.txt.gz; gen_*.c: not run
#   tests/oracle/               other .c ->  linked into every test
#   tests/fuzz/                 fuzz_*.c ->  one libFuzzer program each
#   tools/calibrate/            **/*.c   ->  calibrate
#   tools/bench/                *.c      ->  one program each, for `make bench`
#   tools/capture/              **/*.c   ->  libcapture.a (all but main.c) and capture; plugin/: capture-plugin.so, for QEMU

# ---- What the caller may choose ------------------------------------------------------------------------------------

MODE ?= release
OPT ?= -O3
LTO ?= 0
V ?= 0
FUZZ_SECONDS ?= 30
PREFIX ?= /usr/local
LIBDIR ?= $(PREFIX)/lib
DOCDIR ?= $(PREFIX)/share/doc/stagewalk
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
# The library that draws the charts of --html, as Debian's node-d3 has it; without it the program does without --html.
D3 ?= $(wildcard /usr/share/nodejs/d3/dist/d3.min.js)
D3_LICENCE ?= $(wildcard /usr/share/doc/node-d3/copyright)

ifeq ($(origin CC),default)
CC := gcc
endif
compiler := $(notdir $(firstword $(CC)))
ifeq ($(origin CXX),default)
CXX := $(if $(filter clang%,$(compiler)),$(subst clang,clang++,$(CC)),g++)
endif

modes := release debug san cov fuzz
ifeq ($(filter $(MODE),$(modes)),)
$(error MODE=$(MODE) is none of: $(modes))
endif

# gcc builds in build/<mode>, any other compiler in build/<mode>-<compiler>.
suffix := $(if $(filter gcc,$(compiler)),,-$(compiler))
B := build/$(MODE)$(suffix)

# ---- What there is -------------------------------------------------------------------------------------------------

c_files = $(sort $(shell find $(1) -name '*.c' 2>/dev/null))

# What others' SystemC platforms may use; it knows nothing of the program's cores, streams and engine.
tlm_modules := cci400 cluster cluster_decide context ddr dvm extension l1 l2 memory mmu mmu_model

models_src := $(call c_files,models) platforms/zynqmp/map.c platforms/zynqmp/params.c
traces_src := $(filter-out $(models_src) traces/samples/%,$(call c_files,traces platforms))
tlm_src := $(tlm_modules:%=sim/tlm/%.cpp)
engine_src := $(filter-out $(tlm_src),$(sort $(wildcard sim/tlm/*.cpp)))
sim_src := $(filter-out sim/main.c,$(call c_files,sim))
headers := $(sort $(shell find models -name '*.h') platforms/zynqmp/map.h platforms/zynqmp/params.h \
  $(wildcard $(tlm_modules:%=sim/tlm/%.h)) $(addprefix sim/tlm/,decider.h models.h observer.h slots.h))
main_src := $(wildcard sim/main.c)
page_src := $(wildcard sim/html/page/*)
unit_src := $(call c_files,tests/unit)
run_src := $(sort $(wildcard tests/oracle/run_*.c))
gen_src := $(sort $(wildcard tests/oracle/gen_*.c))
oracle_src := $(filter-out $(run_src) $(gen_src),$(call c_files,tests/oracle))
fuzz_src := $(sort $(wildcard tests/fuzz/fuzz_*.c))
calibrate_src := $(call c_files,tools/calibrate)
bench_src := $(sort $(wildcard tools/bench/*.c))
plugin_src := $(call c_files,tools/capture/plugin)
capture_main_src := tools/capture/main.c
capture_src := $(filter-out $(plugin_src) $(capture_main_src),$(call c_files,tools/capture))

# What is in each library.
in_stagewalk-models := $(models_src)
in_stagewalk-tlm := $(tlm_src)
in_traces := $(traces_src)
in_sim := $(sim_src) $(engine_src) sim/html/page_text.S
in_oracle := $(oracle_src)
in_capture := $(capture_src)

obj = $(patsubst %,$(B)/obj/%.o,$(basename $(1)))
pic = $(patsubst %,$(B)/pic/%.o,$(basename $(1)))
bin = $(patsubst %.c,$(B)/%,$(1))

program := $(B)/stagewalk
unit_bin := $(call bin,$(unit_src))
run_bin := $(call bin,$(run_src))
gen_bin := $(call bin,$(gen_src))
fuzz_bin := $(call bin,$(fuzz_src))
calibrate_bin := $(B)/calibrate
bench_bin := $(bench_src:tools/bench/%.c=$(B)/bench/%)
capture_bin := $(B)/capture
capture_plugin := $(B)/capture-plugin.so
manual := $(B)/manual/made
product := $(B)/libsim.a $(B)/libstagewalk-tlm.a $(B)/libtraces.a $(B)/libstagewalk-models.a
archives := $(B)/liboracle.a $(B)/libcapture.a $(product)
version := $(shell sed -n 's/^.define STAGEWALK_VERSION "\(.*\)"/\1/p' sim/version.h)
soversion := $(firstword $(subst ., ,$(version)))
shared_models := $(B)/libstagewalk-models.so.$(soversion)
shared_tlm := $(B)/libstagewalk-tlm.so.$(soversion)
c_src := $(models_src) $(traces_src) $(sim_src) $(main_src) $(unit_src) $(run_src) $(gen_src) $(oracle_src) $(fuzz_src) \
  $(calibrate_src) $(bench_src) $(capture_src) $(capture_main_src) $(plugin_src)
all_obj := $(call obj,$(filter-out $(plugin_src),$(c_src)) $(tlm_src) $(engine_src)) $(call pic,$(models_src) $(tlm_src))

# ---- How it is compiled --------------------------------------------------------------------------------------------

sanitize := address,undefined
mode_release := $(OPT) -g
mode_debug := -O0 -g3
mode_san := -O1 -g -fno-omit-frame-pointer -fsanitize=$(sanitize) -fno-sanitize-recover=all
mode_cov := -O0 -g --coverage
mode_fuzz := -O1 -g -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,$(sanitize) -fno-sanitize-recover=all

ifeq ($(LTO),1)
mode_release += -flto$(if $(filter gcc,$(compiler)),=auto)
AR := $(if $(filter gcc,$(compiler)),gcc-ar,llvm-ar)
endif

warnings := -Wall -Wextra -Wno-missing-field-initializers -Wconversion -Wshadow -Wswitch-enum -Wvla -Werror
warnings_c := -Wstrict-prototypes -Wmissing-prototypes
common := -D_GNU_SOURCE -I. $(warnings) $(mode_$(MODE))
all_cflags = -std=c11 $(common) $(warnings_c) $(CPPFLAGS) $(CFLAGS)
all_cxxflags = -std=c++17 $(common) $(CPPFLAGS) $(CXXFLAGS)
all_ldflags = $(mode_$(MODE)) -Wl,--as-needed $(LDFLAGS)

# Libraries. pkg-config runs within the recipes, not while this file is read: `make demo` installs it on the way. A
# library that no source includes is not linked.
uses = $(shell grep -rlsE '^.include <($(1))>' $(2) | head -n 1)
uses_of := models traces platforms sim
LIBS := $$(pkg-config --libs zlib libdeflate jansson) -lcsv -lm
LIBS += $(if $(call uses,g?elf.h|libelf.h,$(uses_of)),$$(pkg-config --libs libelf))
LIBS += $(if $(call uses,libfdt.h,$(uses_of)),-lfdt)
LIBS += $$(pkg-config --libs systemc)
TEST_LIBS := $$(pkg-config --libs cmocka) $(if $(call uses,libfdt.h,tests),-lfdt)
LINK = $(CXX) $(all_ldflags)
# Test programs are many and large: lld, where it is, links them in a third of the time. What is installed is not linked by it.
TEST_LD ?= $(if $(filter 0,$(LTO)),$(if $(shell command -v ld.lld 2>/dev/null),-fuse-ld=lld))
LINK_TEST = $(LINK) $(TEST_LD)
# A shared library names all that it needs; a sanitizer's own symbols are in the program.
SHARE = $(all_ldflags) -shared -Wl,-soname,$(@F) $(if $(filter san fuzz,$(MODE)),,-Wl,-z,defs)

# `explore` under mpirun: with Open MPI's headers, whose library is loaded when mpirun has started the program. MPI=0: without.
MPI ?= $(if $(shell pkg-config --exists ompi-c 2>/dev/null && echo yes),1,0)
ifeq ($(MPI),1)
$(B)/obj/sim/explore/explore_mpi.o: CPPFLAGS += -DHAVE_MPI $(shell pkg-config --cflags ompi-c)
endif

# Quiet unless V=1: `$(call say,CC,file)` opens a recipe line.
ifeq ($(V),1)
say = 
else
say = @printf '  %-6s %s\n' '$(1)' '$(2)';
MAKEFLAGS += --no-print-directory
endif

# Rewrites a stamp only when its text has changed, so that what depends on it is made again exactly then.
keep = @mkdir -p $(@D); printf '%s\n' '$(1)' | cmp -s - $@ || printf '%s\n' '$(1)' > $@

# A make of our own, on all processors unless the caller has said how many.
remake = $(MAKE) $(if $(filter -j%,$(MAKEFLAGS)),,-j$$(nproc))

# ---- Targets for people --------------------------------------------------------------------------------------------

.DEFAULT_GOAL := all
.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all tests install uninstall install-check deb deb-check foreign demo check unit oracle golden page-check house capture capture-smoke san fuzz fuzz-run bench bench-count calibrate cov \
        format format-check tidy install-deps install-test-deps clean distclean help force

all: $(program) ## Build the program, build/<mode>/stagewalk (the default)

tests: $(unit_bin) $(run_bin) $(gen_bin) $(calibrate_bin) $(bench_bin) $(capture_bin) $(capture_plugin) ## Build the test programs without running them

DEMO_TRACE ?= $(firstword $(wildcard traces/samples/zcu102-domU.swt) $(sort $(wildcard traces/samples/*.swt)))

demo: ## Install what the build needs, build, replay a sample trace and print the report
	@tools/install-deps.sh build
	+@$(remake) MODE=release all
	@test -n '$(DEMO_TRACE)' || { echo 'demo: no trace in traces/samples' >&2; exit 2; }
	build/release$(suffix)/stagewalk replay --verify $(DEMO_TRACE)

check: ## All that CI runs, or STAGES='test-san ...' of it; the last line is `N passed, M failed`
	+@MAKE='$(MAKE)' tools/check.sh $(STAGES)

unit: $(unit_bin) ## Run the unit tests
	@tools/run-tests.sh unit $(B)/logs $(unit_bin)

oracle: $(run_bin) ## Run tests/oracle/run_* on each script with another implementation's answers
	@EACH='$(wildcard tests/oracle/data/*.txt.gz)' tools/run-tests.sh oracle $(B)/logs $(run_bin)

golden: all $(gen_bin) ## Run golden scripts, sample traces, examples in documents, a second reader of traces; check the help
	@tools/check-golden.sh $(program)
	@tools/check-docs.sh $(program) platforms/xen/examples/[a-z]*.md
	$(if $(filter san cov,$(MODE)),,@tools/check-format.sh $(program))
	$(if $(filter san cov,$(MODE)),,@PYTHONDONTWRITEBYTECODE=1 python3 tests/replay/check.py $(program))
	@tools/check-explore.sh $(program)
	$(if $(filter san cov,$(MODE)),,@tools/check-manual.sh $(program))

page-check: all ## Open the pages of --html in a headless Chromium, where there is one
	@python3 tests/page/check.py $(program)

house: ## Check layering, file sizes, comments, citations
	@tools/house-check.sh

installer = DESTDIR='$(DESTDIR)' PREFIX='$(PREFIX)' LIBDIR='$(LIBDIR)' DOCDIR='$(DOCDIR)' ZSHDIR='$(ZSHDIR)' \
  VERSION=$(version) SOVERSION=$(soversion) HEADERS='$(headers)' D3_LICENCE='$(D3_LICENCE)' tools/install.sh

install: all $(shared_models) $(shared_tlm) $(manual) ## Install program, libraries, manual in PREFIX=/usr/local, below DESTDIR
	@$(installer) install $(B)

uninstall: ## Take them away again
	@$(installer) uninstall $(B)

install-check: all $(shared_models) $(shared_tlm) $(manual) ## Install in build/<mode>/staged, move it, build on it, uninstall
	+@MODE='$(MODE)' CC='$(CC)' CXX='$(CXX)' CFLAGS='$(mode_$(MODE))' MAKE='$(MAKE)' tools/check-install.sh $(B)

deb: ## Make Debian packages in build/deb, and let lintian judge them
	@tools/install-deps.sh deb
	@tools/deb.sh

deb-check: ## The same twice, which must give the same bytes, and run what is in them
	@tools/install-deps.sh deb
	@tools/deb.sh --check

foreign: ## Install in build/<mode>/foreign, build tests/foreign on that with SystemC and without, run it
	@rm -rf $(B)/foreign
	+@$(MAKE) install DESTDIR=$(B)/foreign/tree PREFIX=/usr/local LIBDIR=/usr/local/lib
	+@CC='$(CC)' CXX='$(CXX)' CFLAGS='$(mode_$(MODE))' CXXFLAGS='$(mode_$(MODE))' MAKE='$(MAKE)' \
	  tools/check-foreign.sh $(B)/foreign

san: ## Build and run all tests under ASan and UBSan
	+@$(remake) MODE=san all tests
	+@$(MAKE) -k MODE=san unit oracle golden foreign

fuzz: ## Fuzz each input for FUZZ_SECONDS=30 (0: only the seeds); needs clang
	+@$(remake) MODE=fuzz CC=clang fuzz-run

# In MODE=san as well, for what needs no coverage: the seeds alone.
fuzz-run: $(if $(filter fuzz san,$(MODE)),$(fuzz_bin))
	@tools/run-fuzz.sh $(FUZZ_SECONDS) $(B) $(fuzz_bin)

bench: all $(bench_bin) ## Measure speed and memory against goals and a reference loop; CAPTURES=DIR adds captures below DIR
	@CAPTURES='$(CAPTURES)' tools/bench.sh $(program) $(B)/bench

bench-count: all $(bench_bin) ## Count instructions a record by Valgrind's callgrind, by thread and by path
	@CAPTURES='$(CAPTURES)' tools/bench/count.sh $(program) $(B)/bench

calibrate: $(calibrate_bin) ## Run micro-benchmarks beside what is published of A53s
	@$(calibrate_bin)

# What was given on the command line of make, as an option: command lines reach recipes by the environment.
given = $(if $(filter command,$(firstword $(origin $(2)))),--$(1) "$$$(2)")

capture: ## Capture GUEST=dom0|domU|dom0less|linux|bare on QEMU as OUT=FILE; OPTIONS=--help tells more
	@tools/install-deps.sh build
	+@$(remake) all $(capture_bin) $(capture_plugin)
	@CAPTURE_PROGRAMS='$(abspath $(B))' tools/capture/capture.sh $(call given,guest,GUEST) $(call given,output,OUT) \
	  $(call given,accesses,ACCESSES) $(call given,command,COMMAND) $(call given,kernel,KERNEL) \
	  $(call given,initrd,INITRD) $(call given,elf,ELF) $(call given,memory,MEMORY) \
	  $(call given,dom0-memory,DOM0_MEMORY) $(call given,domu-memory,DOMU_MEMORY) $(OPTIONS)

capture-smoke: all $(capture_bin) $(capture_plugin) ## Capture a bare-metal guest, where QEMU can be had
	@CAPTURE_PROGRAMS='$(abspath $(B))' tools/capture/smoke.sh

cov: ## Report the test coverage of each file
	@find build/cov -name '*.gcda' -delete 2>/dev/null || true
	+@$(remake) MODE=cov CC=gcc all tests
	+@$(MAKE) -k MODE=cov CC=gcc unit oracle golden
	@tools/coverage.sh build/cov/obj

# ---- Style ---------------------------------------------------------------------------------------------------------

styled := $(sort $(shell find models traces platforms sim tests tools -name '*.[ch]' -o -name '*.[ch]pp' 2>/dev/null))
tidied := $(patsubst %.c,build/tidy/%.ok,$(c_src))

format: ## Format all C and C++ sources in place
	@clang-format -i $(styled)

format-check: ## Check that `make format` would change nothing
	@for f in $(styled); do clang-format "$$f" | cmp -s - "$$f" || echo "  $$f needs \`make format\`"; done | \
	  { ! grep .; }

tidy: $(tidied) ## Run clang-tidy on the C sources, if they or a header changed since the last run

build/tidy/%.ok: %.c .clang-tidy tests/.clang-tidy $(filter %.h,$(styled))
	@mkdir -p $(@D)
	$(call say,TIDY,$<)clang-tidy --quiet $< -- -std=c11 $(common) 2> $@.err \
	  || { grep -v 'warnings\? generated' $@.err; exit 1; }
	@touch $@

# ---- Housekeeping --------------------------------------------------------------------------------------------------

install-deps: ## Install the packages that the build needs (Debian)
	@tools/install-deps.sh build

install-test-deps: ## Install the packages that the tests need as well
	@tools/install-deps.sh test

clean: ## Remove what this MODE and CC built
	rm -rf $(B)

distclean: ## Remove all that was built
	rm -rf build

help: ## Print this list
	@awk -F ':[^#]*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo '  MODE=release|debug|san|cov   CC=gcc|clang   OPT=-O2   LTO=0|1   V=0|1   FUZZ_SECONDS=30   CAPTURES=DIR'
	@echo '  PREFIX=DIR   LIBDIR=DIR   DOCDIR=DIR   ZSHDIR=DIR   DESTDIR=DIR'

# ---- Rules ---------------------------------------------------------------------------------------------------------

$(B)/flags: force
	$(call keep,$(CC) $(all_cflags) / $(CXX) $(all_cxxflags) / $(all_ldflags) / MPI=$(MPI))

$(B)/lib%.list: force
	$(call keep,$(in_$*))

$(B)/obj/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)$(CC) $(all_cflags) -MMD -MP -c -o $@ $<

$(B)/obj/%.o: %.cpp $(B)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$<)$(CXX) $(all_cxxflags) $$(pkg-config --cflags systemc) -MMD -MP -c -o $@ $<

$(B)/pic/%.o: %.c $(B)/flags
	@mkdir -p $(@D)
	$(call say,CC,$< (pic))$(CC) $(all_cflags) -fPIC -MMD -MP -c -o $@ $<

$(B)/pic/%.o: %.cpp $(B)/flags
	@mkdir -p $(@D)
	$(call say,CXX,$< (pic))$(CXX) $(all_cxxflags) -fPIC $$(pkg-config --cflags systemc) -MMD -MP -c -o $@ $<

$(B)/page/library: force
	$(call keep,$(D3) $(D3_LICENCE))

$(B)/page/before.html: tools/page.sh $(page_src) $(D3) $(D3_LICENCE) $(B)/page/library
	$(call say,PAGE,$(@D))tools/page.sh $(@D) $(D3) $(D3_LICENCE)

$(B)/obj/sim/html/page_text.o: sim/html/page_text.S $(B)/page/before.html
	@mkdir -p $(@D)
	$(call say,AS,$<)$(CC) -c -Wa,-I,$(B)/page -o $@ $<

.SECONDEXPANSION:
$(archives): $(B)/lib%.a: $(B)/lib%.list $$(call obj,$$(in_$$*))
	$(call say,AR,$@)rm -f $@ && $(AR) rcs $@ $(filter %.o,$^)

$(shared_models): $(call pic,$(models_src)) $(B)/libstagewalk-models.list
	$(call say,LINK,$@)$(CC) $(SHARE) -o $@ $(filter %.o,$^)

$(shared_tlm): $(call pic,$(tlm_src)) $(shared_models) $(B)/libstagewalk-tlm.list
	$(call say,LINK,$@)$(CXX) $(SHARE) -o $@ $(filter-out %.list,$^) $$(pkg-config --libs systemc)

$(program): $(call obj,$(main_src)) $(product)
	$(call say,LINK,$@)$(LINK) -o $@ $^ $(LIBS)
	$(if $(filter build/release,$(B)),@ln -sfn release/stagewalk build/stagewalk)

# Manual pages and completions, in a folder that holds no others.
$(manual): $(program) $(wildcard tools/manual/*.py)
	$(call say,MANUAL,$(@D))rm -rf $(@D) && PYTHONDONTWRITEBYTECODE=1 python3 tools/manual/manual.py $(program) $(@D) && touch $@

$(unit_bin) $(run_bin) $(gen_bin): $(B)/%: $(B)/obj/%.o $(archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(LINK_TEST) -o $@ $^ $(TEST_LIBS) $(LIBS)

$(calibrate_bin): $(call obj,$(calibrate_src)) $(product)
	$(call say,LINK,$@)$(LINK) -o $@ $^ $(LIBS)

$(bench_bin): $(B)/bench/%: $(B)/obj/tools/bench/%.o $(product)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(LINK) -o $@ $^ $(LIBS)

$(capture_bin): $(call obj,$(capture_main_src)) $(B)/libcapture.a $(product)
	$(call say,LINK,$@)$(LINK) -o $@ $^ $(LIBS)

# What QEMU loads is not instrumented; what it calls there is in QEMU.
$(capture_plugin): $(plugin_src) $(wildcard tools/capture/plugin/*.h) tools/capture/raw.h
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(CC) -std=c11 -D_GNU_SOURCE -I. $(warnings) $(warnings_c) -O2 -g -fPIC -fvisibility=hidden \
	  -shared -o $@ $(plugin_src)

$(fuzz_bin): $(B)/%: $(B)/obj/%.o $(archives)
	@mkdir -p $(@D)
	$(call say,LINK,$@)$(LINK_TEST) -fsanitize=fuzzer -o $@ $^ $(LIBS)

-include $(all_obj:.o=.d)
