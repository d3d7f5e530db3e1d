/* A buffer between two domains, as a network's or a disk's frontend and backend share it: the driver of a domU fills it
 * and says so by a flag; the backend in dom0, which has it by a grant, reads it and gives it back.
 *
 * A pair is two cores: dom0's on the even one, the domU's on the odd one. After so many rounds dom0 gives the grant
 * back and takes it anew: its stage-2 leaves go and come, with the TLBI that Xen does for it. */
#include "sim/generate/patterns.h"

#define HYPERCALL_AT 0x8000ULL /* in Xen's text */
#define FLAG_CODE_AT 0x40ULL   /* in the code of a side, behind nothing that matters */
#define GRANTS_EACH 64         /* pages that one hypercall maps or unmaps [choice] */

enum { GRANT_MAPPED, GRANT_UNMAPPING, GRANT_MAPPING };

enum { BACKEND, FRONTEND };

static uint64_t pages_of(const struct generator *g)
{
    return g->words.value[KEY_FOOTPRINT] / SCENE_PAGE_BYTES;
}

static uint8_t core_of(unsigned pair, unsigned side)
{
    return (uint8_t)(2 * pair + side);
}

static const struct guest_scene *guest_of(const struct generator *g, unsigned pair, unsigned side)
{
    return &g->play.scene->guest[side == BACKEND ? 0 : pair + 1];
}

/* The buffer, or its flag, as a side sees it. */
static const struct place *view(const struct generator *g, unsigned pair, unsigned side, bool flag)
{
    const struct guest_scene *guest = guest_of(g, pair, side);

    if (side == BACKEND && pair == 1)
        return flag ? &guest->flag2 : &guest->buffer2;
    return flag ? &guest->flag : &guest->buffer;
}

void dma_begin(struct generator *g)
{
    unsigned pairs = (unsigned)g->words.value[KEY_CORES] / 2;

    for (unsigned pair = 0; pair < pairs; pair++) {
        for (unsigned side = BACKEND; side <= FRONTEND; side++) {
            const struct guest_scene *guest = guest_of(g, pair, side);

            g->pair[pair].side[side] = (struct thread){ .process = &guest->process[0], .el = 1 };
            play_begin(&g->play, guest, &guest->process[0], core_of(pair, side));
        }
    }
}

/* ---- The grant --------------------------------------------------------------------------------------------------- */

/* The backend asks Xen to unmap, or to map, some pages. */
static void hypercall(struct generator *g, unsigned pair)
{
    struct dma_pair *d = &g->pair[pair];
    struct play *p = &g->play;
    struct spot el2 = { core_of(pair, BACKEND), 2 };
    uint64_t word;

    play_enter_xen(p, &d->side[BACKEND], (struct cause){ el2.core, PLAY_ESR_HVC });
    play_fetch(p, el2, &p->scene->xen_text, HYPERCALL_AT, 128);
    for (unsigned i = 0; i < GRANTS_EACH && d->remapped < pages_of(g); i++, d->remapped++) {
        uint64_t at = scene_p2m_word(p->scene, scene_grant_ipa(pair) + d->remapped * SCENE_PAGE_BYTES, &word);

        play_tabw(p, el2, at, d->state == GRANT_UNMAPPING ? 0 : word);
    }
    if (d->state == GRANT_UNMAPPING) {
        play_sys(p, el2, PLAY_DSB_ISHST);
        play_sys(p, el2, PLAY_TLBI_VMALLS12E1IS);
    }
    play_sys(p, el2, PLAY_DSB_ISH);
    play_sys(p, el2, PLAY_ISB);
    play_leave_xen(p, el2.core);
    if (d->remapped < pages_of(g))
        return;
    d->remapped = 0;
    d->state = d->state == GRANT_UNMAPPING ? GRANT_MAPPING : GRANT_MAPPED;
}

/* ---- The buffer -------------------------------------------------------------------------------------------------- */

/* A look at the flag, or a store to it, behind which all before is seen first. */
static void touch_flag(struct generator *g, unsigned pair, unsigned side, enum rec_op op)
{
    struct spot el1 = { core_of(pair, side), 1 };
    const struct play_data d = { .place = view(g, pair, side, true), .op = (uint8_t)op, .size_log2 = 2, .at = 4 };

    if (op == REC_STORE)
        play_sys(&g->play, el1, PLAY_DMB_ISH);
    play_fetch(&g->play, el1, &g->pair[pair].side[side].process->code, FLAG_CODE_AT, 4);
    play_data(&g->play, el1, &d);
}

/* A run of the side that has the buffer: through it from its start to its end. */
static void work(struct generator *g, unsigned pair, unsigned side)
{
    struct dma_pair *d = &g->pair[pair];
    const uint64_t *v = g->words.value;
    uint64_t left = (v[KEY_FOOTPRINT] - d->done) / v[KEY_SIZE], most = v[KEY_ACCESSES] - g->play.accesses;
    unsigned count = left < PLAY_RUN_ACCESSES ? (unsigned)left : PLAY_RUN_ACCESSES,
             each = (unsigned)v[KEY_INSTRUCTIONS];
    struct spot el1 = { core_of(pair, side), 1 };
    struct play_data a = { .place = view(g, pair, side, false),
                           .op = side == FRONTEND ? REC_STORE : REC_LOAD,
                           .size_log2 = (uint8_t)__builtin_ctzll(v[KEY_SIZE]) };

    if (most < count)
        count = (unsigned)most;
    play_fetch(&g->play, el1, &d->side[side].process->code,
               play_run_at(&d->side[side], v[KEY_CODE], 4ULL * each * count), each * count);
    for (unsigned i = 0; i < count; i++, d->done += v[KEY_SIZE]) {
        a.offset = d->done;
        a.at = (uint16_t)(4 * (each * (i + 1) - 1));
        play_data(&g->play, el1, &a);
    }
    g->play.accesses += count;
}

/* The flag says that the other one has the buffer. */
static void hand_over(struct generator *g, unsigned pair)
{
    struct dma_pair *d = &g->pair[pair];
    unsigned side = d->of_backend ? BACKEND : FRONTEND;

    touch_flag(g, pair, side, REC_STORE);
    touch_flag(g, pair, !side, REC_LOAD);
    d->of_backend = !d->of_backend;
    d->done = d->waited = 0;
    if (d->of_backend || g->words.value[KEY_REMAP] == 0 || ++d->rounds < g->words.value[KEY_REMAP])
        return;
    d->rounds = 0;
    d->state = GRANT_UNMAPPING;
}

static void step(struct generator *g, unsigned pair)
{
    struct dma_pair *d = &g->pair[pair];
    unsigned side = d->of_backend ? BACKEND : FRONTEND;

    if (d->state != GRANT_MAPPED) {
        hypercall(g, pair);
        return;
    }
    work(g, pair, side);
    if (g->words.value[KEY_POLL] > 0 && ++d->waited == g->words.value[KEY_POLL]) {
        d->waited = 0;
        touch_flag(g, pair, !side, REC_LOAD);
    }
    if (d->done == g->words.value[KEY_FOOTPRINT])
        hand_over(g, pair);
}

void dma_step(struct generator *g)
{
    step(g, g->turn);
    g->turn = (g->turn + 1) % ((unsigned)g->words.value[KEY_CORES] / 2);
}
