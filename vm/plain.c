/* SPDX-License-Identifier: MIT */
/*
 * plain: see plain.h. One loop writes a value per turn and keeps the open tables in frames, as codec_encode does; a table is open at
 * most once, so looking through the frames finds cycles.
 *
 * Small values go at once into the scratch bytes of the worker. What takes more than TRY_NODES values starts again with a cursor in
 * a userdata that owns its bytes, and stops whenever the slice is over its time. Unlike codec_encode this may raise in between (texts are Lua
 * strings), so the bytes are always somebody's: the worker's or the userdata's.
 */
#include "vm/plain.h"

#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/address.h"
#include "vm/codec_cursor.h"
#include "vm/codec_write.h"
#include "vm/encoding.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/lazy.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm_struct.h"

enum { TRY_NODES = 4096, STACK_NEEDED = 8 };

struct frame {
    const void *id; /* of the table */
    size_t head;    /* map: where its head is, to fill in the number of pairs */
    uint32_t pairs; /* map: written so far */
    uint32_t next;  /* array: values written so far */
    uint32_t border;
    bool is_array;
    bool only_strings; /* map: keys that are no strings are left out */
};

/* Lua stack while running: per open table [table], or [table, key] for a map. */
struct plain_encoder {
    const struct type *type;
    struct handle handle;      /* in a userdata: owns `own` */
    struct codec_bytes *bytes; /* &own, or the worker's scratch */
    struct codec_bytes own;
    int first, count, next;
    int depth;
    uint32_t countdown; /* values until the next look at the clock, or until this form gives up */
    bool fields, is_resumable;
    struct frame frames[CODEC_MAX_DEPTH];
};

static enum codec_status written(bool ok)
{
    return ok ? CODEC_OK : CODEC_MEMORY;
}

static enum codec_status put_string(lua_State *L, struct codec_bytes *bytes, int index)
{
    size_t length;
    const char *data = lua_tolstring(L, index, &length);
    if (length > CODEC_MAX_BYTES)
        return CODEC_SIZE;
    return written(codec_put_string(bytes, data, length));
}

/* The tostring text of the value at `index`, without running a program's __tostring: only tables could have one. */
static enum codec_status put_text(lua_State *L, struct codec_bytes *bytes, int index)
{
    if (lua_type(L, index) == LUA_TTABLE)
        lua_pushfstring(L, "table: %p", address_shown(L, index));
    else
        address_tolstring(L, index, NULL);
    enum codec_status status = put_string(L, bytes, -1);
    lua_pop(L, 1);
    return status;
}

static enum codec_status put_key(lua_State *L, struct codec_bytes *bytes, int index)
{
    return lua_type(L, index) == LUA_TSTRING ? put_string(L, bytes, index) : put_text(L, bytes, index);
}

/* What stands for the table on top takes its place: the content of a library or of a read-only table. */
static void see_through(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return;
    lua_pop(L, 1);
    if (lazy_target(L, -1))
        lua_replace(L, -2);
}

static enum codec_status open_map(lua_State *L, struct codec_bytes *bytes, struct frame *f)
{
    f->head = bytes->length;
    if (!codec_bytes_reserve(bytes, WIRE_TABLE32_SIZE))
        return CODEC_MEMORY;
    memset(bytes->data + f->head, 0, WIRE_TABLE32_SIZE);
    bytes->data[f->head] = WIRE_TABLE32;
    bytes->length += WIRE_TABLE32_SIZE;
    lua_pushnil(L);
    return CODEC_OK;
}

/* The table is on top and stays there while its frame is open. */
static enum codec_status open_table(lua_State *L, struct plain_encoder *e)
{
    if (!lua_checkstack(L, STACK_NEEDED))
        return CODEC_MEMORY;
    see_through(L);
    const void *id = lua_topointer(L, -1);
    for (int i = 0; i < e->depth; i++)
        if (e->frames[i].id == id)
            return CODEC_CYCLE;
    if (e->depth == CODEC_MAX_DEPTH)
        return CODEC_DEPTH;
    bool only_strings = e->fields && e->depth == 0;
    lua_Unsigned border = only_strings ? 0 : lua_rawlen(L, -1);
    if (border > CODEC_MAX_BYTES)
        return CODEC_SIZE; /* each value takes a byte or more */
    struct frame *f = &e->frames[e->depth++];
    *f = (struct frame){.id = id, .border = (uint32_t)border, .is_array = border > 0, .only_strings = only_strings};
    return f->is_array ? written(codec_put_table(e->bytes, f->border, 0)) : open_map(L, e->bytes, f);
}

/* The value on top, which is popped once it is written. */
static enum codec_status put_top(lua_State *L, struct plain_encoder *e)
{
    struct codec_bytes *bytes = e->bytes;
    enum codec_status status;
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        status = written(codec_put_nil(bytes));
        break;
    case LUA_TBOOLEAN:
        status = written(codec_put_boolean(bytes, lua_toboolean(L, -1)));
        break;
    case LUA_TNUMBER:
        status = written(lua_isinteger(L, -1) ? codec_put_integer(bytes, lua_tointeger(L, -1))
                                              : codec_put_number(bytes, lua_tonumber(L, -1)));
        break;
    case LUA_TSTRING:
        status = put_string(L, bytes, -1);
        break;
    case LUA_TTABLE:
        return open_table(L, e);
    default:
        status = put_text(L, bytes, -1);
        break;
    }
    lua_pop(L, 1);
    return status;
}

