/* Guests in turns: the timer brings Xen in, whose scheduler saves one vCPU and restores another.
 *
 * VMIDs are never taken back: Xen has one for each domain. But two vCPUs of one guest may differ in what their TLB
 * entries without an ASID mean, so Xen empties the guest's own when another one ran last on the CPU [Xen:
 * p2m_restore_state, p2m.c@4.17.0]. */
#include "sim/generate/patterns.h"

#include "models/arch/sysreg.h"

#define SCHEDULE_AT 0x6000ULL /* in Xen's text */
#define RESTORE_AT 0x6400ULL
#define PAIR 4
#define VCPU_WORDS 24 /* pairs of registers of one, saved and restored */

/* Threads are guests by vCPU; a core runs the vCPUs whose number is its own, modulo cores: first all guests' first
 * one. */
static unsigned guest_of(const struct generator *g, unsigned thread)
{
    return thread % (unsigned)g->words.value[KEY_GUESTS];
}

static unsigned vcpu_of(const struct generator *g, unsigned thread)
{
    return thread / (unsigned)g->words.value[KEY_GUESTS];
}

static unsigned next_of(const struct generator *g)
{
    unsigned cores = (unsigned)g->words.value[KEY_CORES], guests = (unsigned)g->words.value[KEY_GUESTS];
    unsigned next = g->running[g->core] + 1;

    if (next % guests == 0)
        next += (cores - 1) * guests;
    return next < g->threads ? next : g->core * guests;
}

void worlds_begin(struct generator *g)
{
    unsigned cores = (unsigned)g->words.value[KEY_CORES], guests = (unsigned)g->words.value[KEY_GUESTS];

    g->threads = guests * (unsigned)g->words.value[KEY_VCPUS];
    for (unsigned i = 0; i < g->threads; i++)
        pattern_thread(g, i, g->threads, &g->play.scene->guest[guest_of(g, i)].process[0]);
    for (unsigned c = 0; c < cores; c++) {
        g->running[c] = c * guests;
        g->vcpu_before[0][c] = (uint8_t)(c + 1);
        play_begin(&g->play, &g->play.scene->guest[0], &g->play.scene->guest[0].process[0], (uint8_t)c);
    }
}

/* Loads or stores of what Xen keeps of a vCPU, in a page of its stacks' area that is the core's. */
static void keep(struct generator *g, enum rec_op op, uint64_t at)
{
    struct spot el2 = { g->core, 2 };
    struct play_data d = { .place = &g->play.scene->xen_stack, .op = (uint8_t)op, .size_log2 = PAIR };

    play_fetch(&g->play, el2, &g->play.scene->xen_text, at, VCPU_WORDS);
    for (unsigned i = 0; i < VCPU_WORDS; i++) {
        d.offset = g->core * SCENE_CORE_STACK + guest_of(g, g->running[g->core]) * 0x200 + 16ULL * i;
        d.at = (uint16_t)(4 * i);
        play_data(&g->play, el2, &d);
    }
}

/* In the order of the captures: EL1's registers, then what decides whose they are. */
static void restore(struct generator *g, const struct guest_scene *guest)
{
    struct play *p = &g->play;
    struct spot el2 = { g->core, 2 };
    struct vmap_register reg[VMAP_REGISTERS];

    vmap_registers(&guest->map, p->scene->stage1 ? &guest->tables : NULL, 0, reg);
    play_msr(p, el2, "VBAR_EL1", guest->text.va);
    for (int i = 0; i < VMAP_REGISTERS - 1; i++)
        play_msr(p, el2, sysreg_name((enum sysreg)reg[i].reg), reg[i].value);
    play_fetch(p, el2, &p->scene->xen_text, RESTORE_AT + 0x80, 12);
    play_sys(p, el2, PLAY_ISB);
    play_msr(p, el2, sysreg_name((enum sysreg)reg[VMAP_REGISTERS - 1].reg), reg[VMAP_REGISTERS - 1].value);
    play_msr(p, el2, "HCR_EL2", p->scene->xen->hcr_el2);
    play_msr(p, el2, "VTTBR_EL2", p2m_vttbr(&guest->p2m, guest->vmid));
    play_fetch(p, el2, &p->scene->xen_text, RESTORE_AT + 0xB0, 4);
    play_sys(p, el2, PLAY_ISB);
}

static void flush(struct generator *g, unsigned next)
{
    uint8_t *before = &g->vcpu_before[guest_of(g, next)][g->core], vcpu = (uint8_t)(vcpu_of(g, next) + 1);
    struct spot el2 = { g->core, 2 };

    if (*before != 0 && *before != vcpu) {
        play_sys(&g->play, el2, PLAY_DSB_NSHST);
        play_sys(&g->play, el2, PLAY_TLBI_VMALLS12E1);
        play_sys(&g->play, el2, PLAY_DSB_NSH);
        play_sys(&g->play, el2, PLAY_ISB);
    }
    *before = vcpu;
}

static void change(struct generator *g)
{
    struct spot el2 = { g->core, 2 };
    unsigned next = next_of(g);

    play_enter_xen(&g->play, &g->thread[g->running[g->core]], (struct cause){ g->core, 0 });
    play_fetch(&g->play, el2, &g->play.scene->xen_text, SCHEDULE_AT, 64);
    if (next != g->running[g->core]) {
        keep(g, REC_STORE, SCHEDULE_AT + 0x200);
        g->running[g->core] = next;
        keep(g, REC_LOAD, RESTORE_AT);
        restore(g, &g->play.scene->guest[guest_of(g, next)]);
        flush(g, next);
    }
    play_leave_xen(&g->play, g->core);
}

void worlds_step(struct generator *g)
{
    if (pattern_run(g))
        change(g);
    pattern_turn(g);
}
