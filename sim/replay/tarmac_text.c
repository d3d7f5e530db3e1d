/* A growing string of lines, each behind its number. */
#include "sim/replay/tarmac_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINE_BYTES_MAX 256
#define ROOM_FIRST 512

static bool make_room(struct tarmac_text *t, size_t bytes)
{
    size_t room = t->room ? t->room : ROOM_FIRST;
    char *grown;

    if (t->room - t->length >= bytes)
        return true;
    while (room - t->length < bytes)
        room *= 2;
    grown = realloc(t->bytes, room);
    t->lost |= !grown;
    if (!grown)
        return false;
    t->bytes = grown;
    t->room = room;
    return true;
}

void tarmac_text_add(struct tarmac_text *t, uint64_t at, const char *format, ...)
{
    va_list args;
    int length;

    if (!make_room(t, sizeof at + LINE_BYTES_MAX))
        return;
    memcpy(t->bytes + t->length, &at, sizeof at);
    t->length += sizeof at;
    va_start(args, format);
    length = vsnprintf(t->bytes + t->length, LINE_BYTES_MAX, format, args);
    va_end(args);
    t->length += (size_t)length < LINE_BYTES_MAX ? (size_t)length + 1 : LINE_BYTES_MAX;
}

void tarmac_text_write(const struct tarmac_text *t, FILE *out, unsigned core, uint64_t stalled)
{
    for (size_t i = 0; i < t->length;) {
        const char *line = t->bytes + i + sizeof(uint64_t);
        uint64_t at;

        memcpy(&at, t->bytes + i, sizeof at);
        fprintf(out, "%" PRIu64 " clk cpu%u %s\n", at + stalled, core, line);
        i += sizeof at + strlen(line) + 1;
    }
}

void tarmac_text_free(struct tarmac_text *t)
{
    free(t->bytes);
    *t = (struct tarmac_text){ NULL };
}
