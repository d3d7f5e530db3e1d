/* The window: when recording begins and ends, and where it goes.
 *
 * Before and after it, nothing of the guest is instrumented but what opens and closes it, so that it boots at QEMU's
 * full speed. Everything here is called by one thread: QEMU runs with thread=single. */
#pragma once

#include "tools/capture/plugin/api.h"
#include "tools/capture/raw.h"

#define WINDOW_OPEN_HINT 0x70u  /* HINT #0x70 opens it, a NOP to everybody else */
#define WINDOW_CLOSE_HINT 0x71u /* HINT #0x71 closes it */

struct window_options {
    const char *dir;       /* where raw.bin and ram.img go */
    uint64_t accesses_max; /* loads and stores after which it closes */
    bool open_at_pc;       /* it opens at an address, too: */
    uint64_t pc;
};

/* `translated` is what to register anew each time the window opens. */
void window_init(qemu_plugin_id_t id, const struct window_options *options, qemu_plugin_vcpu_tb_trans_cb_t translated);

/* True while recording. */
bool window_is_open(void);

enum window_mark { WINDOW_NO_MARK, WINDOW_OPENS, WINDOW_CLOSES };

/* Returns what the instruction does to the window. */
enum window_mark window_mark_of(uint64_t va, uint32_t opcode);

/* Does it, as the instruction executes: a qemu_plugin_vcpu_udata_cb_t whose context is the enum window_mark. */
void window_mark(unsigned vcpu, void *mark);

/* Writes a record, and `count` words after it. After a failed write the process ends with a message. */
void window_put(const struct raw_record *record, const uint64_t *words, unsigned count);

/* Counts a load or store; closes the window at the last. */
void window_count_access(void);

/* Ends the process with exit status 2, after a message of what stands in the way. */
void window_give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Closes an open window because the guest has ended. */
void window_finish(void);
