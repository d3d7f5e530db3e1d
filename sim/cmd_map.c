/* `stagewalk map`: what a domain sees, and the tables that Xen builds for it. */
#include "sim/commands.h"
#include "sim/html/page.h"
#include "sim/map/guest_print.h"
#include "sim/map/map_print.h"
#include "sim/map/snapshot_map.h"
#include "sim/map/world_words.h"
#include "sim/options.h"
#include "sim/preset_option.h"
#include "sim/result_file.h"
#include "sim/say.h"

#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    printf("usage: stagewalk map [options] [SNAPSHOT]\n"
           "\n"
           "Builds the stage-2 tables that a version of Xen builds for a domain of a ZynqMP, and prints the\n"
           "regions of its map: where each leads, memory type, shareability, permissions, leaves by size, and\n"
           "the rule that put it there.\n"
           "Exit status: 0 all well, 2 a wrong command line or input that cannot be understood.\n"
           "\n"
           "  --xen PRESET          whose tables: seed (default), xen-4.8.0, xen-4.8.1, xen-4.17, xlnx-2019.1,\n"
           "                        xlnx-2020.2; --xen list says what each is\n"
           "  --dtb FILE            the board's device tree blob; without it a ZCU102\n"
           "  --dom0-mem SIZE       as on Xen's command line: 1G (default), 1500M\n"
           "  --config FILE         an xl.cfg: the map of that domU, beside dom0; without it the map of dom0;\n"
           "                        several make several domUs\n"
           "  --domain NAME         of which domain: dom0, domU, the first there is, or one by its name, of\n"
           "                        xl.cfg or of a \"xen,domain\" node of the device tree; list tells which\n"
           "                        there are\n"
           "  --pass NAME=FILE      the device tree blob that a \"multiboot,device-tree\" module gives to a\n"
           "                        domain of the device tree\n"
           "  --linux 6.1|4.x       stage 1 of such a Linux in the domain: its VA regions, where each leads\n"
           "                        through both stages, the type of stage 1, what results, what EL0 and EL1\n"
           "                        may\n"
           "  --va-bits 39|48       of that Linux: 48 is usual for 6.1, 39 for 4.x\n"
           "  --kpti, --linear-blocks, --without-mte\n"
           "                        how 6.1 was built and started: kpti=on, rodata=on, CONFIG_ARM64_MTE=n\n"
           "  --bare-metal          stage 1 of Xilinx's BSP: 1:1 in blocks\n"
           "  --domain none         with --linux or --bare-metal: the board without Xen, also as --xen none\n"
           "  --leaves              every leaf descriptor instead of regions\n"
           "  --diff PRESET         where the map of another version differs\n");
    options_print_help(OPTION_JSON | OPTION_HTML);
    printf("\n"
           "Of SNAPSHOT, a core of a machine or of a Xen domain or an ELF image, it prints what the tables in\n"
           "its memory map: VA, IPA, PA, memory type and rights. With --xen or --config its memory is that\n"
           "domain's, under its stage 2.\n"
           "  --reg NAME=VALUE      a register that the snapshot does not carry; may be repeated\n"
           "  --cpu N               the core (0)\n"
           "  --el 1|2              whose tables: of EL1 and EL0 (1), or of EL2\n");
    printf("\n"
           "Examples:\n"
           "  stagewalk map --xen xen-4.17 --dom0-mem 1G\n"
           "  stagewalk map --xen xen-4.8.0 --diff xen-4.8.1\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --leaves\n"
           "  stagewalk map --xen xlnx-2020.2 --config guest.cfg\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --domain list\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --domain domU1 --pass domU1=uart.dtb\n"
           "  stagewalk map --xen xen-4.17 --config guest.cfg --linux 6.1 --va-bits 39\n"
           "  stagewalk map --xen seed --diff xen-4.8.1 --linux 4.x\n"
           "  stagewalk map --json map.json --html map.html\n"
           "  stagewalk map --leaves --reg TTBR0_EL1=0x40080000 --reg TCR_EL1=0x200803519 image.elf\n"
           "  stagewalk map vmcore\n");
}

/* What is asked for, beside the world. */
struct map_words {
    const char *xen, *diff;
    bool leaves;
    bool domains; /* --domain list */
};

/* A world, and the guest in its domain. */
struct seen {
    struct world world;
    struct guest guest;
    bool has_guest;
};

static void see_no_more(struct seen *s)
{
    guest_close(&s->guest);
    world_close(&s->world);
    free(s);
}

/* The files that are asked for instead of text. */
static int write_map(const struct options *o, json_t *map)
{
    return page_results(&(struct page_result){ .json = o->json, .html = o->html, .page = "map", .report = map });
}

static int print_world(const struct options *o, const struct map_words *words, const struct world *w)
{
    if (o->json || o->html)
        return write_map(o, words->domains ? map_domains_json(w) : map_json(w));
    if (words->domains)
        map_print_domains(stdout, w);
    else if (words->leaves)
        map_print_leaves(stdout, w);
    else
        map_print_regions(stdout, w);
    return 0;
}

static int print_guest(const struct options *o, const struct map_words *words, const struct seen *s)
{
    if (o->json || o->html)
        return write_map(o, guest_json(&s->guest, &s->world));
    if (words->leaves)
        guest_print_leaves(stdout, &s->guest, &s->world);
    else
        guest_print_regions(stdout, &s->guest, &s->world);
    return 0;
}

