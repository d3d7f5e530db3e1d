/* Records, and the sequences that all share. What a sequence does is what the captures of Linux 6.1 over Xen 4.17 show,
 * with less of what translates like the rest [choice]. */
#include "sim/generate/play.h"

#include "models/arch/barrier.h"
#include "models/arch/sysreg.h"
#include "traces/text_words.h"

#include <assert.h>
#include <string.h>

#define SLOT 0x800ULL /* vectors take as much */
#define ENTRY_AT 0x1000ULL
#define EXIT_AT 0x1200ULL
#define FRAME_STORES 17 /* pairs of general registers and what goes with them */
#define XEN_FRAME_STORES 15
#define FRAME_BYTES 0x140ULL
#define PAIR 4 /* log2 of 16 bytes, of STP and LDP */

#define VECTOR_IRQ_SAME 0x280u /* [Arm: Table D1-6] */
#define VECTOR_SYNC_LOWER 0x400u
#define VECTOR_IRQ_LOWER 0x480u

#define SPSR_EL1H 5u

/* Registers of Xen 4.17 on the ZynqMP, as the captures have them. */
#define XEN_SCTLR_EL2 0x30CD183DULL
#define XEN_TCR_EL2 0x80823510ULL
#define XEN_MAIR_EL2 0xFF000004EEAA4400ULL
#define HCR_RW 0x80000000ULL

/* ---- Records ----------------------------------------------------------------------------------------------------- */

static struct trace_rec *add(struct play *p, struct spot spot, enum rec_op op)
{
    struct trace_rec *r = &p->rec[p->count++];

    assert(p->count <= PLAY_RECORDS);
    *r = (struct trace_rec){ .op = (uint8_t)op, .core = spot.core, .el = spot.el };
    return r;
}

void play_fetch(struct play *p, struct spot spot, const struct place *code, uint64_t offset, unsigned instructions)
{
    struct trace_rec *r = add(p, spot, REC_FETCH);

    r->va = code->va + offset;
    r->pa = place_pa(code, offset);
    r->n = instructions;
}

void play_data(struct play *p, struct spot spot, const struct play_data *d)
{
    struct trace_rec *r = add(p, spot, (enum rec_op)d->op);

    r->flags = d->place->flags;
    r->size_log2 = d->size_log2;
    r->n = d->at;
    r->va = d->place->va + d->offset;
    r->pa = place_pa(d->place, d->offset);
}

void play_sys(struct play *p, struct spot spot, uint32_t opcode)
{
    add(p, spot, REC_SYS)->n = opcode;
}

void play_msr(struct play *p, struct spot spot, const char *name, uint64_t value)
{
    struct trace_rec *r = add(p, spot, REC_MSR);

    r->n = text_words_register_by_name(name);
    r->value = value;
    assert(r->n != 0);
}

void play_tabw(struct play *p, struct spot spot, uint64_t pa, uint64_t value)
{
    struct trace_rec *r = add(p, spot, REC_TABW);

    r->pa = pa;
    r->value = value;
}

/* ---- Threads ----------------------------------------------------------------------------------------------------- */

uint64_t play_run_at(struct thread *t, uint64_t code, uint64_t bytes)
{
    uint64_t left = SCENE_PAGE_BYTES - t->pc % SCENE_PAGE_BYTES;
    uint64_t at = left < bytes ? t->pc + left : t->pc;

    if (at + bytes > code)
        at = 0;
    t->pc = at + bytes;
    return at;
}

unsigned play_run(struct play *p, struct thread *t, uint8_t core, uint64_t most)
{
    const uint64_t *v = p->words->value;
    unsigned accesses = most < PLAY_RUN_ACCESSES ? (unsigned)most : PLAY_RUN_ACCESSES;
    unsigned each = (unsigned)v[KEY_INSTRUCTIONS];
    uint64_t at = play_run_at(t, v[KEY_CODE], 4ULL * each * accesses);
    struct spot spot = { core, t->el };
    struct play_data d = { .place = &t->process->data, .size_log2 = (uint8_t)__builtin_ctzll(v[KEY_SIZE]) };

    play_fetch(p, spot, &t->process->code, at, each * accesses);
    for (unsigned i = 0; i < accesses; i++) {
        struct walk_step step = walk_next(&t->walk);

        d.offset = step.offset;
        d.op = step.store ? REC_STORE : REC_LOAD;
        d.at = (uint16_t)(4 * (each * (i + 1) - 1));
        play_data(p, spot, &d);
    }
    p->accesses += accesses;
    return accesses;
}

/* ---- Exceptions -------------------------------------------------------------------------------------------------- */

