/* Walks as they are, and walks that handlers interrupt. Cores are threads of one process: they share its tables, and
 * begin in different parts of its footprint. */
#include "sim/generate/patterns.h"

#define HANDLER_AT 0x2000ULL /* in the kernel's text */
#define XEN_HANDLER_AT 0x4000ULL
#define HANDLER_LINE 64
#define OWN_LINES 512    /* of handlers' data: 32 KB */
#define GICC_IAR 0x0CULL /* [Arm: GICv2, GICC_IAR, GICC_EOIR; GICH_LR0] */
#define GICC_EOIR 0x10ULL
#define GICH_LR0 0x100ULL
#define WORD 2

void pattern_thread(struct generator *g, unsigned i, unsigned count, const struct process *process)
{
    struct thread *t = &g->thread[i];

    *t = (struct thread){ .process = process, .el = g->play.scene->el };
    walk_init(&t->walk, &g->play.law, i, count);
}

bool pattern_run(struct generator *g)
{
    uint64_t left = g->words.value[KEY_ACCESSES] - g->play.accesses;
    uint64_t until = g->words.value[KEY_EVERY] - g->since[g->core];
    bool breaks = g->words.pattern >= PATTERN_MAINS;

    if (breaks && until < left)
        left = until;
    g->since[g->core] += play_run(&g->play, &g->thread[g->running[g->core]], g->core, left);
    if (!breaks || g->since[g->core] < g->words.value[KEY_EVERY])
        return false;
    g->since[g->core] = 0;
    return true;
}

void pattern_turn(struct generator *g)
{
    g->core = (uint8_t)((g->core + 1) % g->words.value[KEY_CORES]);
}

void plain_begin(struct generator *g)
{
    const struct guest_scene *guest = &g->play.scene->guest[0];
    unsigned cores = (unsigned)g->words.value[KEY_CORES];

    for (unsigned i = 0; i < cores; i++) {
        pattern_thread(g, i, cores, &guest->process[0]);
        g->running[i] = i;
        play_begin(&g->play, guest, &guest->process[0], (uint8_t)i);
    }
}

void plain_step(struct generator *g)
{
    pattern_run(g);
    pattern_turn(g);
}

static void gic(struct generator *g, struct spot spot, const struct place *place, enum rec_op op, uint64_t offset)
{
    const struct play_data d = { .place = place, .offset = offset, .op = (uint8_t)op, .size_log2 = WORD };

    play_data(&g->play, spot, &d);
}

/* The interrupt is Xen's: it acknowledges it, and gives the guest a virtual one by a list register. */
static void through_xen(struct generator *g, const struct thread *t)
{
    const struct scene *s = g->play.scene;
    struct spot el2 = { g->core, 2 };

    play_enter_xen(&g->play, t, (struct cause){ g->core, 0 });
    play_fetch(&g->play, el2, &s->xen_text, XEN_HANDLER_AT, 12);
    gic(g, el2, &s->xen_gic, REC_LOAD, GICC_IAR);
    gic(g, el2, &s->xen_gic, REC_STORE, GICC_EOIR);
    gic(g, el2, &s->xen_gich, REC_STORE, GICH_LR0);
    play_leave_xen(&g->play, g->core);
}

/* Acknowledges, works on data of its own, from line to line, and ends the interrupt. */
static void handle(struct generator *g, const struct thread *t)
{
    const struct guest_scene *guest = &g->play.scene->guest[0];
    struct spot el1 = { g->core, 1 };
    struct play_data d = { .place = &guest->own, .size_log2 = 3 };

    play_enter_kernel(&g->play, guest, t, (struct cause){ g->core, 0 });
    play_fetch(&g->play, el1, &guest->text, HANDLER_AT, 8);
    gic(g, el1, &guest->gic, REC_LOAD, GICC_IAR);
    for (uint64_t i = 0; i < g->words.value[KEY_BURST]; i++) {
        if (i % 8 == 0)
            play_fetch(&g->play, el1, &guest->text, HANDLER_AT + 0x100 + i % 512 * 4, 16);
        d.offset = g->burst[g->core]++ % OWN_LINES * HANDLER_LINE + 8ULL * g->core;
        d.op = i % 4 == 3 ? REC_STORE : REC_LOAD;
        d.at = (uint16_t)(i % 8 * 8);
        play_data(&g->play, el1, &d);
    }
    play_fetch(&g->play, el1, &guest->text, HANDLER_AT + 0x80, 4);
    gic(g, el1, &guest->gic, REC_STORE, GICC_EOIR);
    play_leave_kernel(&g->play, guest, g->core);
}

void interrupts_step(struct generator *g)
{
    const struct thread *t = &g->thread[g->running[g->core]];

    if (pattern_run(g)) {
        if (g->play.scene->xen)
            through_xen(g, t);
        handle(g, t);
    }
    pattern_turn(g);
}
