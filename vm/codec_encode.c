/* SPDX-License-Identifier: MIT */
/*
 * codec_encode: Lua values to bytes. One loop writes a value per turn and keeps the open tables in frames, so depth costs no C
 * stack and the loop can stop anywhere. Nothing in it raises: it never allocates in Lua (see_through excepted, which is
 * protected), so memory of the one-shot form need not be anchored.
 *
 * Array part. `narr` counts the keys 1, 2, 3… as lua_next gives them. Starting lua_next behind the last array key, which
 * would save a step, is not possible: keys 1..n may as well lie in the hash part, mixed with others. Small holes are filled with nil so that
 * `#` is the same in the copy; a gap wider than what was seen so far makes the rest of the keys pairs.
 *
 * Counts are known only when the table ends, so its head is patched then: from TABLE8 to TABLE32 by moving its body if it
 * turns out to have more than 255 pairs.
 */
#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/worker.h"
#include "vm/codec_cursor.h"
#include "vm/error.h"
#include "vm/lang/shape_build.h"
#include "vm/lazy.h"
#include "vm/type.h"
#include "vm/typed.h"

enum {
    ROOM_MIN = 192,
    SLACK = 64, /* writable past the limit, so that reserving the most a scalar may need does not refuse the last one */
    HOLES_FREE = 8,   /* holes in an array that need no elements to outweigh them */
    STACK_NEEDED = 8, /* Lua stack slots for one more table */
    TRY_NODES = 4096
};

/* What became of a value: written; a table was begun whose frame is now on top; not something that travels; see failure. */
enum put { PUT_DONE, PUT_OPENED, PUT_DROPPED, PUT_FAILED };

bool codec_is_time_up(void)
{
    struct worker *worker = worker_self();
    return worker && worker_is_over_budget(worker);
}

static enum put fail(struct codec_encoder *e, enum codec_status status)
{
    e->failure = status;
    return PUT_FAILED;
}

static bool grow(struct codec_encoder *e, size_t more)
{
    size_t limit = e->start + CODEC_MAX_BYTES + SLACK;
    if (e->length > limit || more > limit - e->length) {
        fail(e, CODEC_SIZE);
        return false;
    }
    size_t room = e->room < ROOM_MIN / 2 ? ROOM_MIN : e->room * 2;
    room = room < e->length + more ? e->length + more : room;
    room = room > limit ? limit : room;
    unsigned char *data = codec_encoder_realloc(e, e->data, e->room, room);
    if (!data) {
        fail(e, CODEC_MEMORY);
        return false;
    }
    e->data = data;
    e->room = room;
    return true;
}

/* Where to write up to `size` bytes; NULL: see failure. */
static inline unsigned char *reserve(struct codec_encoder *e, size_t size)
{
    if (unlikely(e->room - e->length < size) && !grow(e, size))
        return NULL;
    return e->data + e->length;
}

static enum put put_tag(struct codec_encoder *e, unsigned tag)
{
    unsigned char *at = reserve(e, 1);
    if (!at)
        return PUT_FAILED;
    *at = (unsigned char)tag;
    e->length++;
    return PUT_DONE;
}

static enum put put_number(lua_State *L, struct codec_encoder *e, int index)
{
    unsigned char *at = reserve(e, WIRE_SCALAR_MAX);
    if (!at)
        return PUT_FAILED;
    if (lua_isinteger(L, index))
        e->length += wire_write_integer(at, lua_tointeger(L, index));
    else
        e->length += wire_write_number(at, lua_tonumber(L, index));
    return PUT_DONE;
}

static enum put put_string(lua_State *L, struct codec_encoder *e, int index)
{
    size_t length;
    const char *data = lua_tolstring(L, index, &length);
    if (length > CODEC_MAX_BYTES)
        return fail(e, CODEC_SIZE);
    unsigned char *at = reserve(e, length + 5);
    if (!at)
        return PUT_FAILED;
    size_t head = wire_write_string_head(at, length);
    memcpy(at + head, data, length);
    e->length += head + length;
    return PUT_DONE;
}