/* Returns what a request asks for, or NULL after a message, which begins with `what`. */
static struct seen *see(const struct world_request *q, const char *what)
{
    struct seen *s = calloc(1, sizeof *s);
    struct trace_error err = { "" };
    bool good;

    if (!s) {
        say_error("map: out of memory");
        return NULL;
    }
    s->has_guest = q->guest.kernel || q->guest.bare_metal;
    good = world_open(&s->world, q, &err) && (!s->has_guest || guest_open(&s->guest, &q->guest, &s->world, &err));
    if (good)
        return s;
    say_error("%s%s", what, err.text);
    see_no_more(s);
    return NULL;
}

/* The same world under another Xen, and where both differ. */
static int print_diff(const struct map_words *words, const struct world_request *q, const struct seen *s)
{
    struct world_request other = *q;
    struct seen *second;
    char what[80];

    other.preset = preset_option("map", words->diff);
    if (!other.preset)
        return 2;
    snprintf(what, sizeof what, "map: --diff %.60s: ", words->diff);
    second = see(&other, what);
    if (!second)
        return 2;
    if (s->has_guest)
        guest_print_diff(stdout, &(struct guest_world){ &s->guest, &s->world },
                         &(struct guest_world){ &second->guest, &second->world });
    else
        map_print_diff(stdout, &s->world, &second->world);
    see_no_more(second);
    return 0;
}

static int map_world(const struct options *o, const struct map_words *words, const struct world_request *q)
{
    struct seen *s = see(q, "");
    int status;

    if (!s)
        return 2;
    if (words->diff)
        status = print_diff(words, q, s);
    else
        status = s->has_guest ? print_guest(o, words, s) : print_world(o, words, &s->world);
    see_no_more(s);
    return status;
}

/* Finds what does not go together. Returns 0, or 2 after a message. */
static int check_words(const struct options *o, const struct map_words *words, const struct world_request *q)
{
    bool alone = q->domain && strcmp(q->domain, "none") == 0;
    char why[160];

    if (words->diff && (words->leaves || o->json || o->html))
        return say_error("map: --diff goes with neither --leaves, --json nor --html");
    if (words->domains && o->html)
        return say_error("map: --domain list has no page: --html goes with one domain");
    if (words->domains && (words->diff || words->leaves || q->guest.kernel || q->guest.bare_metal))
        return say_error("map: --domain list goes with none of --leaves, --diff, --linux, --bare-metal");
    if (alone && (words->xen || words->diff || q->config[0] || q->pass[0] || q->dom0_mem))
        return say_error("map: --domain none is without Xen: no --xen, --diff, --config, --pass, --dom0-mem");
    if (!guest_preset(&q->guest, why, sizeof why) && (why[0] || alone))
        return say_error("map: %s", why[0] ? why : "--domain none has stage 1 alone: --linux 6.1, or --bare-metal");
    return 0;
}

/* What the tables in a snapshot map. */
static int map_snapshot(const struct options *o, const struct map_words *words, const struct world_request *q,
                        struct snapshot_map *s)
{
    if (words->diff || words->domains || q->guest.kernel || q->guest.bare_metal)
        return say_error("map: a snapshot has its own tables: no --diff, --domain list, --linux, --bare-metal");
    s->world = words->xen || q->dtb || q->dom0_mem || q->config[0] || q->pass[0] || q->domain ? q : NULL;
    s->leaves = words->leaves;
    s->json = o->json;
    s->html = o->html;
    return snapshot_map_tell(s);
}

int cmd_map(int argc, char **argv)
{
    struct map_words words = { NULL };
    struct world_request q = { NULL };
    struct snapshot_map snapshot = { .el = 1 };
    struct option_spec own[6 + WORLD_WORDS] = {
        { "xen", .text = &words.xen },       { "diff", .text = &words.diff },
        { "leaves", .flag = &words.leaves }, { "reg", .list = snapshot.regs, .list_max = SNAPSHOT_WORDS_MAX },
        { "cpu", .number = &snapshot.core }, { "el", .number = &snapshot.el }
    };
    const struct option_set set = { OPTION_JSON | OPTION_HTML, own, 6 + world_words_options(&q, own + 6) };
    struct options o;
    int first = options_parse(&o, argc, argv, &set);

    if (first < 0)
        return 2;
    if (o.help) {
        print_help();
        return 0;
    }
    if (argc - first > 1)
        return say_error("map takes one operand, a snapshot; a domU's configuration is given with --config");
    if (words.xen && strcmp(words.xen, "list") == 0) {
        preset_option_list();
        return 0;
    }
    if (q.domain && strcmp(q.domain, "list") == 0) {
        words.domains = true;
        q.domain = NULL;
    }
    if (words.xen && strcmp(words.xen, "none") == 0) {
        words.xen = NULL;
        q.domain = q.domain ? q.domain : "none";
        if (strcmp(q.domain, "none") != 0)
            return say_error("map: without Xen there is no domain %s", q.domain);
    }
    if (check_words(&o, &words, &q) || world_words_check_output(&q, o.json) != 0 ||
        world_words_check_output(&q, o.html) != 0 || page_check(o.html) != 0)
        return 2;
    q.preset = preset_option("map", words.xen);
    if (!q.preset)
        return 2;
    if (first < argc) {
        snapshot.path = argv[first];
        return map_snapshot(&o, &words, &q, &snapshot);
    }
    if (snapshot.regs[0])
        return say_error("map: --reg goes with a snapshot");
    return map_world(&o, &words, &q);
}
