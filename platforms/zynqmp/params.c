/* The parameter table and setting from it. */
#include "platforms/zynqmp/params.h"

#include "platforms/zynqmp/map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AT_FIELD(f) offsetof(struct config, f)
#define POLICY "policy", 0, REPL_POLICY_COUNT - 1
#define SWITCH "switch", 0, 1
#define U32 UINT32_MAX

/* Cycles are of the core clock, 1.2 GHz on a ZCU102 [u-boot-xlnx: psu_init_gpl.c]. */
/* clang-format off */
static const struct param table[] = {
    { "cluster.cores", "cores", 1, CORES_MAX, 4, AT_FIELD(cores), "[UG1085: APU] four on EG and EV, two on CG" },
    { "cluster.clock_mhz", "MHz", 1, 10000, 1200, AT_FIELD(clock_mhz), "[u-boot-xlnx: psu_init_gpl.c] of a ZCU102" },
    { "cluster.fetch_ahead", "instructions", 0, 64, 8, AT_FIELD(fetch_ahead), "[guess] what the front end is ahead by; tlm engine" },

    { "mmu.iutlb.entries", "entries", 1, UTLB_ENTRIES_MAX, 10, AT_FIELD(mmu.iutlb.entries), "[A53: 5.2.1]" },
    { "mmu.iutlb.policy", POLICY, REPL_ROUND_ROBIN, AT_FIELD(mmu.iutlb.policy), "[guess] not documented" },
    { "mmu.iutlb.seed", "number", 0, U32, 7, AT_FIELD(mmu.iutlb.seed), "[choice]" },
    { "mmu.dutlb.entries", "entries", 1, UTLB_ENTRIES_MAX, 10, AT_FIELD(mmu.dutlb.entries), "[A53: 5.2.1]" },
    { "mmu.dutlb.policy", POLICY, REPL_ROUND_ROBIN, AT_FIELD(mmu.dutlb.policy), "[guess] not documented" },
    { "mmu.dutlb.seed", "number", 0, U32, 8, AT_FIELD(mmu.dutlb.seed), "[choice]" },
    { "mmu.main_tlb.entries", "entries", 1, TLB_ENTRIES_MAX, 512, AT_FIELD(mmu.main_tlb.entries), "[A53: 5.2.2]" },
    { "mmu.main_tlb.ways", "ways", 1, 64, 4, AT_FIELD(mmu.main_tlb.ways), "[A53: 5.2.2]" },
    { "mmu.main_tlb.policy", POLICY, REPL_RANDOM, AT_FIELD(mmu.main_tlb.policy), "[guess] not documented; as the L1D's" },
    { "mmu.main_tlb.seed", "number", 0, U32, 1, AT_FIELD(mmu.main_tlb.seed), "[choice] of the pseudo-random policy" },
    { "mmu.walk_cache.entries", "entries", 1, TLB_ENTRIES_MAX, 64, AT_FIELD(mmu.walk_cache.entries), "[A53: 5.2.4]" },
    { "mmu.walk_cache.ways", "ways", 1, 64, 4, AT_FIELD(mmu.walk_cache.ways), "[A53: 5.2.4]" },
    { "mmu.walk_cache.policy", POLICY, REPL_RANDOM, AT_FIELD(mmu.walk_cache.policy), "[guess] not documented" },
    { "mmu.walk_cache.seed", "number", 0, U32, 2, AT_FIELD(mmu.walk_cache.seed), "[choice]" },
    { "mmu.ipa_cache.entries", "entries", 1, TLB_ENTRIES_MAX, 64, AT_FIELD(mmu.ipa_cache.entries), "[A53: 5.2.3]" },
    { "mmu.ipa_cache.ways", "ways", 1, 64, 4, AT_FIELD(mmu.ipa_cache.ways), "[A53: 5.2.3]" },
    { "mmu.ipa_cache.policy", POLICY, REPL_RANDOM, AT_FIELD(mmu.ipa_cache.policy), "[guess] not documented" },
    { "mmu.ipa_cache.seed", "number", 0, U32, 3, AT_FIELD(mmu.ipa_cache.seed), "[choice]" },

    { "cache.l1i.bytes", "bytes", 1024, L1_LINES_MAX * 64, 32768, AT_FIELD(l1i.bytes), "[A53: CCSIDR_EL1] on ZynqMP" },
    { "cache.l1i.ways", "ways", 1, 64, 2, AT_FIELD(l1i.ways), "[A53: 2.1.6]" },
    { "cache.l1i.policy", POLICY, REPL_RANDOM, AT_FIELD(l1i.policy), "[guess] as the L1D's" },
    { "cache.l1i.seed", "number", 0, U32, 4, AT_FIELD(l1i.seed), "[choice]" },
    { "cache.l1d.bytes", "bytes", 1024, L1_LINES_MAX * 64, 32768, AT_FIELD(l1d.bytes), "[A53: CCSIDR_EL1] on ZynqMP" },
    { "cache.l1d.ways", "ways", 1, 64, 4, AT_FIELD(l1d.ways), "[A53: 2.1.6]" },
    { "cache.l1d.policy", POLICY, REPL_RANDOM, AT_FIELD(l1d.policy), "[A53: 2.1.6] pseudo-random" },
    { "cache.l1d.seed", "number", 0, U32, 5, AT_FIELD(l1d.seed), "[choice]" },
    { "cache.l2.bytes", "bytes", 4096, CACHE_LINES_MAX * 64, 1048576, AT_FIELD(l2.bytes), "[UG1085: L2 Memory Subsystem]" },
    { "cache.l2.ways", "ways", 1, 64, 16, AT_FIELD(l2.ways), "[UG1085: L2 Memory Subsystem]" },
    { "cache.l2.policy", POLICY, REPL_LRU, AT_FIELD(l2.policy), "[guess] not documented; measured walk costs fit LRU" },
    { "cache.l2.seed", "number", 0, U32, 6, AT_FIELD(l2.seed), "[choice]" },

    { "cost.utlb", "cycles", 0, 1000, 0, AT_FIELD(price.utlb), "[A7: 5.3.1] single-cycle look-up, hidden in the L1 access" },
    { "cost.main_tlb", "cycles", 0, 1000, 2, AT_FIELD(price.main_tlb), "[H&P: 2.6] 2; measured fits give 1.8 to 2.6 [sbc-bench]" },
    { "cost.probe", "cycles", 0, 1000, 1, AT_FIELD(price.probe), "[guess] one RAM read a size, but the size that answered last is free [sbc-bench]; A53 5.2.2 says only that sizes matter" },
    { "cost.walk", "cycles", 0, 1000, 11, AT_FIELD(price.walk), "[sbc-bench] fits random reads of 7 logs as simulated: 10.4 to 11.6, median 11.2; `make calibrate` shows one" },
    { "cost.level", "cycles", 0, 1000, 2, AT_FIELD(price.level), "[guess] processing between two fetches" },
    { "cost.ipa_cache", "cycles", 0, 1000, 2, AT_FIELD(price.ipa_cache), "[guess] as a main TLB look-up: the same RAM" },
    { "cost.l1d", "cycles", 0, 1000, 3, AT_FIELD(price.l1d), "[sbc-bench] load-to-use, measured" },
    { "cost.l2", "cycles", 0, 1000, 14, AT_FIELD(price.l2), "[sbc-bench] 3 + 11 measured" },
    { "cost.ddr", "cycles", 0, 100000, 180, AT_FIELD(price.memory[MEM_DDR]), "[guess] 150 ns at 1.2 GHz; other A53 boards measure 99 to 187 ns" },
    { "cost.ocm", "cycles", 0, 100000, 96, AT_FIELD(price.memory[MEM_OCM]), "[guess] 80 ns at 1.2 GHz" },
    { "cost.pl", "cycles", 0, 100000, 240, AT_FIELD(price.memory[MEM_PL]), "[guess] 200 ns at 1.2 GHz; the design in the PL decides" },
    { "cost.device", "cycles", 0, 100000, 180, AT_FIELD(price.memory[MEM_DEVICE]), "[guess] as DDR" },
    { "cost.none", "cycles", 0, 100000, 180, AT_FIELD(price.memory[MEM_NONE]), "[guess] as DDR: reserved addresses" },
    { "cost.cci", "cycles", 0, 100000, 24, AT_FIELD(price.cci), "[guess] of each of these, on the way; 10 to 15 clocks of 533 MHz there and back" },
    { "cost.data_accesses", SWITCH, 1, AT_FIELD(data_accesses), "[choice] off: what a core loads, stores and fetches goes past L1 and L2 at no cost, and descriptors alone are in them: translation only" },
    { "cost.dvm", "cycles", 0, 100000, 40, AT_FIELD(price.dvm), "[guess] a message to the other cores and its answer" },

    { "ddr.banks", "banks", 0, DDR_BANKS_MAX, 16, AT_FIELD(ddr.banks), "[guess] DDR4 of x8 devices; a power of two, 0: rows make no difference" },
    { "ddr.row_bytes", "bytes", 64, 1 << 20, 8192, AT_FIELD(ddr.row_bytes), "[guess] 1 KB of each of 8 devices" },
    { "ddr.hit_saves", "cycles", 0, 100000, 38, AT_FIELD(ddr.hit_saves), "[u-boot-xlnx: psu_init_gpl.c] tRP 9 and tRCD 8 clocks of 533 MHz: cost.ddr is that of a row conflict" },
    { "ddr.closed_saves", "cycles", 0, 100000, 20, AT_FIELD(ddr.closed_saves), "[u-boot-xlnx: psu_init_gpl.c] tRP 9 clocks: no row was open" },

    { "busy.l2", "cycles", 0, 1000, 4, AT_FIELD(busy.l2), "[guess] L2 and SCU tags, for one look-up" },
    { "busy.cci", "cycles", 0, 1000, 9, AT_FIELD(busy.cci), "[A53: 7.3.2] 4 beats of 128 bits, at 533 MHz" },
    { "busy.ddr", "cycles", 0, 1000, 5, AT_FIELD(busy.memory[MEM_DDR]), "[u-boot-xlnx: psu_init_gpl.c] 64 bytes on a 64-bit bus of DDR4-2133" },
    { "busy.ddr_bank", "cycles", 0, 10000, 61, AT_FIELD(busy.ddr_bank), "[u-boot-xlnx: psu_init_gpl.c] tRAS 18 and tRP 9 clocks of 533 MHz" },
    { "busy.ocm", "cycles", 0, 10000, 16, AT_FIELD(busy.memory[MEM_OCM]), "[guess]" },
    { "busy.pl", "cycles", 0, 10000, 40, AT_FIELD(busy.memory[MEM_PL]), "[guess]" },
    { "busy.device", "cycles", 0, 10000, 60, AT_FIELD(busy.memory[MEM_DEVICE]), "[guess] one access at a time on the register bus" },
    { "busy.none", "cycles", 0, 10000, 60, AT_FIELD(busy.memory[MEM_NONE]), "[guess] as a device" },
    { "busy.tlbi_all", "cycles", 0, 10000, 160, AT_FIELD(busy.tlbi_all), "[guess] one cycle for each of the 160 rows of the TLB RAM" },
    { "busy.tlbi_va", "cycles", 0, 10000, 4, AT_FIELD(busy.tlbi_va), "[guess] one cycle a page size" },
};
/* clang-format on */

