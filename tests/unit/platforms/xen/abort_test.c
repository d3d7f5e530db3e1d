/* What Xen does with each abort, and where it emulates a device. */
#include "tests/unit/models/rows.h"

#include "platforms/xen/abort.h"

static const struct row {
    const char *name;
    struct fault fault;
    enum access_kind kind;
    unsigned el;
    enum xen_answer want;
} rows[] = {
    { "the guest's own", { .type = FAULT_TRANSLATION, .stage = 1 }, ACCESS_LOAD, 1, XEN_NOT_ASKED },
    { "the guest's own permission", { .type = FAULT_PERMISSION, .stage = 1 }, ACCESS_FETCH, 0, XEN_NOT_ASKED },
    { "Xen's own", { .type = FAULT_TRANSLATION, .stage = 1 }, ACCESS_LOAD, 2, XEN_DIES },
    { "a hole", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x4000000 } }, ACCESS_LOAD, 1, XEN_INJECTS },
    /* [Xen: vgic-v2.c@4.8.0:648] */
    { "GICD, below", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x3000fff } }, ACCESS_STORE, 1, XEN_INJECTS },
    { "GICD, first", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x3001000 } }, ACCESS_STORE, 1, XEN_EMULATES },
    { "GICD, last", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x3001fff } }, ACCESS_LOAD, 0, XEN_EMULATES },
    { "GICD, above", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x3002000 } }, ACCESS_LOAD, 1, XEN_INJECTS },
    { "GICD of dom0", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0xF9010F00 } }, ACCESS_STORE, 1, XEN_EMULATES },
    { "GICD of dom0, its second page",
      { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0xF9011000 } },
      ACCESS_LOAD,
      1,
      XEN_INJECTS },
    { "GICD, executed", { .type = FAULT_TRANSLATION, .stage = 2, .ipa = { 0x3001000 } }, ACCESS_FETCH, 1, XEN_INJECTS },
    { "GICD, as a table",
      { .type = FAULT_TRANSLATION, .stage = 2, .s1ptw = true, .ipa = { 0x3001000 } },
      ACCESS_LOAD,
      1,
      XEN_INJECTS },
    /* [Xen: traps.c@4.8.0:2547] */
    { "permission", { .type = FAULT_PERMISSION, .stage = 2 }, ACCESS_FETCH, 1, XEN_LIVELOCK },
    { "permission on a walk", { .type = FAULT_PERMISSION, .stage = 2, .s1ptw = true }, ACCESS_LOAD, 1, XEN_LIVELOCK },
    { "alignment", { .type = FAULT_ALIGNMENT, .stage = 2 }, ACCESS_LOAD, 1, XEN_INJECTS },
    { "address size", { .type = FAULT_ADDRESS_SIZE, .stage = 2 }, ACCESS_LOAD, 1, XEN_INJECTS },
    { "external abort", { .type = FAULT_EXTERNAL_ON_WALK, .stage = 2 }, ACCESS_LOAD, 1, XEN_INJECTS },
    { "access flag", { .type = FAULT_ACCESS_FLAG, .stage = 2 }, ACCESS_LOAD, 1, XEN_INJECTS },
};

static void check(void **state)
{
    const struct row *row = *state;
    struct access a = { .kind = (uint8_t)row->kind, .el = (uint8_t)row->el, .size = 8 };

    assert_int_equal(xen_abort_answer(&row->fault, &a), row->want);
}

int main(void)
{
    static struct rows r;

    rows_add(&r, check, ROWS_OF(rows));
    return rows_run(&r, "xen_abort");
}
