/* Stored bytes to raw ones. */
#include "traces/pack_payload.h"
#include "traces/pack_decode.h"

#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

static bool grow(uint8_t **buffer, size_t *room, size_t want)
{
    uint8_t *bigger;

    if (*room >= want)
        return true;
    bigger = realloc(*buffer, want);
    if (!bigger)
        return false;
    *buffer = bigger;
    *room = want;
    return true;
}

bool pack_payload_room(struct pack_payload *p, const struct pack_block *b)
{
    return grow(&p->stored, &p->stored_room, b->stored_bytes + PACK_SLACK) &&
           grow(&p->raw, &p->raw_room, b->raw_bytes + PACK_SLACK);
}

/* Inflates exactly stored_bytes into exactly raw_bytes. Returns NULL, or what is wrong. libdeflate is for whole
 * buffers, as these are, and takes half of zlib's time. */
static const char *inflate_payload(struct pack_payload *p, const struct pack_block *b)
{
    size_t taken;

    if (!p->inflate)
        p->inflate = libdeflate_alloc_decompressor();
    if (!p->inflate)
        return "out of memory to inflate it";
    if (libdeflate_deflate_decompress_ex(p->inflate, p->stored, b->stored_bytes, p->raw, b->raw_bytes, &taken, NULL) !=
            LIBDEFLATE_SUCCESS ||
        taken != b->stored_bytes)
        return "payload does not inflate to its length";
    return NULL;
}

const char *pack_payload_open(struct pack_payload *p, struct pack_block *b)
{
    if (b->crc != libdeflate_crc32(0, p->stored, b->stored_bytes))
        return "payload checksum differs";
    b->payload = b->stored_bytes == b->raw_bytes ? p->stored : p->raw;
    return b->payload == p->stored ? NULL : inflate_payload(p, b);
}

void pack_payload_free(struct pack_payload *p)
{
    libdeflate_free_decompressor(p->inflate);
    free(p->stored);
    free(p->raw);
    memset(p, 0, sizeof *p);
}
