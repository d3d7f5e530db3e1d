/* What a survey says of a few records. */
#include "traces/survey.h"

#include "models/arch/sysreg.h"
#include "tests/unit/models/rows.h"

#define MSR(core_, reg, v)                                                                                             \
    {                                                                                                                  \
        .op = REC_MSR, .core = (core_), .el = 2, .n = (reg), .value = (v)                                              \
    }
#define LOAD(core_, el_, va_)                                                                                          \
    {                                                                                                                  \
        .op = REC_LOAD, .core = (core_), .el = (el_), .va = (va_), .size_log2 = 3                                      \
    }
#define VTTBR REC_SYSREG(3, 4, 2, 1, 0)
#define TTBR0 REC_SYSREG(3, 0, 2, 0, 0)
#define TTBR1 REC_SYSREG(3, 0, 2, 0, 1)
#define TCR REC_SYSREG(3, 0, 2, 0, 2)
#define RECORDS_MAX 8

/* Loads, and how many pieces they touched for whom. */
static const struct row {
    const char *name;
    struct trace_rec rec[RECORDS_MAX];
    unsigned who;
    uint64_t loads, touched[SURVEY_SIZE_COUNT];
    uint32_t cores;
} rows[] = {
    { "nobody", { LOAD(0, 1, 0) }, 1, 0, { 0, 0, 0, 0 }, 0 },
    { "one page twice", { LOAD(0, 1, 0x1000), LOAD(0, 1, 0x1FF8) }, 0, 2, { 1, 1, 1, 1 }, 1 },
    { "back again", { LOAD(0, 1, 0x1000), LOAD(0, 1, 0x2000), LOAD(0, 1, 0x1000) }, 0, 3, { 2, 1, 1, 1 }, 1 },
    { "the border of 64 KB", { LOAD(0, 1, 0xF000), LOAD(0, 1, 0x10000) }, 0, 2, { 2, 2, 1, 1 }, 1 },
    { "the border of 2 MB", { LOAD(0, 1, 0x1FF000), LOAD(0, 1, 0x200000) }, 0, 2, { 2, 2, 2, 1 }, 1 },
    { "the border of 1 GB", { LOAD(0, 1, 0x3FFFF000), LOAD(0, 1, 0x40000000) }, 0, 2, { 2, 2, 2, 2 }, 1 },
    { "both halves", { LOAD(0, 1, 0x1000), LOAD(0, 1, 0xFFFF000000001000) }, 0, 2, { 2, 2, 2, 2 }, 1 },
    { "a tagged pointer is in the lower half",
      { LOAD(0, 0, 0xB400000000001000), MSR(0, TTBR0, 1ULL << 48), LOAD(0, 0, 0xB400000000001000) },
      0,
      2,
      { 2, 2, 2, 2 },
      1 },
    { "two cores, one page", { LOAD(0, 0, 0x1000), LOAD(3, 0, 0x1000) }, 0, 2, { 1, 1, 1, 1 }, 9 },
    { "another VMID", { LOAD(0, 1, 0), MSR(0, VTTBR, 2ULL << 48), LOAD(0, 1, 0) }, 2, 1, { 1, 1, 1, 1 }, 1 },
    { "EL2 is nobody's VMID", { MSR(0, VTTBR, 2ULL << 48), LOAD(0, 2, 0) }, SURVEY_EL2, 1, { 1, 1, 1, 1 }, 1 },
    { "EL3", { LOAD(0, 3, 0) }, SURVEY_EL3, 1, { 1, 1, 1, 1 }, 1 },
    { "another ASID", { LOAD(0, 0, 0), MSR(0, TTBR0, 1ULL << 48), LOAD(0, 0, 0) }, 0, 2, { 2, 2, 2, 2 }, 1 },
    { "ASID of TTBR1", { LOAD(0, 0, 0), MSR(0, TTBR1, 1ULL << 48), LOAD(0, 0, 0) }, 0, 2, { 1, 1, 1, 1 }, 1 },
    { "ASID of TTBR1 by A1",
      { MSR(0, TCR, 1ULL << 22), LOAD(0, 0, 0), MSR(0, TTBR1, 1ULL << 48), LOAD(0, 0, 0) },
      0,
      2,
      { 2, 2, 2, 2 },
      1 },
    { "the upper half has no ASID",
      { LOAD(0, 1, 0xFFFF000000000000), MSR(0, TTBR0, 1ULL << 48), LOAD(0, 1, 0xFFFF000000000000) },
      0,
      2,
      { 1, 1, 1, 1 },
      1 },
};

static struct survey survey;

static void add_all(const struct trace_rec *rec, size_t max)
{
    memset(&survey, POISON, sizeof survey);
    survey_init(&survey);
    for (size_t i = 0; i < max && (rec[i].op || rec[i].n); i++)
        survey_add(&survey, &rec[i]);
}

