/* Random registers and translation tables, mostly such that walks succeed. */
#pragma once

#include "tests/oracle/random_machine.h"

/* Chooses all worlds and EL2's own tables, and starts each core in a world. The machine is at reset. */
void random_build(struct random_machine *m);

/* --- between the parts of it --- */

/* Where a table or a leaf of one stage is to be put. */
struct random_stage {
    unsigned stage;
    bool el2, big_endian;
    unsigned granule, input_bits, start_level, output_bits;
    uint64_t root;
    unsigned global_percent;    /* stage 1 of EL1&0: leaves that are global */
    struct random_world *world; /* NULL for EL2 */
    unsigned table_count;
    struct {
        uint64_t address;
        unsigned level;
    } table[24];
};

/* Chooses the registers of a world, without its table bases. */
void random_choose_world(struct random_machine *m, struct random_world *w);

/* Chooses EL2's own registers, without its table base. */
void random_choose_el2(struct random_machine *m, struct naive_regs *regs);

/* Return the geometry that the registers ask for, as far as it can be built. root is 0. */
struct random_stage random_stage1(const struct naive_regs *regs, bool el2, bool upper);
struct random_stage random_stage2(const struct naive_regs *regs);

/* Chooses a place for the root table. */
void random_place_root(struct random_machine *m, struct random_stage *g);

/* Makes the descriptors on the way to an input address, those that are not there yet. */
void random_map_address(struct random_machine *m, struct random_stage *g, uint64_t address);

/* Makes stage 2 on the way to an IPA. Returns false when no PA comes of it. */
bool random_resolve(struct random_machine *m, struct random_world *w, uint64_t ipa, uint64_t *pa);

/* Returns a leaf descriptor's attributes at random: all but type and output address. */
uint64_t random_leaf_attributes(struct random_machine *m, unsigned stage, unsigned global_percent);

/* Returns a table descriptor's attributes at random. */
uint64_t random_table_attributes(struct random_machine *m, unsigned stage);
