/* Prints the expected outcome of every legal combination of stage-1 and stage-2 attributes as CSV: 26,793 rows
 * (229 MAIR bytes x 3 shareabilities x 13 MemAttr values x 3 shareabilities) and a header.
 *
 * The rows come from combine_rules.h, which knows nothing of the models; what reads them can be held to them.
 * Exit status: 0; 1 if the rules contradict themselves or the output cannot be written. */
#include "tests/oracle/combine_rules.h"

#include <stdio.h>

static const char *sh_text(enum combine_sh sh)
{
    static const char *const text[] = { "nsh", "reserved", "osh", "ish" };

    return text[sh];
}

static void print_row(unsigned mair, unsigned s1_sh, unsigned memattr, unsigned s2_sh)
{
    char type[24];
    struct combine_outcome r;

    if (!combine_mair_is_legal(mair) || !combine_sh_is_legal(s1_sh) || !combine_memattr_is_legal(memattr) ||
        !combine_sh_is_legal(s2_sh))
        return;
    r = combine_rules(mair, s1_sh, memattr, s2_sh);
    printf("0x%02x,%s,0x%x,%s,%s,0x%02x,%s\n", mair, sh_text((enum combine_sh)s1_sh), memattr,
           sh_text((enum combine_sh)s2_sh), combine_type_text(&r, type), (unsigned)r.par_attr, sh_text(r.par_sh));
}

int main(void)
{
    if (combine_rules_self_check() == 0) {
        fputs("gen_combine: the tables and the formulas disagree\n", stderr);
        return 1;
    }
    puts("s1_attr,s1_sh,s2_memattr,s2_sh,type,attr,sh");
    for (unsigned i = 0; i < 256 * 4 * 16 * 4; i++)
        print_row(i >> 8, i >> 6 & 3, i >> 2 & 15, i & 3);
    return fflush(stdout) != 0 || ferror(stdout) ? 1 : 0;
}