/* PUT_DROPPED means here: met for the first time, write it. */
static enum put put_reference(struct codec_encoder *e, const void *id)
{
    uint32_t number;
    switch (codec_seen_visit(e, id, &number)) {
    case CODEC_SEEN_NEW:
        return PUT_DROPPED;
    case CODEC_SEEN_NO_MEMORY:
        return fail(e, CODEC_MEMORY);
    case CODEC_SEEN_AGAIN:
        break;
    }
    unsigned char *at = reserve(e, WIRE_SCALAR_MAX);
    if (!at)
        return PUT_FAILED;
    *at = WIRE_REF;
    e->length += 1 + wire_write_varint(at + 1, number);
    e->data[e->start] |= WIRE_HAS_REFS;
    return PUT_DONE;
}

static int push_target(lua_State *L)
{
    return lazy_target(L, 1) ? 1 : 0;
}

/* The table on top has a metatable: if it is a proxy, the table behind it takes its place. That may allocate, hence the pcall. */
static enum put see_through(lua_State *L, struct codec_encoder *e)
{
    lua_pushcfunction(L, push_target);
    lua_pushvalue(L, -2);
    if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
        lua_pop(L, 1);
        return fail(e, CODEC_MEMORY);
    }
    if (lua_istable(L, -1))
        lua_replace(L, -2);
    else
        lua_pop(L, 1);
    return PUT_DONE;
}

/* The table is on top and stays there, with a key above it, while its frame is open. */
static enum put put_table(lua_State *L, struct codec_encoder *e)
{
    enum put put = put_reference(e, lua_topointer(L, -1));
    if (put != PUT_DROPPED)
        return put;
    if (e->depth == CODEC_MAX_DEPTH)
        return fail(e, CODEC_DEPTH);
    if (unlikely(!lua_checkstack(L, STACK_NEEDED)))
        return fail(e, CODEC_MEMORY);
    if (lua_getmetatable(L, -1)) {
        lua_pop(L, 1);
        if (see_through(L, e) == PUT_FAILED)
            return PUT_FAILED;
    }
    unsigned char *at = reserve(e, WIRE_TABLE32_SIZE);
    if (!at)
        return PUT_FAILED;
    struct codec_encode_frame *f = &e->frames[e->depth++];
    f->header = e->length;
    f->border = lua_rawlen(L, -1);
    f->narr = f->nhash = f->holes = 0;
    f->is_wide = f->border > UINT8_MAX;
    f->in_array = f->border > 0;
    f->value_pending = false;
    *at = f->is_wide ? WIRE_TABLE32 : WIRE_TABLE8;
    e->length += f->is_wide ? WIRE_TABLE32_SIZE : WIRE_TABLE8_SIZE;
    lua_pushnil(L);
    return PUT_OPENED;
}

static enum put put_type(struct codec_encoder *e, const struct typed *typed)
{
    struct shape_builder builder;
    uint32_t size = (uint32_t)typed_begin_bytes(typed, &builder);
    unsigned char *at = reserve(e, size + 5);
    if (at) {
        at[0] = WIRE_TYPE;
        memcpy(at + 1, &size, sizeof size);
        shape_write(&builder, at + 5);
        e->length += size + 5;
    }
    shape_end(&builder);
    return at ? PUT_DONE : PUT_FAILED;
}

static enum put put_userdata(lua_State *L, struct codec_encoder *e, int index)
{
    struct error_parts parts;
    const struct typed *typed = typed_test(L, index);
    if (!typed && !error_parts(L, index, &parts))
        return PUT_DROPPED;
    enum put put = put_reference(e, lua_topointer(L, index));
    if (put != PUT_DROPPED)
        return put;
    if (typed)
        return put_type(e, typed);
    size_t size = wire_error_size(&parts);
    if (size > CODEC_MAX_BYTES)
        return fail(e, CODEC_SIZE);
    unsigned char *at = reserve(e, size);
    if (!at)
        return PUT_FAILED;
    wire_write_error(at, &parts);
    e->length += size;
    return PUT_DONE;
}

