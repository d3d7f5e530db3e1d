/* `stagewalk map`: what a domain sees, and the tables that Xen builds for it. */
#include "sim/commands.h"
#include "sim/map_print.h"
#include "sim/options.h"
#include "sim/result_file.h"
#include "sim/say.h"
#include "sim/suggest.h"
#include "sim/world_words.h"

#include <stdlib.h>
#include <string.h>

static void print_help(void)
{
    printf("usage: stagewalk map [options]\n"
           "\n"
           "Builds the stage-2 tables that a version of Xen builds for a domain of a ZynqMP, and prints the regions\n"
           "of its map: where each leads, memory type, shareability, permissions, leaves by size, and the rule that\n"
           "put it there.\n"
           "Exit status: 0 all well, 2 a wrong command line or input that cannot be understood.\n"
           "\n"
           "  --xen PRESET          whose tables: seed (default), xen-4.8.0, xen-4.8.1, xen-4.17, xlnx-2019.1,\n"
           "                        xlnx-2020.2; --xen list says what each is\n"
           "  --dtb FILE            the board's device tree blob; without it a ZCU102\n"
           "  --dom0-mem SIZE       as on Xen's command line: 1G (default), 1500M\n"
           "  --config FILE         an xl.cfg: the map of that domU, beside dom0; without it the map of dom0;\n"
           "                        several make several domUs\n"
           "  --domain NAME         of which domain: dom0, domU, the first there is, or one by its name, of xl.cfg or\n"
           "                        of a \"xen,domain\" node of the device tree; list tells which there are\n"
           "  --pass NAME=FILE      the device tree blob that a \"multiboot,device-tree\" module gives to a domain of\n"
           "                        the device tree\n"
           "  --leaves              every leaf descriptor instead of regions\n"
           "  --diff PRESET         where the map of another version differs\n");
    options_print_help(OPTION_JSON);
    printf("\n"
           "Examples:\n"
           "  stagewalk map --xen xen-4.17 --dom0-mem 1G\n"
           "  stagewalk map --xen xen-4.8.0 --diff xen-4.8.1\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --leaves\n"
           "  stagewalk map --xen xlnx-2020.2 --config guest.cfg\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --domain list\n"
           "  stagewalk map --xen xen-4.17 --dtb board.dtb --domain domU1 --pass domU1=uart.dtb\n"
           "  stagewalk map --json map.json\n");
}

/* What is asked for, beside the world. */
struct map_words {
    const char *xen, *diff;
    bool leaves;
    bool domains; /* --domain list */
};

static int list_presets(void)
{
    const struct xen_preset *x;

    for (size_t i = 0; (x = xen_preset_at(i)); i++)
        printf("%-12s %s\n", x->name, x->what);
    return 0;
}

/* Returns NULL after a message. */
static const struct xen_preset *preset_of(const char *name)
{
    const struct xen_preset *x = name ? xen_preset_by_name(name) : xen_preset_at(0);
    struct suggest near;
    char hint[128];

    if (x)
        return x;
    suggest_init(&near, name);
    for (size_t i = 0; xen_preset_at(i); i++)
        suggest_offer(&near, xen_preset_at(i)->name);
    say_error("map: unknown preset '%s'%s", name,
              near.best ? suggest_text(&near, hint, sizeof hint) : "; `stagewalk map --xen list` lists them");
    return NULL;
}

static int print_world(const struct options *o, const struct map_words *words, const struct world *w)
{
    if (o->json)
        return result_file_json(o->json, words->domains ? map_domains_json(w) : map_json(w));
    if (words->domains)
        map_print_domains(stdout, w);
    else if (words->leaves)
        map_print_leaves(stdout, w);
    else
        map_print_regions(stdout, w);
    return 0;
}

/* The same world under another Xen, and where both differ. */
static int print_diff(const struct map_words *words, const struct world_request *q, const struct world *w)
{
    struct world_request other = *q;
    struct trace_error err = { "" };
    struct world *second;
    int status = 0;

    other.preset = preset_of(words->diff);
    if (!other.preset)
        return 2;
    second = calloc(1, sizeof *second);
    if (!second)
        return say_error("map: out of memory");
    if (world_open(second, &other, &err))
        map_print_diff(stdout, w, second);
    else
        status = say_error("map: --diff %s: %s", words->diff, err.text);
    world_close(second);
    free(second);
    return status;
}

static int map_world(const struct options *o, const struct map_words *words, const struct world_request *q)
{
    struct trace_error err = { "" };
    struct world *w = calloc(1, sizeof *w);
    int status;

    if (!w)
        return say_error("map: out of memory");
    if (!world_open(w, q, &err))
        status = say_error("%s", err.text);
    else if (words->diff)
        status = print_diff(words, q, w);
    else
        status = print_world(o, words, w);
    world_close(w);
    free(w);
    return status;
}

int cmd_map(int argc, char **argv)
{
    struct map_words words = { NULL };
    struct world_request q = { NULL };
    struct option_spec own[3 + WORLD_WORDS] = { { "xen", .text = &words.xen },
                                                { "diff", .text = &words.diff },
                                                { "leaves", .flag = &words.leaves } };
    const struct option_set set = { OPTION_JSON, own, 3 + world_words_options(&q, own + 3) };
    struct options o;
    int first = options_parse(&o, argc, argv, &set);

    if (first < 0)
        return 2;
    if (o.help) {
        print_help();
        return 0;
    }
    if (first < argc)
        return say_error("map takes no operand, as '%s'; a domU's configuration is given with --config", argv[first]);
    if (words.diff && (words.leaves || o.json))
        return say_error("map: --diff goes with neither --leaves nor --json");
    if (words.xen && strcmp(words.xen, "list") == 0)
        return list_presets();
    if (q.domain && strcmp(q.domain, "list") == 0) {
        words.domains = true;
        q.domain = NULL;
    }
    if (words.domains && (words.diff || words.leaves))
        return say_error("map: --domain list goes with neither --leaves nor --diff");
    q.preset = preset_of(words.xen);
    return q.preset ? map_world(&o, &words, &q) : 2;
}
