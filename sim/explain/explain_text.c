/* An explanation for people: one line a fact, long ones folded. */
#include "sim/explain/explain.h"

#include <inttypes.h>
#include <string.h>

#define WIDTH 118
#define NAME_WIDTH 17

/* Where the next character goes. */
struct column {
    FILE *stream;
    int at, indent;
};

/* Prints words, from the next line on where they do not fit. */
static void put_words(struct column *c, const char *text)
{
    while (*text) {
        int gap = (int)strspn(text, " "), bytes = (int)strcspn(text + gap, " ");

        if (c->at + gap + bytes > WIDTH && c->at > c->indent) {
            fprintf(c->stream, "\n%*s", c->indent, "");
            c->at = c->indent;
            gap = 0;
            text += strspn(text, " ");
        }
        fprintf(c->stream, "%.*s", gap + bytes, text);
        c->at += gap + bytes;
        text += gap + bytes;
    }
}

static void print_note(FILE *stream, const struct explain_note *note)
{
    struct column c = { stream, 2 + NAME_WIDTH + 2, 2 + NAME_WIDTH + 2 };

    fprintf(stream, "  %-*s  ", NAME_WIDTH, note->name);
    put_words(&c, note->value);
    if (note->text[0]) {
        put_words(&c, note->value[0] ? "  " : "");
        put_words(&c, note->text);
    }
    fputc('\n', stream);
}

static void print_notes(FILE *stream, const char *title, const struct explain_notes *n)
{
    if (n->count == 0)
        return;
    fprintf(stream, "\n%s\n", title);
    for (unsigned i = 0; i < n->count; i++)
        print_note(stream, &n->note[i]);
}

/* ---- The walk ---- */

static const char *next_kind(const struct explanation *e, const struct explain_fetch *f)
{
    return f->step.stage == 1 && e->regime.stage2_on ? "IPA" : "PA";
}

/* Prints what a descriptor is: "table at PA 0x48002000". */
static void put_meaning(struct column *c, const struct explanation *e, const struct explain_fetch *f)
{
    char text[96] = "invalid";

    if (!f->step.hit)
        snprintf(text, sizeof text, "nothing answers: external abort");
    else if (f->type == DESC_TABLE)
        snprintf(text, sizeof text, "table at %s 0x%" PRIx64, next_kind(e, f), f->output);
    else if (f->type == DESC_LEAF)
        snprintf(text, sizeof text, "%s at %s 0x%" PRIx64, f->step.level == 3 ? "page" : "block", next_kind(e, f),
                 f->output);
    put_words(c, text);
    if (f->absent && f->step.hit)
        put_words(c, e->request->of_trace      ? " (its page is not in the trace: read as zero)"
                     : e->request->of_snapshot ? " (its page is not in the snapshot: read as zero)"
                                               : " (its page has never been written: zero)");
}

/* Prints "MemAttr 0xf (Normal-WB); XN 0". */
static void put_fields(struct column *c, const struct explain_notes *n)
{
    for (unsigned i = 0; i < n->count; i++) {
        const struct explain_note *note = &n->note[i];
        char text[sizeof *note];

        snprintf(text, sizeof text, "%s%s %s%s%s%s", i ? "; " : "", note->name, note->value, note->text[0] ? " (" : "",
                 note->text, note->text[0] ? ")" : "");
        put_words(c, text);
    }
}

static void print_fetch(FILE *stream, const struct explanation *e, unsigned i)
{
    const struct explain_fetch *f = &e->fetch[i];
    struct column c = { stream, 0, f->under_stage1 ? 12 : 8 };
    char text[160];

    c.at = fprintf(stream, "  %2u  %sstage %u level %u", i + 1, f->under_stage1 ? "    " : "", f->step.stage,
                   f->step.level);
    if (f->step.stage == 2)
        c.at += fprintf(stream, " of IPA 0x%" PRIx64, f->input);
    c.at += fprintf(stream, " reads 0x%016" PRIx64, f->step.desc);
    if (f->step.stage == 1 && e->regime.stage2_on)
        snprintf(text, sizeof text, " at IPA 0x%" PRIx64 ", PA 0x%" PRIx64 ": ", f->place, f->step.address);
    else
        snprintf(text, sizeof text, " at PA 0x%" PRIx64 ": ", f->step.address);
    put_words(&c, text);
    put_meaning(&c, e, f);
    if (f->fields.count > 0) {
        c.at = fprintf(stream, "\n%*s", c.indent, "") - 1;
        put_fields(&c, &f->fields);
    }
    fputc('\n', stream);
}

/* A stage-1 descriptor comes before the stage-2 walk of its own address, which was made first. */
static void print_walk(FILE *stream, const struct explanation *e)
{
    if (e->fetch_count > 0)
        fprintf(stream, "\nWalk, numbered as fetched\n");
    for (unsigned i = 0; i < e->fetch_count;) {
        unsigned next = i;

        while (next < e->fetch_count && e->fetch[next].under_stage1)
            next++;
        if (next < e->fetch_count)
            print_fetch(stream, e, next);
        else
            fprintf(stream, "      stage 1: the next descriptor at IPA 0x%" PRIx64 " is not reached\n",
                    e->fetch[i].input);
        for (; i < next; i++)
            print_fetch(stream, e, i);
        i = next + 1;
    }
}

/* ---- All of it ---- */

static void print_headline(FILE *stream, const struct explanation *e)
{
    const struct access *a = &e->request->access;
    const struct xlat *x = &e->walk.x;

    fprintf(stream, "%s\ncore %u, EL%u, %s of %u bytes at VA 0x%" PRIx64 ": ", e->request->source, e->request->core,
            a->el, access_kind_name((enum access_kind)a->kind), a->size, a->va.v);
    if (explain_faulted(e))
        fprintf(stream, "%s fault of stage %u\n", fault_name((enum fault_type)x->fault.type), x->fault.stage);
    else
        fprintf(stream, "PA 0x%" PRIx64 ", %s %s\n", x->pa.v, attr_name(x->type.result),
                attr_sh_name(x->type.result.sh));
    if (e->access.size != a->size)
        fprintf(stream,
                "It crosses a page: this is its first part, of %u bytes; the other begins at VA 0x%" PRIx64 "\n",
                e->access.size, a->va.v + e->access.size);
}

void explain_print(FILE *stream, const struct explanation *e)
{
    print_headline(stream, e);
    print_notes(stream, "Registers", &e->registers);
    print_walk(stream, e);
    print_notes(stream, "Result", &e->result);
    print_notes(stream, "Memory type", &e->type);
    print_notes(stream, "Fault", &e->fault);
    print_notes(stream, "Permissions", &e->permissions);
    print_notes(stream, "Hypervisor", &e->xen);
    print_notes(stream, "Cost", &e->cost);
}