/* `type` is that of the value; a table must be on top. Pops nothing. */
static enum put put_value(lua_State *L, struct codec_encoder *e, int index, int type)
{
    switch (type) {
    case LUA_TNIL:
        return put_tag(e, WIRE_NIL);
    case LUA_TBOOLEAN:
        return put_tag(e, lua_toboolean(L, index) ? WIRE_TRUE : WIRE_FALSE);
    case LUA_TNUMBER:
        return put_number(L, e, index);
    case LUA_TSTRING:
        return put_string(L, e, index);
    case LUA_TTABLE:
        return put_table(L, e);
    case LUA_TUSERDATA:
        return put_userdata(L, e, index);
    default:
        return PUT_DROPPED;
    }
}

/* The value on top, which is popped once it is written; what does not travel becomes nil. */
static enum put put_top(lua_State *L, struct codec_encoder *e, int type)
{
    enum put put = put_value(L, e, -1, type);
    if (put == PUT_DROPPED)
        put = put_tag(e, WIRE_NIL);
    if (put == PUT_DONE)
        lua_pop(L, 1);
    return put;
}

static enum put put_argument(lua_State *L, struct codec_encoder *e, int index)
{
    int type = lua_type(L, index);
    if (type == LUA_TTABLE) {
        lua_pushvalue(L, index);
        return put_top(L, e, type);
    }
    enum put put = put_value(L, e, index, type);
    return put == PUT_DROPPED ? put_tag(e, WIRE_NIL) : put;
}

static inline bool does_travel(lua_State *L, int index, int type)
{
    enum { TRAVELS = 1 << LUA_TBOOLEAN | 1 << LUA_TNUMBER | 1 << LUA_TSTRING | 1 << LUA_TTABLE };
    return (TRAVELS >> type & 1) ||
           (type == LUA_TUSERDATA && (type_of(L, index) == &error_type || type_of(L, index) == &typed_type));
}

/* [key, value] are on top. The key if it is the next of the array part or leaves a hole before it that is worth filling, else 0. */
static lua_Unsigned element_key(lua_State *L, const struct codec_encode_frame *f)
{
    lua_Unsigned key = lua_isinteger(L, -2) ? (lua_Unsigned)lua_tointeger(L, -2) : 0;
    if (key <= f->narr || key > f->border)
        return 0;
    lua_Unsigned holes = key - f->narr - 1, allowed = (lua_Unsigned)(f->narr - f->holes) + HOLES_FREE;
    return holes == 0 || f->holes + holes <= allowed ? key : 0;
}

static bool put_holes(struct codec_encoder *e, struct codec_encode_frame *f, uint32_t holes)
{
    unsigned char *at = reserve(e, holes);
    if (!at)
        return false;
    memset(at, WIRE_NIL, holes);
    e->length += holes;
    f->holes += holes;
    return true;
}

/* The value on top is the element `key`: writes the holes before it, then the value. */
static enum put put_element(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f, uint32_t key)
{
    uint32_t holes = key - f->narr - 1;
    if (unlikely(holes > 0) && !put_holes(e, f, holes))
        return PUT_FAILED;
    f->narr = key;
    return put_top(L, e, lua_type(L, -1));
}

/* [key, value] are on top: writes the key, and the value unless the key is a table that must be written first. */
static enum put put_pair(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    int key = lua_type(L, -2), value = lua_type(L, -1);
    if (unlikely(!does_travel(L, -1, value) || !does_travel(L, -2, key))) {
        lua_pop(L, 1);
        return PUT_DONE;
    }
    f->nhash++;
    enum put put;
    if (unlikely(key == LUA_TTABLE)) {
        lua_pushvalue(L, -2);
        f->value_pending = true;
        put = put_top(L, e, key);
    } else { /* nearly all keys are strings: tested first, they and the values do not share one jump that nobody can predict */
        put = key == LUA_TSTRING ? put_string(L, e, -2) : put_value(L, e, -2, key);
    }
    if (put != PUT_DONE)
        return put;
    f->value_pending = false;
    return put_top(L, e, value);
}

