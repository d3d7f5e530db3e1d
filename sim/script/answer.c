/* Answers as numbers and words. */
#include "sim/script/answer.h"

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

static void print_value(FILE *out, enum script_key key, struct value v)
{
    if (key == KEY_OK)
        fprintf(out, "ok");
    else if (key == KEY_PAR)
        fprintf(out, "par=0x%016" PRIx64, v.number);
    else if (key == KEY_EL || key == KEY_FETCHES || key == KEY_CYCLES)
        fprintf(out, "%s=%" PRIu64, script_key_name(key), v.number);
    else if (script_key_is_word(key))
        fprintf(out, "%s=%s", script_key_name(key), v.word);
    else
        fprintf(out, "%s=0x%" PRIx64, script_key_name(key), v.number);
}

void answer_print(FILE *out, const struct answer *a, uint32_t keys)
{
    const char *gap = "";
    uint32_t wanted = keys;

    for (unsigned k = 0; k < KEY_COUNT; k++) {
        if (keys == 0 || ((keys & 1u << k) && !value_of(a, (enum script_key)k).there))
            wanted |= telling_keys(a);
    }
    for (unsigned k = 0; k < KEY_COUNT; k++) {
        struct value v = value_of(a, (enum script_key)k);

        if (!(wanted & 1u << k) || !v.there)
            continue;
        fputs(gap, out);
        print_value(out, (enum script_key)k, v);
        gap = " ";
    }
}

static bool is_type_name(const char *word)
{
    for (unsigned i = 0; i < 256; i++) {
        if (strcmp(word, attr_name(attr_decode_mair(i, SH_NSH))) == 0)
            return true;
    }
    return false;
}

static bool is_hit_name(const char *word)
{
    for (unsigned i = HIT_UTLB; i <= HIT_OFF; i++) {
        if (strcmp(word, mmu_hit_name((enum xlat_hit)i)) == 0)
            return true;
    }
    return false;
}

static bool is_sh_name(const char *word)
{
    return strcmp(word, "nsh") == 0 || strcmp(word, "ish") == 0 || strcmp(word, "osh") == 0;
}

const char *answer_problem(const struct script_expect *e)
{
    if ((e->keys & 1u << KEY_SH) && !is_sh_name(e->word[KEY_SH]))
        return "sh= is nsh, ish or osh";
    if ((e->keys & 1u << KEY_HIT) && !is_hit_name(e->word[KEY_HIT]))
        return "hit= is utlb, tlb, walk_cache, walk or off";
    if ((e->keys & 1u << KEY_TYPE) && !is_type_name(e->word[KEY_TYPE]))
        return "type= is a memory type such as Device-nGnRE, Normal-WB or Normal-iWB-oNC";
    if ((e->keys & 1u << KEY_ATTR) && e->number[KEY_ATTR] > 0xFF)
        return "attr= is a MAIR byte";
    if ((e->keys & 1u << KEY_EL) && (e->number[KEY_EL] < 1 || e->number[KEY_EL] > 2))
        return "el= is 1 or 2";
    return NULL;
}
