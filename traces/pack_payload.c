/* Stored bytes to raw ones. */
#include "traces/pack_payload.h"
#include "traces/pack_decode.h"

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

/* Inflates exactly stored_bytes into exactly raw_bytes. Returns NULL, or what is wrong. */
static const char *inflate_payload(struct pack_payload *p, const struct pack_block *b)
{
    z_stream *z = &p->inflate;

    if (!p->inflate_ready && inflateInit2(z, -MAX_WBITS) != Z_OK)
        return "out of memory to inflate it";
    p->inflate_ready = true;
    if (inflateReset(z) != Z_OK)
        return "cannot inflate";
    z->next_in = p->stored;
    z->avail_in = b->stored_bytes;
    z->next_out = p->raw;
    z->avail_out = b->raw_bytes;
    if (inflate(z, Z_FINISH) != Z_STREAM_END || z->avail_in || z->avail_out)
        return "payload does not inflate to its length";
    return NULL;
}

const char *pack_payload_open(struct pack_payload *p, struct pack_block *b)
{
    if (b->crc != crc32(0, p->stored, b->stored_bytes))
        return "payload checksum differs";
    b->payload = b->stored_bytes == b->raw_bytes ? p->stored : p->raw;
    return b->payload == p->stored ? NULL : inflate_payload(p, b);
}

void pack_payload_free(struct pack_payload *p)
{
    if (p->inflate_ready)
        inflateEnd(&p->inflate);
    free(p->stored);
    free(p->raw);
    memset(p, 0, sizeof *p);
}
