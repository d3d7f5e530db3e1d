/* The real walker over Linux's tables: where each region leads, as what, and who may do what there. */
#include "platforms/linux/linux_map.h"
#include "tests/unit/platforms/linux/machine.h"

#define MB(n) ((uint64_t)(n) << 20)
#define RAM 0x40000000ULL
#define POOL 0x47000000ULL
#define USER_CODE 0x400000ULL
#define USER_DATA 0x412000ULL
#define USER_CONSTANTS 0x411000ULL
#define USER_DEV_MEM 0x7FA0000000ULL
#define TRAMPOLINE 0xFFFFFBFFFDBFA000ULL

static struct machine machine;
static struct linux_map m;
static struct vmap_tables t;
static uint64_t uart; /* VA */

static void start(const char *preset, struct linux_options o)
{
    static const struct linux_bank ram = { RAM, MB(128) }, device = { 0xFF000000, 0x1000 };
    static const struct linux_bank code = { 0x44000000, 0x2000 }, constants = { 0x44123000, 0x1000 };
    static const struct linux_bank data = { 0x44005000, 0x1000 };
    struct linux_image image = LINUX_IMAGE_USUAL;

    image.ipa = RAM;
    linux_map_init(&m, linux_preset_by_name(preset), &o);
    assert_int_equal(linux_map_kernel(&m, &image), LINUX_MAP_OK);
    assert_int_equal(linux_map_ram(&m, &ram, 1), LINUX_MAP_OK);
    assert_int_equal(linux_map_ioremap(&m, PROT_IOREMAP, &device, &uart), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_USER_TEXT, &code, USER_CODE), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_USER_RO, &constants, USER_CONSTANTS), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_USER, &data, USER_DATA), LINUX_MAP_OK);
    assert_int_equal(linux_map_user(&m, PROT_DEV_MEM, &device, USER_DEV_MEM), LINUX_MAP_OK);
    assert_int_equal(vmap_build(&m.vmap, &t, POOL, MB(4)), STAGE1_OK);
    machine_start(&machine);
    machine_copy(&machine, POOL, t.pool.page, t.pool.count);
}

static void stop(void)
{
    vmap_tables_free(&t);
    linux_map_free(&m);
}

enum place {
    AT_TEXT,
    AT_RODATA,
    AT_DATA,
    AT_LINEAR,
    AT_ALIAS,
    AT_IOREMAP,
    AT_CODE,
    AT_CONSTANTS,
    AT_STACK,
    AT_DEV_MEM
};

static uint64_t va_of(enum place place)
{
    uint64_t text = m.vmap.region[0].va, head = text - m.vmap.region[0].ipa;

    switch (place) {
    case AT_TEXT:
        return head + 0x40200128;
    case AT_RODATA:
        return head + 0x40E00128;
    case AT_DATA:
        return head + 0x41E00128;
    case AT_LINEAR:
        return linux_map_linear_va(&m, 0x45678128);
    case AT_ALIAS:
        return linux_map_linear_va(&m, 0x40200128);
    case AT_IOREMAP:
        return uart + 0x128;
    case AT_CODE:
        return USER_CODE + 0x1128;
    case AT_CONSTANTS:
        return USER_CONSTANTS + 0x128;
    case AT_STACK:
        return USER_DATA + 0x128;
    case AT_DEV_MEM:
        return USER_DEV_MEM + 0x128;
    }
    return 0;
}

/* Rights in the order: EL1 read, write, execute, EL0 the same. 'p' is a Permission fault of stage 1. */
struct place_row {
    const char *name;
    enum place place;
    uint64_t pa;
    const char *type, *sh, *rights;
};

// clang-format off
static const struct place_row place_rows[] = {
    { "text",      AT_TEXT,      0x40200128, "Normal-WB",     "ish", "rpxppp" },
    { "rodata",    AT_RODATA,    0x40E00128, "Normal-WB",     "ish", "rppppp" },
    { "data",      AT_DATA,      0x41E00128, "Normal-WB",     "ish", "rwpppp" },
    { "linear",    AT_LINEAR,    0x45678128, "Normal-WB",     "ish", "rwpppp" },
    { "alias",     AT_ALIAS,     0x40200128, "Normal-WB",     "ish", "rppppp" },
    { "ioremap",   AT_IOREMAP,   0xFF000128, "Device-nGnRE",  "osh", "rwpppp" },
    { "code",      AT_CODE,      0x44001128, "Normal-WB",     "ish", "rpprpx" },
    { "constants", AT_CONSTANTS, 0x44123128, "Normal-WB",     "ish", "rpprpp" },
    { "stack",     AT_STACK,     0x44005128, "Normal-WB",     "ish", "rwprwp" },
    { "/dev/mem",  AT_DEV_MEM,   0xFF000128, "Device-nGnRnE", "osh", "rwprwp" },
};
// clang-format on

/* Tries one right: success must lead to the row's PA and type, anything else be a Permission fault of stage 1. */
static void try_right(const struct place_row *row, unsigned i)
{
    static const enum access_kind kinds[3] = { ACCESS_LOAD, ACCESS_STORE, ACCESS_FETCH };
    unsigned el = i < 3 ? 1 : 0;
    enum fault_type fault = machine_access(&machine, kinds[i % 3], el, va_of(row->place));

    if (row->rights[i] == 'p') {
        assert_int_equal(fault, FAULT_PERMISSION);
        assert_int_equal(machine.x.fault.stage, 1);
        return;
    }
    assert_int_equal(fault, FAULT_NONE);
    assert_int_equal(machine.x.pa.v, row->pa);
    assert_string_equal(attr_name(machine.x.type.result), row->type);
    assert_string_equal(attr_sh_name(machine.x.type.result.sh), row->sh);
}

