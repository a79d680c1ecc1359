/* SPDX-License-Identifier: MIT */
/*
 * codec_decode: bytes to Lua values; one loop that reads a value per turn, with the open tables in frames. The input may be
 * anything: bounds, counts, depth, tags, keys and references are checked, and a table is made only as large as the
 * rest of the input could fill (codec_wire.h). Lua's memory errors go through: nothing here is malloc'd.
 *
 * References need the tables by number, so an encoding that has any makes the decoder keep all of them in a Lua
 * table, at stack index base + 1 while it runs; others pay nothing.
 */
#include "sched/base/compiler.h"
#include "vm/codec_cursor.h"
#include "vm/error.h"
#include "vm/type.h"
#include "vm/typed.h"

enum { STACK_NEEDED = 8 };

/* A value was pushed; an empty table was pushed and its frame is open; see failure. */
enum get { GET_DONE, GET_OPENED, GET_FAILED };

static enum get fail(struct codec_decoder *d, enum codec_status status)
{
    d->failure = status;
    return GET_FAILED;
}

/* Gives the table or error on top the next number. */
static void remember(lua_State *L, struct codec_decoder *d)
{
    if (!d->has_refs)
        return;
    lua_pushvalue(L, -1);
    lua_rawseti(L, d->base + 1, ++d->refs);
}

static enum get get_table(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    uint32_t narr, nhash;
    if (!wire_read_table(&d->in, tag, &narr, &nhash) || narr > INT32_MAX || nhash > INT32_MAX)
        return fail(d, CODEC_CORRUPT);
    if (d->depth == CODEC_MAX_DEPTH)
        return fail(d, CODEC_DEPTH);
    if (unlikely(!lua_checkstack(L, STACK_NEEDED)))
        return fail(d, CODEC_MEMORY);
    lua_createtable(L, (int)narr, (int)nhash);
    remember(L, d);
    d->frames[d->depth++] = (struct codec_decode_frame){.narr = narr, .nhash = nhash};
    return GET_OPENED;
}

static enum get get_reference(lua_State *L, struct codec_decoder *d)
{
    uint32_t number;
    if (!d->has_refs || !wire_read_varint(&d->in, &number) || number >= d->refs)
        return fail(d, CODEC_CORRUPT);
    lua_rawgeti(L, d->base + 1, (lua_Integer)number + 1);
    return GET_DONE;
}

static enum get get_error(lua_State *L, struct codec_decoder *d)
{
    struct error_parts parts;
    if (!wire_read_error(&d->in, &parts))
        return fail(d, CODEC_CORRUPT);
    error_push_parts(L, &parts);
    remember(L, d);
    return GET_DONE;
}

static enum get get_type(lua_State *L, struct codec_decoder *d)
{
    const char *data;
    size_t length;
    if (!wire_read_type(&d->in, &data, &length) || !typed_push_bytes(L, data, length))
        return fail(d, CODEC_CORRUPT);
    remember(L, d);
    return GET_DONE;
}

static enum get get_number(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    int64_t integer;
    double number;
    if (tag == WIRE_NUMBER) {
        if (!wire_read_bytes(&d->in, &number, sizeof number))
            return fail(d, CODEC_CORRUPT);
        lua_pushnumber(L, number);
        return GET_DONE;
    }
    if (!wire_read_integer(&d->in, tag, &integer))
        return fail(d, CODEC_CORRUPT);
    lua_pushinteger(L, integer);
    return GET_DONE;
}

/* The form nearly all keys have: its length is in the tag. */
static inline enum get get_short_string(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    size_t length = tag - WIRE_STRING;
    if (unlikely(wire_left(&d->in) < length))
        return fail(d, CODEC_CORRUPT);
    lua_pushlstring(L, (const char *)d->in.at, length);
    d->in.at += length;
    return GET_DONE;
}

static enum get get_string(lua_State *L, struct codec_decoder *d, unsigned tag)
{
    const char *data;
    size_t length;
    if (!wire_read_string(&d->in, tag, &data, &length))
        return fail(d, CODEC_CORRUPT);
    lua_pushlstring(L, data, length);
    return GET_DONE;
}