/* All of the table on top is written: fills in its counts. */
static enum put close_table(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    if (!f->is_wide && (f->narr > UINT8_MAX || f->nhash > UINT8_MAX)) {
        enum { WIDER = WIRE_TABLE32_SIZE - WIRE_TABLE8_SIZE };
        if (!reserve(e, WIDER))
            return PUT_FAILED;
        unsigned char *body = e->data + f->header + WIRE_TABLE8_SIZE;
        memmove(body + WIDER, body, e->length - f->header - WIRE_TABLE8_SIZE);
        e->length += WIDER;
        f->is_wide = true;
    }
    unsigned char *at = e->data + f->header;
    if (f->is_wide) {
        *at = WIRE_TABLE32;
        memcpy(at + 1, &f->narr, 4);
        memcpy(at + 5, &f->nhash, 4);
    } else {
        at[1] = (unsigned char)f->narr;
        at[2] = (unsigned char)f->nhash;
    }
    e->depth--;
    lua_pop(L, 1);
    return PUT_DONE;
}

/* One more entry of the innermost open table; [table, key] are on top, or [table, key, value] when its value is pending. */
static enum put put_entry(lua_State *L, struct codec_encoder *e, struct codec_encode_frame *f)
{
    if (unlikely(f->value_pending)) {
        f->value_pending = false;
        return put_top(L, e, lua_type(L, -1));
    }
    if (!lua_next(L, -2))
        return close_table(L, e, f);
    lua_Unsigned key = f->in_array ? element_key(L, f) : 0;
    if (key)
        return put_element(L, e, f, (uint32_t)key);
    f->in_array = false;
    return put_pair(L, e, f);
}

static bool must_pause(struct codec_encoder *e)
{
    e->countdown = e->pause_every + 1; /* the next run gets on by at least one value */
    return e->pause_every && (e->by_count || codec_is_time_up());
}

static enum codec_status run(lua_State *L, struct codec_encoder *e)
{
    for (;;) {
        enum put put;
        if (e->depth == 0) {
            if (e->next == e->count)
                return e->length - e->start <= CODEC_MAX_BYTES ? CODEC_OK : CODEC_SIZE;
            put = put_argument(L, e, e->first + e->next++);
        } else {
            if (unlikely(--e->countdown == 0) && must_pause(e))
                return CODEC_MORE;
            put = put_entry(L, e, &e->frames[e->depth - 1]);
        }
        if (unlikely(put == PUT_FAILED))
            return e->failure;
    }
}

static enum codec_status begin(lua_State *L, struct codec_encoder *e)
{
    e->base = lua_gettop(L);
    e->countdown = e->pause_every;
    if (!lua_checkstack(L, STACK_NEEDED))
        return CODEC_MEMORY;
    unsigned char *at = reserve(e, WIRE_SCALAR_MAX);
    if (!at)
        return e->failure;
    e->length += wire_write_count(at, (uint32_t)e->count);
    return CODEC_OK;
}

static void init(struct codec_encoder *e, int first, int count)
{
    e->alloc = NULL;
    e->first = first;
    e->count = count;
    e->next = e->depth = 0;
    e->base = -1;
    e->pause_every = 0;
    e->by_count = false;
    e->seen.count = e->seen.mask = 0;
}

static enum codec_status encode(lua_State *L, int first, int count, uint32_t pause_every, struct codec_bytes *out)
{
    struct codec_encoder e;
    init(&e, lua_absindex(L, first), count);
    e.pause_every = pause_every;
    e.by_count = true;
    e.data = out->data;
    e.start = e.length = out->length;
    e.room = out->capacity;
    enum codec_status status = begin(L, &e);
    if (status == CODEC_OK)
        status = run(L, &e);
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
    return encode(L, first, count, TRY_NODES, out);
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
    init(e, first, count);
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
    enum codec_status status = e->base < 0 ? begin(L, e) : CODEC_OK;
    if (status == CODEC_OK)
        status = run(L, e);
    if (status == CODEC_MORE)
        return status;
    if (status == CODEC_OK)
        status = hand_over(e, out);
    lua_settop(L, e->base);
    drop_memory(e);
    return status;
}
