/* Symbol tables to sorted arrays. */
#include "sim/replay/symbols.h"

#include "sim/replay/stats.h"
#include "traces/elf_file.h"
#include "traces/error.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BACK_MAX 16 /* symbols that may begin within the one that is looked for */

struct list {
    struct symbol *item;
    size_t count;
};

struct symbol_file {
    char *path; /* as given, without what follows it */
    uint64_t bias;
    int domain, asid;           /* -1: any */
    struct list names, section; /* by ascending start */
};

struct symbols {
    size_t files, count;
    struct symbol_file file[SYMBOLS_FILES_MAX];
};

struct symbols *symbols_new(void)
{
    return calloc(1, sizeof(struct symbols));
}

static void list_free(struct list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free((char *)(uintptr_t)l->item[i].name);
    free(l->item);
}

void symbols_free(struct symbols *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->files; i++) {
        list_free(&s->file[i].names);
        list_free(&s->file[i].section);
        free(s->file[i].path);
    }
    free(s);
}

/* ---- The words ---- */

/* A number and nothing else, below `end`. */
static bool parse_number(const char *text, uint64_t end, uint64_t *value)
{
    char *stop;

    errno = 0;
    *value = strtoull(text, &stop, 0);
    return *text >= '0' && *text <= '9' && *stop == '\0' && errno == 0 && *value <= end;
}

static bool parse_key(struct symbol_file *f, const char *word, struct trace_error *err)
{
    uint64_t n;

    if (strcmp(word, "vmid=el2") == 0) {
        f->domain = DOMAIN_EL2;
    } else if (strncmp(word, "vmid=", 5) == 0) {
        if (!parse_number(word + 5, 255, &n))
            return error_set(err, "--elf: vmid= wants 0 to 255 or el2, not '%.60s'", word + 5);
        f->domain = (int)n;
    } else {
        if (!parse_number(word + 5, 0xFFFF, &n))
            return error_set(err, "--elf: asid= wants 0 to 65535, not '%.60s'", word + 5);
        f->asid = (int)n;
    }
    return true;
}

/* Takes the words apart from their end, so that a file's name may have commas and @ in it. */
static bool parse_words(struct symbol_file *f, const char *words, struct trace_error *err)
{
    char *cut;

    f->domain = f->asid = -1;
    f->path = strdup(words);
    if (!f->path)
        return error_set(err, "out of memory");
    while ((cut = strrchr(f->path, ',')) && (strncmp(cut + 1, "vmid=", 5) == 0 || strncmp(cut + 1, "asid=", 5) == 0)) {
        if (!parse_key(f, cut + 1, err))
            return false;
        *cut = '\0';
    }
    cut = strrchr(f->path, '@');
    if (cut && cut[1] >= '0' && cut[1] <= '9') {
        if (!parse_number(cut + 1, UINT64_MAX, &f->bias))
            return error_set(err, "--elf: the bias '%.60s' is no number of up to 64 bits", cut + 1);
        *cut = '\0';
    }
    return *f->path != '\0' || error_set(err, "--elf wants FILE[@BIAS][,vmid=N][,asid=N], not '%.100s'", words);
}

/* ---- Reading ---- */

/* Appends a symbol; its name is copied, what cannot be shown replaced. */
static bool append(struct symbols *s, struct list *l, const struct symbol *symbol)
{
    char *name;

    if (s->count == SYMBOLS_MAX)
        return false;
    if ((l->count & (l->count - 1)) == 0) { /* full at each power of two */
        struct symbol *more = realloc(l->item, (l->count ? 2 * l->count : 1) * sizeof *more);

        if (!more)
            return false;
        l->item = more;
    }
    name = strndup(symbol->name, SYMBOLS_NAME_MAX);
    if (!name)
        return false;
    for (char *p = name; *p; p++)
        *p = *p > ' ' && *p <= '~' ? *p : '?';
    l->item[l->count] = *symbol;
    l->item[l->count++].name = name;
    s->count++;
    return true;
}

/* True for what has an address in the guest: functions, objects and labels, but not the marks between code and data, $x
 * and $d [AAELF64: Mapping symbols]. */
static bool is_place(const GElf_Sym *sym, const char *name)
{
    unsigned type = GELF_ST_TYPE(sym->st_info);

    if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= SHN_LORESERVE || !name || *name == '\0' || *name == '$')
        return false;
    return type == STT_FUNC || type == STT_OBJECT || type == STT_NOTYPE || type == STT_GNU_IFUNC;
}

/* A sized one before a label, a global one before a local. */
static uint32_t rank_of(const GElf_Sym *sym)
{
    return (sym->st_size == 0 ? 2u : 0u) + (GELF_ST_BIND(sym->st_info) == STB_LOCAL ? 1u : 0u);
}

static bool take_table(struct symbols *s, struct symbol_file *f, const struct elf_file *elf, Elf_Scn *section,
                       const GElf_Shdr *header)
{
    Elf_Data *data = elf_file_holds(elf, header->sh_offset, header->sh_size) ? elf_getdata(section, NULL) : NULL;
    size_t count = data && header->sh_entsize == sizeof(Elf64_Sym) ? data->d_size / sizeof(Elf64_Sym) : 0;

    for (size_t i = 0; i < count && i < INT32_MAX; i++) {
        GElf_Sym sym;
        const char *name = gelf_getsym(data, (int)i, &sym) ? elf_strptr(elf->elf, header->sh_link, sym.st_name) : NULL;
        uint64_t start = sym.st_value + f->bias;

        if (!name || !is_place(&sym, name))
            continue;
        if (!append(s, &f->names, &(struct symbol){ start, start + sym.st_size, name, rank_of(&sym) }))
            return false;
    }
    return true;
}