const struct param *params_table(size_t *count)
{
    *count = sizeof table / sizeof *table;
    return table;
}

static uint32_t *field(struct config *config, const struct param *p)
{
    return (uint32_t *)(void *)((char *)config + p->offset);
}

uint32_t params_get(const struct config *config, const struct param *p)
{
    return *(const uint32_t *)(const void *)((const char *)config + p->offset);
}

void params_default(struct config *config)
{
    memset(config, 0, sizeof *config);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        *field(config, &table[i]) = table[i].value;
    config->map = zynqmp_map(&config->map_count);
}

const char *params_word(const struct param *p, uint32_t value)
{
    if (strcmp(p->unit, "policy") == 0)
        return repl_name((enum repl_policy)value);
    if (strcmp(p->unit, "switch") == 0)
        return value ? "on" : "off";
    return NULL;
}

static bool parse_word(const struct param *p, const char *text, uint32_t *value)
{
    for (uint32_t i = p->min; i <= p->max; i++) {
        if (strcmp(text, params_word(p, i)) == 0) {
            *value = i;
            return true;
        }
    }
    return false;
}

/* What a parameter wants instead of `text`. */
static void refuse(const struct param *p, const char *text, char *why, size_t why_bytes)
{
    if (!params_word(p, p->min))
        snprintf(why, why_bytes, "%s wants a number from %u to %u, not '%s'", p->key, p->min, p->max, text);
    else if (p->max == 1)
        snprintf(why, why_bytes, "%s wants off or on, not '%s'", p->key, text);
    else
        snprintf(why, why_bytes, "%s wants rr, random or lru, not '%s'", p->key, text);
}

