/* Executables with a symbol table, made by hand: sections .text and .data, and the symbols that a test lists. */
#pragma once

#include "tests/unit/traces/snapshot_made.h"

struct made_symbol {
    const char *name;
    uint64_t value, size;
    unsigned char type, bind;
    uint16_t section; /* 1: .text, 2: .data */
};

/* `table`: ".symtab" or ".dynsym"; NULL: stripped. */
static inline void made_program(struct elf_made *m, unsigned type, const char *table, const uint64_t base[2],
                                const struct made_symbol *symbol, size_t count)
{
    Elf64_Sym sym[64] = { { 0 } };
    char names[2048] = "";
    size_t used = 1;
    Elf64_Shdr *s;

    made_begin(m, type, EM_AARCH64);
    for (unsigned i = 0; i < 2; i++) {
        s = made_section(m, i == 0 ? ".text" : ".data", SHT_NOBITS, NULL, 0);
        s->sh_addr = base[i];
        s->sh_size = 0x100000;
        s->sh_flags = SHF_ALLOC;
    }
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(symbol[i].name) + 1;

        sym[i + 1].st_name = (Elf64_Word)used;
        sym[i + 1].st_info = (unsigned char)(symbol[i].bind << 4 | symbol[i].type);
        sym[i + 1].st_shndx = symbol[i].section;
        sym[i + 1].st_value = symbol[i].value;
        sym[i + 1].st_size = symbol[i].size;
        memcpy(names + used, symbol[i].name, length);
        used += length;
    }
    if (table) {
        made_section(m, ".strtab", SHT_STRTAB, names, used);
        s = made_section(m, table, table[1] == 's' ? SHT_SYMTAB : SHT_DYNSYM, sym, (count + 1) * sizeof *sym);
        s->sh_entsize = sizeof *sym;
        s->sh_link = 3;
    }
    made_end(m);
}
