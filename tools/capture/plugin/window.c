/* Opens and closes the window through qemu_plugin_reset, whose callback runs while all cores stand still. */
#include "tools/capture/plugin/window.h"

#include "tools/capture/plugin/ram.h"
#include "tools/capture/plugin/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HINT_MASK 0xfffff01fu
#define HINT 0xd503201fu
#define BUFFER_BYTES (4u << 20)
#define TELL_EVERY 1000000u /* accesses */

enum state { WAITING, OPENING, OPEN, CLOSING, CLOSED };

static qemu_plugin_id_t own_id;
static struct window_options window;
static qemu_plugin_vcpu_tb_trans_cb_t translate;
static enum state state;
static FILE *raw;
static uint64_t accesses;

void window_init(qemu_plugin_id_t id, const struct window_options *options, qemu_plugin_vcpu_tb_trans_cb_t translated)
{
    own_id = id;
    window = *options;
    translate = translated;
}

bool window_is_open(void)
{
    return state == OPEN;
}

enum window_mark window_mark_of(uint64_t va, uint32_t opcode)
{
    unsigned number = opcode >> 5 & 0x7f;

    if (window.open_at_pc && va == window.pc)
        return WINDOW_OPENS;
    if ((opcode & HINT_MASK) != HINT || (number != WINDOW_OPEN_HINT && number != WINDOW_CLOSE_HINT))
        return WINDOW_NO_MARK;
    return number == WINDOW_OPEN_HINT ? WINDOW_OPENS : WINDOW_CLOSES;
}

void window_give_up(const char *format, ...)
{
    va_list args;

    fputs("capture: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    _exit(2);
}

static void path_of(char *path, size_t bytes, const char *name)
{
    if ((size_t)snprintf(path, bytes, "%s/%s", window.dir, name) >= bytes)
        window_give_up("%s: path too long", window.dir);
}

static void write_bytes(const void *bytes, size_t count)
{
    if (fwrite_unlocked(bytes, 1, count, raw) != count)
        window_give_up("%s/raw.bin: cannot write: %s", window.dir, strerror(errno));
}

static void opened(qemu_plugin_id_t id)
{
    struct raw_head head = { .magic = RAW_MAGIC };
    char path[4096];

    if (!ram_find())
        _exit(2);
    path_of(path, sizeof path, "ram.img");
    if (!ram_save(path))
        _exit(2);
    path_of(path, sizeof path, "raw.bin");
    raw = fopen(path, "wbxe");
    if (!raw)
        window_give_up("%s: cannot create: %s", path, strerror(errno));
    setvbuf(raw, NULL, _IOFBF, BUFFER_BYTES);
    head.ram_bytes = ram_bytes();
    write_bytes(&head, sizeof head);
    record_restart();
    state = OPEN;
    fprintf(stderr, "capture: window open\n");
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
}

void window_finish(void)
{
    if (!raw)
        return;
    if (fclose(raw) != 0)
        window_give_up("%s/raw.bin: cannot write: %s", window.dir, strerror(errno));
    raw = NULL;
    state = CLOSED;
    fprintf(stderr, "capture: window closed after %" PRIu64 " loads and stores\n", accesses);
}

/* QEMU has no way for a plugin to end it; nothing of the guest is needed any more. */
static void closed(qemu_plugin_id_t id)
{
    (void)id;
    window_finish();
    _exit(0);
}

void window_mark(unsigned vcpu, void *mark)
{
    enum window_mark what = (enum window_mark)(uintptr_t)mark;

    (void)vcpu;
    if (state == WAITING && what == WINDOW_OPENS) {
        state = OPENING;
        qemu_plugin_reset(own_id, opened);
    } else if (state == OPEN && what == WINDOW_CLOSES) {
        state = CLOSING;
        qemu_plugin_reset(own_id, closed);
    }
}

void window_put(const struct raw_record *record, const uint64_t *words, unsigned count)
{
    write_bytes(record, sizeof *record);
    if (count)
        write_bytes(words, count * sizeof *words);
}

void window_count_access(void)
{
    accesses++;
    if (accesses % TELL_EVERY == 0)
        fprintf(stderr, "capture: %" PRIu64 " of at most %" PRIu64 " loads and stores\n", accesses,
                window.accesses_max);
    if (accesses >= window.accesses_max) {
        state = CLOSING;
        qemu_plugin_reset(own_id, closed);
    }
}
