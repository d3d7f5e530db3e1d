/* Answers as numbers and words. */
#include "sim/answer.h"

#include <inttypes.h>
#include <string.h>

#define ESR_COMPARED 0xFC0007FFULL
#define PAR_IMPDEF_10 (1ULL << 10)
#define PAR_FAULT_IMPDEF (0xFFFFULL << 48)

/* The value of a key: a number, or a word; or there is none, and `word` says why. */
struct value {
    bool there;
    uint64_t number;
    const char *word;
};

static struct value number(bool there, uint64_t n)
{
    return (struct value){ .there = there, .number = n, .word = "fault" };
}

static struct value word(bool there, const char *w)
{
    return (struct value){ .there = there, .word = there ? w : "fault" };
}

static bool succeeded(const struct answer *a)
{
    return a->is_at ? a->at.fault.type == FAULT_NONE : !a->fault;
}

static struct memattr attr_of(const struct answer *a)
{
    if (a->is_at)
        return (struct memattr){ .attr = (uint8_t)(a->at.par >> 56), .sh = (uint8_t)(a->at.par >> 7 & 3) };
    return a->outcome.x.type.result;
}

static struct value value_of(const struct answer *a, enum script_key key)
{
    const struct exception *e = &a->outcome.exception;
    bool ok = succeeded(a);

    switch (key) {
    case KEY_OK:
        return word(ok, "ok");
    case KEY_PAR:
        return number(a->is_at && !a->fault, a->at.par);
    case KEY_PA:
        return number(ok, a->outcome.x.pa.v);
    case KEY_IPA:
        return number(ok, a->outcome.x.ipa.v);
    case KEY_ATTR:
        return number(ok, ok ? attr_of(a).attr : 0);
    case KEY_SH:
        return word(ok, ok ? attr_sh_name(attr_of(a).sh) : "");
    case KEY_TYPE:
        return word(ok, ok ? attr_name(attr_of(a)) : "");
    case KEY_ESR:
        return number(a->fault, e->esr);
    case KEY_FAR:
        return number(a->fault, e->far);
    case KEY_HPFAR:
        return number(a->fault && e->hpfar_valid, e->hpfar);
    case KEY_EL:
        return number(a->fault, e->el);
    case KEY_HIT:
        return (struct value){ .there = true, .word = mmu_hit_name((enum xlat_hit)a->outcome.x.hit) };
    case KEY_FETCHES:
        return number(true, a->outcome.fetches);
    case KEY_CYCLES:
        return number(true, a->outcome.cycles);
    case KEY_COUNT:
        break;
    }
    return word(false, "");
}

static uint64_t compared_bits(enum script_key key, uint64_t actual)
{
    if (key == KEY_ESR)
        return ESR_COMPARED;
    if (key == KEY_PAR)
        return ~(PAR_IMPDEF_10 | (actual & 1 ? PAR_FAULT_IMPDEF : 0));
    return ~0ULL;
}

bool answer_agrees(const struct answer *a, const struct script_expect *e)
{
    for (unsigned k = 0; k < KEY_COUNT; k++) {
        enum script_key key = (enum script_key)k;
        struct value v;

        if (!(e->keys & 1u << k))
            continue;
        v = value_of(a, key);
        if (!v.there)
            return false;
        if (key == KEY_OK)
            continue;
        if (script_key_is_word(key) ? strcmp(v.word, e->word[k]) != 0
                                    : ((v.number ^ e->number[k]) & compared_bits(key, v.number)) != 0)
            return false;
    }
    return true;
}

/* The keys that say most: an AT's PAR or abort; an access's fault, or place and type. */
static uint32_t telling_keys(const struct answer *a)
{
    if (a->is_at && !a->fault)
        return 1u << KEY_PAR;
    if (!a->fault)
        return 1u << KEY_PA | 1u << KEY_TYPE | 1u << KEY_SH | 1u << KEY_HIT | 1u << KEY_CYCLES;
    return 1u << KEY_ESR | 1u << KEY_FAR | (a->outcome.exception.hpfar_valid ? 1u << KEY_HPFAR : 0);
}

void answer_print(FILE *out, const struct answer *a, uint32_t keys)
{
    const char *gap = "";

    if (keys == 0 || !succeeded(a) != !(keys & ~(1u << KEY_PAR | 1u << KEY_ESR | 1u << KEY_FAR | 1u << KEY_HPFAR)))
        keys |= telling_keys(a);
    for (unsigned k = 0; k < KEY_COUNT; k++) {
        struct value v = value_of(a, (enum script_key)k);

        if (!(keys & 1u << k) || !v.there)
            continue;
        fprintf(out, "%s%s", gap, script_key_name((enum script_key)k));
        gap = " ";
        if (k == KEY_PAR)
            fprintf(out, "=0x%016" PRIx64, v.number);
        else if (k == KEY_EL || k == KEY_FETCHES || k == KEY_CYCLES)
            fprintf(out, "=%" PRIu64, v.number);
        else if (k != KEY_OK)
            script_key_is_word((enum script_key)k) ? fprintf(out, "=%s", v.word)
                                                   : fprintf(out, "=0x%" PRIx64, v.number);
    }
}
