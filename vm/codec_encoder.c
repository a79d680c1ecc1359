/* SPDX-License-Identifier: MIT */
/*
 * codec_encoder: the forms of the encoder of codec_encode.c. One-shot: a struct on the C stack that writes to the caller's bytes. Resumable: a
 * userdata, whose memory comes from the Lua heap (I2 of codec_cursor.h).
 */
#include "sched/worker.h"
#include "vm/codec_cursor.h"
#include "vm/codec_write.h"
#include "vm/type.h"

enum {
    TRY_ENTRIES = 4096,
    ROOM_MIN = 192,
    SLACK = 64 /* writable past the limit, so that reserving the most a scalar may need does not refuse the last one */
};

bool codec_is_time_up(void)
{
    return worker_self() && worker_is_over_budget(worker_self());
}

bool codec_encoder_grow(struct codec_encoder *e, size_t more)
{
    size_t limit = e->start + CODEC_MAX_BYTES + SLACK;
    if (e->length > limit || more > limit - e->length) {
        e->failure = CODEC_SIZE;
        return false;
    }
    size_t room = e->room < ROOM_MIN / 2 ? ROOM_MIN : e->room * 2;
    room = room < e->length + more ? e->length + more : room;
    room = room > limit ? limit : room;
    unsigned char *data = codec_encoder_realloc(e, e->data, e->room, room);
    if (!data) {
        e->failure = CODEC_MEMORY;
        return false;
    }
    e->data = data;
    e->room = room;
    return true;
}

static enum codec_status encode(lua_State *L, int first, int count, uint32_t pause_every, struct codec_bytes *out)
{
    struct codec_encoder e;
    codec_encoder_init(&e, lua_absindex(L, first), count);
    e.pause_every = pause_every;
    e.data = out->data;
    e.start = e.length = out->length;
    e.room = out->capacity;
    enum codec_status status = codec_encoder_go(L, &e);
    if (status != CODEC_OK)
        lua_settop(L, e.base);
    codec_seen_destroy(&e);
    out->data = e.data;
    out->capacity = e.room;
    out->length = status == CODEC_OK ? e.length : e.start;
    return status;
}

enum codec_status codec_encode(lua_State *L, int first, int count, struct codec_bytes *out)
{
    return encode(L, first, count, 0, out);
}

enum codec_status codec_try_encode(lua_State *L, int first, int count, struct codec_bytes *out)
{
    return encode(L, first, count, TRY_ENTRIES, out);
}

/* ---- resumable ---- */

static void drop_memory(struct codec_encoder *e)
{
    codec_seen_destroy(e);
    if (e->data)
        codec_encoder_realloc(e, e->data, e->room, 0);
    e->data = NULL;
    e->length = e->room = 0;
}

static int finalize(lua_State *L)
{
    drop_memory(lua_touserdata(L, 1));
    return 0;
}

static const struct type encoder_type = {.name = "encoder", .finalize = finalize};

struct codec_encoder *codec_encoder_new(lua_State *L, int first, int count)
{
    first = lua_absindex(L, first);
    struct codec_encoder *e = type_new(L, &encoder_type, sizeof *e);
    codec_encoder_init(e, first, count);
    e->alloc = lua_getallocf(L, &e->alloc_ud);
    e->pause_every = CODEC_PAUSE_NODES;
    return e;
}

static enum codec_status hand_over(struct codec_encoder *e, struct codec_bytes *out)
{
    if (!codec_bytes_reserve(out, e->length))
        return CODEC_MEMORY;
    memcpy(out->data + out->length, e->data, e->length);
    out->length += e->length;
    return CODEC_OK;
}

enum codec_status codec_encoder_run(lua_State *L, struct codec_encoder *e, struct codec_bytes *out)
{
    enum codec_status status = codec_encoder_go(L, e);
    if (status == CODEC_MORE)
        return status;
    if (status == CODEC_OK)
        status = hand_over(e, out);
    lua_settop(L, e->base);
    drop_memory(e);
    return status;
}