static enum codec_status close_table(lua_State *L, struct plain_encoder *e, const struct frame *f)
{
    if (!f->is_array)
        memcpy(e->bytes->data + f->head + 5, &f->pairs, sizeof f->pairs);
    e->depth--;
    lua_pop(L, 1);
    return CODEC_OK;
}

/* One more entry of the innermost open table. */
static enum codec_status put_entry(lua_State *L, struct plain_encoder *e, struct frame *f)
{
    if (f->is_array) {
        if (f->next == f->border)
            return close_table(L, e, f);
        lua_rawgeti(L, -1, ++f->next);
        return put_top(L, e);
    }
    if (!lua_next(L, -2))
        return close_table(L, e, f);
    if (f->only_strings && lua_type(L, -2) != LUA_TSTRING) {
        lua_pop(L, 1);
        return CODEC_OK;
    }
    f->pairs++;
    enum codec_status status = put_key(L, e->bytes, -2);
    return status == CODEC_OK ? put_top(L, e) : status;
}

static bool must_pause(struct plain_encoder *e)
{
    e->countdown = CODEC_PAUSE_NODES;
    return !e->is_resumable || codec_is_time_up();
}

static enum codec_status run(lua_State *L, struct plain_encoder *e)
{
    enum codec_status status = CODEC_OK;
    while (status == CODEC_OK) {
        if (e->bytes->length > CODEC_MAX_BYTES)
            return CODEC_SIZE;
        if (e->depth == 0) {
            if (e->next == e->count)
                return CODEC_OK;
            lua_pushvalue(L, e->first + e->next++);
            status = put_top(L, e);
        } else {
            if (unlikely(--e->countdown == 0) && must_pause(e))
                return CODEC_MORE;
            status = put_entry(L, e, &e->frames[e->depth - 1]);
        }
    }
    return status;
}

static enum codec_status begin(lua_State *L, struct plain_encoder *e, int first, int count, bool fields)
{
    e->first = first;
    e->count = count;
    e->fields = fields;
    e->next = e->depth = 0;
    if (!lua_checkstack(L, STACK_NEEDED))
        return CODEC_MEMORY;
    e->bytes->length = 0;
    return written(codec_begin(e->bytes, count));
}

/* Into the scratch bytes; CODEC_MORE: too much for that. */
static enum codec_status try_encode(lua_State *L, int first, int count, bool fields)
{
    struct plain_encoder e;
    e.bytes = &vm_local(state_vm(L))->scratch;
    e.is_resumable = false;
    e.countdown = TRY_NODES;
    enum codec_status status = begin(L, &e, first, count, fields);
    return status == CODEC_OK ? run(L, &e) : status;
}

/* ---- resumable ---- */

static void release(struct handle *handle)
{
    codec_bytes_free(&container_of(handle, struct plain_encoder, handle)->own);
}

static int finalize(lua_State *L)
{
    struct plain_encoder *e = lua_touserdata(L, 1);
    handle_close(&e->handle);
    return 0;
}

static const struct type encoder_type = {.name = "encoder", .finalize = finalize};

static struct plain_encoder *new_encoder(lua_State *L)
{
    struct plain_encoder *e = type_new(L, &encoder_type, sizeof *e);
    e->bytes = &e->own;
    e->is_resumable = true;
    e->countdown = CODEC_PAUSE_NODES;
    handle_keep(L, &e->handle, release);
    return e;
}

static enum codec_status encode(lua_State *L, int first, int count, int top, bool fields, struct codec_bytes *out)
{
    struct plain_encoder *e = lua_gettop(L) > top ? lua_touserdata(L, top + 1) : NULL;
    enum codec_status status = CODEC_OK;
    first = lua_absindex(L, first);
    if (!e) {
        status = try_encode(L, first, count, fields);
        lua_settop(L, top);
        *out = vm_local(state_vm(L))->scratch;
        if (status != CODEC_MORE)
            return status;
        e = new_encoder(L);
        status = begin(L, e, first, count, fields);
    }
    if (status == CODEC_OK)
        status = run(L, e);
    while (status == CODEC_MORE && !state_can_yield(L)) {
        state_check(L);
        status = run(L, e);
    }
    if (status == CODEC_MORE)
        return status;
    *out = e->own;
    e->own = (struct codec_bytes){0};
    if (status != CODEC_OK)
        codec_bytes_free(out);
    handle_close(&e->handle);
    lua_settop(L, top);
    return status;
}

enum codec_status plain_encode(lua_State *L, int first, int count, int top, struct codec_bytes *out)
{
    return encode(L, first, count, top, false, out);
}

enum codec_status plain_encode_fields(lua_State *L, int index, int top, struct codec_bytes *out)
{
    return encode(L, index, 1, top, true, out);
}

int plain_raise(lua_State *L, const char *what, enum codec_status status)
{
    const char *kind = status == CODEC_MEMORY ? ERROR_INTERNAL : ERROR_INVALID;
    error_push(L, kind, "%s cannot be stored: %s", what, codec_message(status));
    return lua_error(L);
}