static void except(struct play *p, struct spot to, const struct thread *t, unsigned vector, uint64_t esr)
{
    struct trace_rec *r = add(p, to, REC_EXC);

    r->n = vector;
    r->value = esr;
    r->elr = t->process->code.va + t->pc;
    r->spsr = t->el == 1 ? SPSR_EL1H : 0;
}

/* A frame of so many pairs, from the top of the core's stack down. */
static void frame(struct play *p, struct spot spot, const struct place *stack, enum rec_op op, unsigned pairs)
{
    struct play_data d = { .place = stack, .op = (uint8_t)op, .size_log2 = PAIR };

    for (unsigned i = 0; i < pairs; i++) {
        d.offset = (spot.core + 1) * SCENE_CORE_STACK - FRAME_BYTES + 16ULL * i;
        d.at = (uint16_t)(4 * i);
        play_data(p, spot, &d);
    }
}

void play_enter_kernel(struct play *p, const struct guest_scene *g, const struct thread *t, struct cause cause)
{
    struct spot el1 = { cause.core, 1 };
    unsigned vector = t->el == 1 ? VECTOR_IRQ_SAME : cause.esr ? VECTOR_SYNC_LOWER : VECTOR_IRQ_LOWER;

    except(p, el1, t, vector, cause.esr);
    play_fetch(p, el1, &g->text, vector, 4);
    play_fetch(p, el1, &g->text, ENTRY_AT, FRAME_STORES + 3);
    frame(p, el1, &g->stack, REC_STORE, FRAME_STORES);
}

void play_leave_kernel(struct play *p, const struct guest_scene *g, uint8_t core)
{
    struct spot el1 = { core, 1 };

    play_fetch(p, el1, &g->text, EXIT_AT, FRAME_STORES + 1);
    frame(p, el1, &g->stack, REC_LOAD, FRAME_STORES);
    play_sys(p, el1, OPCODE_ERET);
}

void play_enter_xen(struct play *p, const struct thread *t, struct cause cause)
{
    struct spot el2 = { cause.core, 2 };
    unsigned vector = cause.esr ? VECTOR_SYNC_LOWER : VECTOR_IRQ_LOWER;

    except(p, el2, t, vector, cause.esr);
    play_fetch(p, el2, &p->scene->xen_text, SLOT + vector, 1);
    play_fetch(p, el2, &p->scene->xen_text, ENTRY_AT, 36);
    frame(p, el2, &p->scene->xen_stack, REC_STORE, XEN_FRAME_STORES);
}

void play_leave_xen(struct play *p, uint8_t core)
{
    struct spot el2 = { core, 2 };

    play_fetch(p, el2, &p->scene->xen_text, EXIT_AT, XEN_FRAME_STORES + 6);
    frame(p, el2, &p->scene->xen_stack, REC_LOAD, XEN_FRAME_STORES);
    play_sys(p, el2, OPCODE_ERET);
}

/* ---- Registers --------------------------------------------------------------------------------------------------- */

static void begin_xen(struct play *p, const struct guest_scene *g, struct spot spot)
{
    const struct scene *s = p->scene;

    play_msr(p, spot, "VTCR_EL2", s->xen ? s->xen->vtcr_el2 : 0);
    play_msr(p, spot, "VTTBR_EL2", s->xen ? p2m_vttbr(&g->p2m, g->vmid) : 0);
    play_msr(p, spot, "HCR_EL2", s->xen ? s->xen->hcr_el2 : HCR_RW);
    if (!s->xen)
        return;
    play_msr(p, spot, "MAIR_EL2", XEN_MAIR_EL2);
    play_msr(p, spot, "TCR_EL2", XEN_TCR_EL2);
    play_msr(p, spot, "TTBR0_EL2", stage1_root(&s->xen_tree));
    play_msr(p, spot, "VBAR_EL2", s->xen_text.va + SLOT);
    play_msr(p, spot, "SCTLR_EL2", XEN_SCTLR_EL2);
}

void play_begin(struct play *p, const struct guest_scene *g, const struct process *process, uint8_t core)
{
    struct vmap_register reg[VMAP_REGISTERS];
    struct spot spot = { core, 2 };

    begin_xen(p, g, spot);
    vmap_registers(&g->map, p->scene->stage1 ? &g->tables : NULL, 0, reg);
    play_msr(p, spot, "VBAR_EL1", g->text.va);
    for (int i = 0; i < VMAP_REGISTERS; i++)
        play_msr(p, spot, sysreg_name((enum sysreg)reg[i].reg),
                 reg[i].reg == SYSREG_TTBR0_EL1 ? process->ttbr0 : reg[i].value);
}

uint64_t play_ttbr1(const struct guest_scene *g, uint16_t asid)
{
    return stage1_root(&g->tables.tree[TREE_UPPER]) | (uint64_t)asid << 48;
}