static enum get get_value(lua_State *L, struct codec_decoder *d)
{
    if (unlikely(d->in.at == d->in.end))
        return fail(d, CODEC_CORRUPT);
    d->in.owed--;
    unsigned tag = *d->in.at++;
    if (tag <= WIRE_INTEGER_MAX) {
        lua_pushinteger(L, tag);
        return GET_DONE;
    }
    if (tag <= WIRE_STRING_MAX)
        return get_short_string(L, d, tag);
    switch (tag) {
    case WIRE_NIL:
        lua_pushnil(L);
        return GET_DONE;
    case WIRE_FALSE:
    case WIRE_TRUE:
        lua_pushboolean(L, tag == WIRE_TRUE);
        return GET_DONE;
    case WIRE_INT8:
    case WIRE_INT16:
    case WIRE_INT32:
    case WIRE_INT64:
    case WIRE_NUMBER:
        return get_number(L, d, tag);
    case WIRE_STRING8:
    case WIRE_STRING32:
        return get_string(L, d, tag);
    case WIRE_TABLE8:
    case WIRE_TABLE32:
        return get_table(L, d, tag);
    case WIRE_REF:
        return get_reference(L, d);
    case WIRE_ERROR:
        return get_error(L, d);
    case WIRE_TYPE:
        return get_type(L, d);
    default:
        return fail(d, CODEC_CORRUPT);
    }
}

/* Neither nil nor NaN. */
static bool is_key(lua_State *L)
{
    int type = lua_type(L, -1);
    if (likely(type != LUA_TNUMBER))
        return type != LUA_TNIL;
    lua_Number number = lua_tonumber(L, -1);
    return number == number;
}

/* The value on top is complete: puts it into the innermost open table, or leaves it as a top-level value. */
static bool store(lua_State *L, struct codec_decoder *d)
{
    if (d->depth == 0) {
        d->next++;
        return true;
    }
    struct codec_decode_frame *f = &d->frames[d->depth - 1];
    if (f->index < f->narr) {
        lua_rawseti(L, -2, ++f->index);
    } else if (f->has_key) {
        lua_rawset(L, -3);
        f->has_key = false;
        f->nhash--;
    } else {
        f->has_key = true;
        return is_key(L);
    }
    return true;
}

static bool is_complete(const struct codec_decode_frame *f)
{
    return f->index == f->narr && f->nhash == 0;
}

static bool must_pause(struct codec_decoder *d)
{
    d->countdown = d->pause_every + 1; /* the next run gets on by at least one value */
    return d->pause_every && (d->by_count || codec_is_time_up());
}

static enum codec_status run(lua_State *L, struct codec_decoder *d)
{
    while (d->depth > 0 || d->next < d->count) {
        if (unlikely(--d->countdown == 0) && must_pause(d))
            return CODEC_MORE;
        enum get get = GET_DONE;
        if (d->depth > 0 && is_complete(&d->frames[d->depth - 1]))
            d->depth--;
        else
            get = get_value(L, d);
        if (unlikely(get == GET_FAILED))
            return d->failure;
        if (get == GET_DONE && unlikely(!store(L, d)))
            return CODEC_CORRUPT;
    }
    return d->in.at == d->in.end ? CODEC_OK : CODEC_CORRUPT;
}

static enum codec_status begin(lua_State *L, struct codec_decoder *d)
{
    d->base = lua_gettop(L);
    d->next = d->refs = 0;
    d->depth = 0;
    d->countdown = d->pause_every;
    if (d->count > INT32_MAX - STACK_NEEDED || !lua_checkstack(L, (int)d->count + STACK_NEEDED))
        return CODEC_MEMORY;
    if (d->has_refs)
        lua_newtable(L);
    return CODEC_OK;
}

/* After the last run: the values alone stay on the stack, or nothing. */
static enum codec_status end(lua_State *L, struct codec_decoder *d, enum codec_status status, int *count)
{
    if (status != CODEC_OK) {
        lua_settop(L, d->base);
        return status;
    }
    if (d->has_refs)
        lua_remove(L, d->base + 1);
    *count = (int)d->count;
    return CODEC_OK;
}

enum codec_status codec_decode(lua_State *L, const void *data, size_t length, int *count)
{
    struct codec_decoder d;
    if (!wire_read_head(&d.in, data, length, &d.count, &d.has_refs))
        return CODEC_CORRUPT;
    d.pause_every = 0;
    enum codec_status status = begin(L, &d);
    if (status == CODEC_OK)
        status = run(L, &d);
    return end(L, &d, status, count);
}

/* ---- resumable ---- */

static const struct type decoder_type = {.name = "decoder"};

struct codec_decoder *codec_decoder_new(lua_State *L, const void *data, size_t length)
{
    struct codec_decoder *d = type_new(L, &decoder_type, sizeof *d);
    d->pause_every = CODEC_PAUSE_NODES;
    d->base = -1;
    d->failure = wire_read_head(&d->in, data, length, &d->count, &d->has_refs) ? CODEC_OK : CODEC_CORRUPT;
    return d;
}

enum codec_status codec_decoder_run(lua_State *L, struct codec_decoder *d, int *count)
{
    if (d->failure != CODEC_OK)
        return d->failure;
    enum codec_status status = d->base < 0 ? begin(L, d) : CODEC_OK;
    if (status == CODEC_OK)
        status = run(L, d);
    return status == CODEC_MORE ? status : end(L, d, status, count);
}