static void test_row(void **state)
{
    const struct row *row = *state;
    const struct survey_who *w = &survey.who[row->who];

    add_all(row->rec, RECORDS_MAX);
    assert_int_equal(w->loads, row->loads);
    assert_int_equal(w->cores, row->cores);
    for (int i = 0; i < SURVEY_SIZE_COUNT; i++)
        assert_int_equal(w->touched[i], row->touched[i]);
    survey_free(&survey);
}

static const struct event_row {
    const char *name;
    struct trace_rec rec;
    size_t at; /* of the count, in struct survey */
} event_rows[] = {
    { "TLBI VAE1IS", { .op = REC_SYS, .el = 1, .n = 0xD5088320 }, offsetof(struct survey, tlbi[TLBI_VAE1][1]) },
    { "TLBI VMALLE1", { .op = REC_SYS, .el = 1, .n = 0xD508871F }, offsetof(struct survey, tlbi[TLBI_VMALLE1][0]) },
    { "AT S1E1R", { .op = REC_SYS, .el = 1, .n = 0xD5087800 }, offsetof(struct survey, at) },
    { "IRQ", { .op = REC_EXC, .el = 1, .n = 0x280 }, offsetof(struct survey, exception[SURVEY_IRQ]) },
    { "FIQ", { .op = REC_EXC, .el = 1, .n = 0x500 }, offsetof(struct survey, exception[SURVEY_FIQ]) },
    { "SError", { .op = REC_EXC, .el = 2, .n = 0x780 }, offsetof(struct survey, exception[SURVEY_SERROR]) },
    { "stale ESR of an IRQ",
      { .op = REC_EXC, .el = 1, .n = 0x480, .value = 0x92000007 },
      offsetof(struct survey, exception[SURVEY_IRQ]) },
    { "SVC",
      { .op = REC_EXC, .el = 1, .n = 0x400, .value = 0x56000000 },
      offsetof(struct survey, exception[SURVEY_CALL]) },
    { "HVC",
      { .op = REC_EXC, .el = 2, .n = 0x400, .value = 0x5A000000 },
      offsetof(struct survey, exception[SURVEY_CALL]) },
    { "WFI",
      { .op = REC_EXC, .el = 2, .n = 0x400, .value = 0x04000000 },
      offsetof(struct survey, exception[SURVEY_TRAP]) },
    { "BRK",
      { .op = REC_EXC, .el = 1, .n = 0x200, .value = 0xF2000000 },
      offsetof(struct survey, exception[SURVEY_OTHER]) },
    { "data abort",
      { .op = REC_EXC, .el = 1, .n = 0x400, .value = 0x92000007 },
      offsetof(struct survey, exception[SURVEY_DATA_ABORT]) },
    { "its status", { .op = REC_EXC, .el = 1, .n = 0x200, .value = 0x96000007 }, offsetof(struct survey, fault[7]) },
    { "instruction abort",
      { .op = REC_EXC, .el = 1, .n = 0x400, .value = 0x8200000F },
      offsetof(struct survey, exception[SURVEY_FETCH_ABORT]) },
    { "table word, at EL1", { .op = REC_TABW, .el = 1, .pa = 8 }, offsetof(struct survey, who[0].table_writes) },
    { "table word, at EL2",
      { .op = REC_TABW, .el = 2, .pa = 8 },
      offsetof(struct survey, who[SURVEY_EL2].table_writes) },
};

static void test_event(void **state)
{
    const struct event_row *row = *state;
    uint64_t count;

    add_all(&row->rec, 1);
    memcpy(&count, (const char *)&survey + row->at, sizeof count);
    assert_int_equal(count, 1);
    survey_free(&survey);
}

static void test_instructions(void **state)
{
    static const struct trace_rec rec[] = { { .op = REC_FETCH, .el = 0, .n = 3, .va = 0x1000 },
                                            { .op = REC_FETCH, .el = 1, .n = 1024, .va = 0x2000 },
                                            { .op = REC_STORE, .el = 1, .va = 0x9000, .n = 4 },
                                            { .op = REC_ZVA, .el = 1, .va = 0x9000, .n = 0 } };

    (void)state;
    add_all(rec, 4);
    assert_int_equal(survey.who[0].instructions[0], 3);
    assert_int_equal(survey.who[0].instructions[1], 1024);
    assert_int_equal(survey.who[0].stores, 2);
    assert_int_equal(survey.who[0].touched[SURVEY_4K], 3);
    survey_free(&survey);
}

int main(void)
{
    static struct rows all;

    rows_add(&all, test_row, ROWS_OF(rows));
    rows_add(&all, test_event, ROWS_OF(event_rows));
    rows_add_test(&all, "instructions and stores", test_instructions, NULL);
    return rows_run(&all, "traces/survey");
}
