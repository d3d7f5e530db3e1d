/* Processes in turns: how Linux 6.1 changes tables and ASID, and what it does when ASIDs run out.
 *
 * An ASID is of a generation; when none is left a new generation begins, in which only what runs keeps its number, and
 * each core empties its TLBs before it switches next [Linux: context.c@6.1]. */
#include "sim/generate/patterns.h"

#include <stdlib.h>

#define SWITCH_AT 0x8000ULL /* in the kernel's text */

struct asids {
    uint64_t generation;
    uint32_t next; /* where the search goes on; number 0 is nobody's */
    bool used[65536];
    bool flush[SCENE_CORES_MAX];
    unsigned kept[SCENE_CORES_MAX]; /* who runs as the generation begins */
    struct {
        uint64_t generation; /* 0: none yet */
        uint16_t asid;
    } of[PLAY_THREADS_MAX];
};

/* True for who ran on a core when this generation began. */
static bool is_kept(const struct generator *g, unsigned thread)
{
    for (unsigned c = 0; c < g->words.value[KEY_CORES]; c++)
        if (g->asids->kept[c] == thread)
            return true;
    return false;
}

/* Takes all ASIDs back but those of who runs. */
static void begin_generation(struct generator *g)
{
    struct asids *a = g->asids;

    a->generation++;
    for (uint64_t i = 0; i <= g->words.value[KEY_ASIDS]; i++)
        a->used[i] = false;
    for (unsigned c = 0; c < g->words.value[KEY_CORES]; c++) {
        a->flush[c] = true;
        a->kept[c] = g->running[c];
        a->used[a->of[a->kept[c]].asid] = true;
    }
    a->next = 1;
}

static uint32_t find_free(const struct generator *g)
{
    uint32_t i = g->asids->next;

    while (i <= g->words.value[KEY_ASIDS] && g->asids->used[i])
        i++;
    return i;
}

/* Sees that a thread has an ASID of this generation: it keeps the one that it ran with as the generation began. */
static void give_asid(struct generator *g, unsigned thread)
{
    struct asids *a = g->asids;
    uint32_t found;

    if (a->of[thread].generation == a->generation)
        return;
    if (a->of[thread].generation != 0 && is_kept(g, thread)) {
        a->of[thread].generation = a->generation;
        return;
    }
    found = find_free(g);
    if (found > g->words.value[KEY_ASIDS]) {
        begin_generation(g);
        found = find_free(g);
    }
    a->used[found] = true;
    a->next = found + 1;
    a->of[thread].generation = a->generation;
    a->of[thread].asid = (uint16_t)found;
}

/* Processes of a core: those whose number is the core's, modulo cores. */
static unsigned next_of(const struct generator *g)
{
    unsigned cores = (unsigned)g->words.value[KEY_CORES], next = g->running[g->core] + cores;

    return next < g->threads ? next : g->core;
}

bool contexts_begin(struct generator *g)
{
    const struct guest_scene *guest = &g->play.scene->guest[0];
    unsigned cores = (unsigned)g->words.value[KEY_CORES];

    g->asids = calloc(1, sizeof *g->asids);
    if (!g->asids)
        return false;
    g->asids->generation = 1;
    g->asids->next = 1;
    g->threads = (unsigned)g->words.value[KEY_PROCESSES];
    for (unsigned i = 0; i < g->threads; i++) {
        pattern_thread(g, i, 1, &guest->process[i]);
        walk_init(&g->thread[i].walk, &g->play.law, i, g->threads);
    }
    for (unsigned c = 0; c < cores; c++) {
        g->running[c] = c;
        give_asid(g, c);
        play_begin(&g->play, guest, &guest->process[c], (uint8_t)c);
        play_msr(&g->play, (struct spot){ (uint8_t)c, 1 }, "TTBR1_EL1", play_ttbr1(guest, g->asids->of[c].asid));
    }
    return true;
}

void contexts_end(struct generator *g)
{
    free(g->asids);
}

/* The process yields, the scheduler chooses another; then check_and_switch_context and cpu_do_switch_mm: a reserved
 * root, the ASID in TTBR1_EL1, the new root. */
static void change(struct generator *g)
{
    const struct guest_scene *guest = &g->play.scene->guest[0];
    struct spot el1 = { g->core, 1 };
    struct play *p = &g->play;
    unsigned next = next_of(g);

    play_enter_kernel(p, guest, &g->thread[g->running[g->core]], (struct cause){ g->core, PLAY_ESR_SVC });
    give_asid(g, next);
    play_fetch(p, el1, &guest->text, SWITCH_AT, 24);
    if (g->asids->flush[g->core]) {
        g->asids->flush[g->core] = false;
        play_sys(p, el1, PLAY_DSB_NSHST);
        play_sys(p, el1, PLAY_TLBI_VMALLE1);
        play_sys(p, el1, PLAY_DSB_NSH);
        play_sys(p, el1, PLAY_ISB);
    }
    play_msr(p, el1, "TTBR0_EL1", guest->reserved);
    play_fetch(p, el1, &guest->text, SWITCH_AT + 0x60, 1);
    play_sys(p, el1, PLAY_ISB);
    play_fetch(p, el1, &guest->text, SWITCH_AT + 0x64, 5);
    play_msr(p, el1, "TTBR1_EL1", play_ttbr1(guest, g->asids->of[next].asid));
    play_fetch(p, el1, &guest->text, SWITCH_AT + 0x78, 1);
    play_sys(p, el1, PLAY_ISB);
    play_msr(p, el1, "TTBR0_EL1", guest->process[next].ttbr0);
    play_fetch(p, el1, &guest->text, SWITCH_AT + 0x7C, 1);
    play_sys(p, el1, PLAY_ISB);
    play_msr(p, el1, "CONTEXTIDR_EL1", 1000 + next);
    g->running[g->core] = next;
    play_leave_kernel(p, guest, g->core);
}

void contexts_step(struct generator *g)
{
    if (pattern_run(g))
        change(g);
    pattern_turn(g);
}