static bool parse_number(const char *text, uint32_t *value)
{
    char *end;
    unsigned long long v;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    v = strtoull(text, &end, 0);
    *value = (uint32_t)v;
    return errno == 0 && *end == '\0' && v <= UINT32_MAX;
}

const char *params_set(struct config *config, const char *key, const char *text, char *why, size_t why_bytes)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const struct param *p = &table[i];
        bool word = params_word(p, p->min) != NULL;
        uint32_t value;

        if (strcmp(key, p->key) != 0)
            continue;
        if (word ? !parse_word(p, text, &value) : !parse_number(text, &value) || value < p->min || value > p->max) {
            refuse(p, text, why, why_bytes);
            return why;
        }
        *field(config, p) = value;
        return NULL;
    }
    snprintf(why, why_bytes, "unknown parameter '%s'; `stagewalk params` lists them", key);
    return why;
}

static bool sets_are_power_of_two(uint32_t entries, uint32_t ways)
{
    uint32_t sets = entries / ways;

    return entries % ways == 0 && sets > 0 && (sets & (sets - 1)) == 0;
}

const char *params_check(const struct config *config, char *why, size_t why_bytes)
{
    const struct {
        const char *name;
        uint32_t entries, ways;
    } arrays[] = {
        { "mmu.main_tlb", config->mmu.main_tlb.entries, config->mmu.main_tlb.ways },
        { "mmu.walk_cache", config->mmu.walk_cache.entries, config->mmu.walk_cache.ways },
        { "mmu.ipa_cache", config->mmu.ipa_cache.entries, config->mmu.ipa_cache.ways },
        { "cache.l1i", config->l1i.bytes / 64, config->l1i.ways },
        { "cache.l1d", config->l1d.bytes / 64, config->l1d.ways },
        { "cache.l2", config->l2.bytes / 64, config->l2.ways },
    };

    if ((config->ddr.banks & (config->ddr.banks - 1)) != 0 ||
        (config->ddr.row_bytes & (config->ddr.row_bytes - 1)) != 0) {
        snprintf(why, why_bytes, "ddr.banks and ddr.row_bytes are powers of two, not %u and %u", config->ddr.banks,
                 config->ddr.row_bytes);
        return why;
    }
    for (size_t i = 3; i < sizeof arrays / sizeof *arrays; i++) {
        const struct cache_config *cache = i == 3 ? &config->l1i : i == 4 ? &config->l1d : &config->l2;

        if (cache->bytes % 64 != 0) {
            snprintf(why, why_bytes, "%s.bytes: %u is not a whole number of lines of 64", arrays[i].name, cache->bytes);
            return why;
        }
    }
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        if (!sets_are_power_of_two(arrays[i].entries, arrays[i].ways)) {
            snprintf(why, why_bytes, "%s: %u entries or lines in %u ways do not make a power of two of sets",
                     arrays[i].name, arrays[i].entries, arrays[i].ways);
            return why;
        }
    }
    return NULL;
}
