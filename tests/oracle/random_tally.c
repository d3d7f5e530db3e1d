/* See random_tally.h. */
#include "tests/oracle/random_tally.h"

#include <inttypes.h>

static void print_faults(const struct random_tally *t, FILE *out)
{
    for (unsigned stage = 1; stage <= 2; stage++) {
        for (unsigned type = 1; type < FAULT_TYPE_COUNT; type++) {
            const uint64_t *n = t->fault[stage][type];

            fprintf(out, "  stage %u %-18s %8" PRIu64 " %8" PRIu64 " %8" PRIu64 " %8" PRIu64 "\n", stage,
                    fault_name((enum fault_type)type), n[0], n[1], n[2], n[3]);
        }
    }
}

void random_tally_print(const struct random_tally *t, FILE *out)
{
    fprintf(out,
            "%" PRIu64 " machines: %" PRIu64 " register writes, %" PRIu64 " table changes (%" PRIu64
            " of what nothing kept rested on), %" PRIu64 " windows\n",
            t->machines, t->register_writes, t->table_writes, t->silent, t->windows);
    fprintf(out,
            "%" PRIu64 " accesses, %" PRIu64 " of two pages, %" PRIu64 " stale answers in windows; hits:", t->accesses,
            t->split, t->stale_seen);
    for (unsigned i = 0; i <= HIT_OFF; i++)
        fprintf(out, " %s %" PRIu64, mmu_hit_name((enum xlat_hit)i), t->hit[i]);
    fprintf(out, "\n%" PRIu64 " ATs, %" PRIu64 " at EL1\n", t->ats, t->at_el1);
    fprintf(out, "%" PRIu64 " TLBIs, %" PRIu64 " broadcast, %" PRIu64 " by HCR_EL2.FB:", t->maintenance, t->broadcast,
            t->forced);
    for (unsigned i = 0; i < TLBI_OP_COUNT; i++)
        fprintf(out, " %s %" PRIu64, tlbi_name((enum tlbi_op)i), t->tlbi[i]);
    fprintf(out, "\n%" PRIu64 " faults, at levels 0 to 3:\n", t->faults);
    print_faults(t, out);
}

/* Where a fault can be: leaves from level 1 on; alignment without a level; an external abort at any. */
static bool lacks_a_fault(const struct random_tally *t)
{
    for (unsigned stage = 1; stage <= 2; stage++) {
        uint64_t aborts = 0;

        for (unsigned level = 0; level <= 3; level++) {
            const bool leaf = level > 0;

            aborts += t->fault[stage][FAULT_EXTERNAL_ON_WALK][level];
            if (t->fault[stage][FAULT_TRANSLATION][level] == 0 || t->fault[stage][FAULT_ADDRESS_SIZE][level] == 0 ||
                (leaf && t->fault[stage][FAULT_ACCESS_FLAG][level] == 0) ||
                (leaf && t->fault[stage][FAULT_PERMISSION][level] == 0))
                return true;
        }
        if (aborts == 0 || t->fault[stage][FAULT_ALIGNMENT][0] == 0)
            return true;
    }
    return false;
}

const char *random_tally_lacks(const struct random_tally *t)
{
    for (unsigned i = 0; i <= HIT_OFF; i++) {
        if (t->hit[i] == 0)
            return "a kind of hit";
    }
    for (unsigned i = 0; i < TLBI_OP_COUNT; i++) {
        if (t->tlbi[i] == 0)
            return "a TLB maintenance operation";
    }
    if (lacks_a_fault(t))
        return "a kind of fault at a level";
    if (t->forced == 0 || t->short_cuts == 0 || t->refilled == 0 || t->known == 0 || t->left == 0 ||
        t->stale_seen == 0 || t->silent == 0 || t->split == 0 || t->at_el1 == 0)
        return "a stale answer, a short cut, a forced broadcast, a silent change, a split access or an AT at EL1";
    return NULL;
}
