/* What counts as the same answer. See outcome.h. */
#include "tests/oracle/outcome.h"

#include <stdlib.h>
#include <string.h>

/* PAR_EL1 whole, less bit 10, and on a fault less the IMPLEMENTATION DEFINED [63:48]. */
static bool par_matches(uint64_t want, uint64_t got)
{
    const uint64_t ignored = 1u << 10 | ((want & 1) != 0 ? 0xffffull << 48 : 0);

    return ((want ^ got) & ~ignored) == 0;
}

/* EC, FnV, EA, CM, S1PTW, WnR and the fault status. */
static bool esr_matches(uint64_t want, uint64_t got)
{
    return ((want ^ got) & 0xFC0007FF) == 0;
}

static bool sh_matches(unsigned got, const char *want)
{
    static const char *const names[] = { "nsh", "nsh" /* the reserved 0b01 */, "osh", "ish" };

    return strcmp(want, names[got]) == 0;
}

static enum outcome_verdict verdict(bool same)
{
    return same ? OUTCOME_SAME : OUTCOME_DIFFERS;
}

static enum outcome_verdict check_number(const struct outcome *o, const char *key, size_t key_bytes, uint64_t want)
{
    const struct naive_exception *e = o->exception;
    const struct {
        const char *key;
        bool same;
    } known[] = {
        { "par", o->has_par && par_matches(want, o->par) },
        { "pa", o->ok && want == o->walk->pa },
        { "ipa", o->ok && want == o->walk->ipa },
        { "attr", o->ok && want == o->walk->attr },
        { "esr", e && esr_matches(want, e->esr) },
        { "far", e && want == e->far },
        { "hpfar", e && e->hpfar_valid && want == e->hpfar },
        { "el", e && want == e->el },
    };

    for (unsigned i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strlen(known[i].key) == key_bytes && strncmp(known[i].key, key, key_bytes) == 0)
            return verdict(known[i].same);
    }
    return OUTCOME_NO_ANSWER;
}

enum outcome_verdict outcome_check(const struct outcome *o, const char *text)
{
    const size_t key_bytes = strcspn(text, "=");
    const char *value = text + key_bytes + 1;
    uint64_t number;
    char *end;

    if (strcmp(text, "ok") == 0)
        return verdict(o->ok);
    if (text[key_bytes] == '\0')
        return OUTCOME_NO_ANSWER;
    if (strncmp(text, "sh=", 3) == 0)
        return verdict(o->ok && sh_matches(o->walk->sh, value));
    number = strtoull(value, &end, 0);
    if (end == value || *end != '\0')
        return OUTCOME_NO_ANSWER;
    return check_number(o, text, key_bytes, number);
}