static void check_place(void **state)
{
    static const char *const presets[] = { "linux-6.1-48", "linux-6.1-39", "linux-4.x-39", "linux-4.x-48" };
    const struct place_row *row = *state;

    for (size_t p = 0; p < sizeof presets / sizeof *presets; p++) {
        start(presets[p], (struct linux_options){ .asid = 6 });
        for (unsigned i = 0; i < 6; i++) {
            machine_registers(&machine, &m.vmap, &t, i < 3 ? 1 : 0);
            try_right(row, i);
        }
        stop();
    }
}

/* Fetches of a first walk: a page of 48 bits has four levels, of 39 bits three; a block one less. */
static void walk_lengths(void **state)
{
    static const struct {
        const char *preset;
        enum place place;
        unsigned fetches;
    } row[] = {
        { "linux-6.1-48", AT_LINEAR, 4 }, { "linux-6.1-48", AT_TEXT, 3 },   { "linux-6.1-39", AT_LINEAR, 3 },
        { "linux-6.1-39", AT_TEXT, 2 },   { "linux-4.x-39", AT_LINEAR, 2 }, { "linux-4.x-48", AT_LINEAR, 3 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        unsigned fetches = 0;

        start(row[i].preset, (struct linux_options){ 0 });
        machine_registers(&machine, &m.vmap, &t, 1);
        assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, va_of(row[i].place)), FAULT_NONE);
        for (unsigned s = 0; s < machine.x.steps.count; s++)
            fetches += machine.x.steps.step[s].kind == STEP_FETCH;
        assert_int_equal(fetches, row[i].fetches);
        stop();
    }
}

/* A tagged kernel address is the same place when 6.1 is built for MTE, and a fault when it is not. */
static void top_byte(void **state)
{
    uint64_t tagged;

    (void)state;
    start("linux-6.1-48", (struct linux_options){ 0 });
    machine_registers(&machine, &m.vmap, &t, 1);
    tagged = va_of(AT_LINEAR) & ~(0xFFULL << 56);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, tagged), FAULT_NONE);
    assert_int_equal(machine.x.pa.v, 0x45678128);
    stop();
    start("linux-6.1-48", (struct linux_options){ .without_mte = true });
    machine_registers(&machine, &m.vmap, &t, 1);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, tagged), FAULT_TRANSLATION);
    assert_int_equal(machine.x.fault.level, 0);
    stop();
}

/* With KPTI EL0's tables have nothing of the kernel but the trampoline, which EL1 executes on its way in. */
static void kpti(void **state)
{
    uint64_t text;

    (void)state;
    start("linux-6.1-48", (struct linux_options){ .kpti = true, .asid = 6 });
    text = va_of(AT_TEXT);
    machine_registers(&machine, &m.vmap, &t, 0);
    assert_int_equal(machine.mmu.regime[REGIME_EL10].asid, 7);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 0, va_of(AT_STACK)), FAULT_NONE);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 0, text), FAULT_TRANSLATION);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, va_of(AT_LINEAR)), FAULT_TRANSLATION);
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, TRAMPOLINE), FAULT_NONE);
    assert_int_equal(machine.x.pa.v, 0x40D00000);
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 0, TRAMPOLINE), FAULT_PERMISSION);
    machine_registers(&machine, &m.vmap, &t, 1);
    assert_int_equal(machine.mmu.regime[REGIME_EL10].asid, 6);
    /* the trampoline is global: it is found under the other ASID too; the kernel's own entries are not */
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, TRAMPOLINE), FAULT_NONE);
    assert_int_equal(machine.x.hit, HIT_TLB);
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, text), FAULT_NONE);
    machine_registers(&machine, &m.vmap, &t, 0);
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, text), FAULT_TRANSLATION);
    stop();
}

/* MMU off: all of it 1:1, data nGnRnE, fetches Non-cacheable. */
static void off(void **state)
{
    struct vmap v;

    (void)state;
    machine_start(&machine);
    linux_vmap(&v, linux_preset_by_name("off"), &(struct linux_options){ 0 });
    machine_registers(&machine, &v, NULL, 1);
    assert_int_equal(machine_access(&machine, ACCESS_LOAD, 1, 0x40001234), FAULT_NONE);
    assert_int_equal(machine.x.pa.v, 0x40001234);
    assert_string_equal(attr_name(machine.x.type.result), "Device-nGnRnE");
    assert_int_equal(machine_access(&machine, ACCESS_FETCH, 1, 0x40001234), FAULT_NONE);
    assert_string_equal(attr_name(machine.x.type.result), "Normal-NC");
}

int main(void)
{
    static struct rows all;

    rows_add(&all, check_place, ROWS_OF(place_rows));
    rows_add_test(&all, "lengths of walks", walk_lengths, NULL);
    rows_add_test(&all, "the top byte of a kernel VA", top_byte, NULL);
    rows_add_test(&all, "KPTI", kpti, NULL);
    rows_add_test(&all, "MMU off", off, NULL);
    return rows_run(&all, "linux/walk");
}