static bool take_sections(struct symbols *s, struct symbol_file *f, const struct elf_file *elf)
{
    Elf_Scn *section = NULL;
    GElf_Shdr h;
    size_t names;

    if (elf_getshdrstrndx(elf->elf, &names) != 0)
        return true;
    while ((section = elf_nextscn(elf->elf, section))) {
        const char *name = gelf_getshdr(section, &h) ? elf_strptr(elf->elf, names, h.sh_name) : NULL;
        uint64_t start = h.sh_addr + f->bias;

        if (!name || !(h.sh_flags & SHF_ALLOC) || (h.sh_flags & SHF_TLS) || h.sh_size == 0 || *name == '\0')
            continue;
        if (!append(s, &f->section, &(struct symbol){ start, start + h.sh_size, name, 0 }))
            return false;
    }
    return true;
}

static int by_start(const void *a, const void *b)
{
    const struct symbol *x = a, *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank > y->rank ? -1 : 1; /* a search ends at the last of an address */
    return strcmp(y->name, x->name);
}

static const struct symbol *find(const struct list *l, uint64_t va);

/* Sorts; a label goes on to the next symbol of another address, or to the end of its section. */
static void settle(struct symbol_file *f)
{
    struct list *l = &f->names;
    uint64_t next = UINT64_MAX;

    if (f->section.count > 0)
        qsort(f->section.item, f->section.count, sizeof *f->section.item, by_start);
    if (l->count > 0)
        qsort(l->item, l->count, sizeof *l->item, by_start);
    for (size_t i = l->count; i-- > 0;) {
        struct symbol *at = &l->item[i];
        const struct symbol *section = find(&f->section, at->start);

        if (i + 1 < l->count && l->item[i + 1].start != at->start)
            next = l->item[i + 1].start;
        if (at->end != at->start)
            continue;
        at->end = section ? section->end : at->start + 1;
        at->end = next < at->end && next > at->start ? next : at->end;
    }
}

static bool read_file(struct symbols *s, struct symbol_file *f, struct elf_file *elf, struct trace_error *err)
{
    GElf_Shdr header;
    Elf_Scn *table = elf_file_section(elf, ".symtab", &header);

    if (elf->header.e_type != ET_EXEC && elf->header.e_type != ET_DYN)
        return error_set(err, "%.150s: --elf wants an executable or a shared object, whose symbols have addresses",
                         f->path);
    if (!table)
        table = elf_file_section(elf, ".dynsym", &header);
    if ((table && !take_table(s, f, elf, table, &header)) || !take_sections(s, f, elf))
        return error_set(err, "%.150s: more than %u symbols in all, or out of memory", f->path, SYMBOLS_MAX);
    if (f->names.count + f->section.count == 0)
        return error_set(err, "%.150s: neither symbols nor sections in it: has it been stripped?", f->path);
    settle(f);
    return true;
}

bool symbols_add(struct symbols *s, const char *words, struct trace_error *err)
{
    struct symbol_file *f = &s->file[s->files];
    struct elf_file elf;
    bool good;

    if (s->files == SYMBOLS_FILES_MAX)
        return error_set(err, "--elf is given more than %d times", SYMBOLS_FILES_MAX);
    s->files++;
    if (!parse_words(f, words, err) || !elf_file_open(&elf, f->path, err))
        return false;
    good = read_file(s, f, &elf, err);
    elf_file_close(&elf);
    return good;
}

const char *symbols_file(const struct symbols *s, size_t i)
{
    return i < s->files ? s->file[i].path : NULL;
}

/* ---- Looking up ---- */

static const struct symbol *find(const struct list *l, uint64_t va)
{
    size_t low = 0, high = l->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (l->item[middle].start <= va)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t back = 0; back < BACK_MAX && low-- > 0; back++) {
        if (va < l->item[low].end)
            return &l->item[low];
    }
    return NULL;
}

/* True when a file's addresses are those of a place: an ASID tells processes apart, not what is in the upper half. */
static bool is_of(const struct symbol_file *f, const struct symbols_place *place)
{
    return (f->domain < 0 || f->domain == place->domain) &&
           (f->asid < 0 || f->asid == place->asid || (place->va >> 55 & 1));
}

const struct symbol *symbols_find(const struct symbols *s, const struct symbols_place *place, const char **file)
{
    for (unsigned sections = 0; sections < 2; sections++) {
        for (size_t i = 0; i < s->files; i++) {
            const struct symbol_file *f = &s->file[i];
            const char *slash = strrchr(f->path, '/');
            const struct symbol *found = is_of(f, place) ? find(sections ? &f->section : &f->names, place->va) : NULL;

            if (!found)
                continue;
            *file = slash ? slash + 1 : f->path;
            return found;
        }
    }
    return NULL;
}
