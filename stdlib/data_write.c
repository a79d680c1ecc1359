/* SPDX-License-Identifier: MIT */
/*
 * data_write: see data_write.h. One loop that handles a table entry per turn, with the open tables in frames, so that depth costs no C stack
 * and it can stop between any two entries. Nobody changes the tables meanwhile: no other coroutine of the process runs, nor any
 * metamethod.
 *
 * Lists. Lua gives the keys 1, 2, 3 … of a list in that order while they lie in its array part, so the values are written as they come; only
 * when that ends early (DATA_CHECK) the other keys are looked at, and the values taken one by one (DATA_GET).
 */
#include "stdlib/data_write.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "stdlib/data_empty.h"
#include "stdlib/string_work.h"
#include "stdlib/time_value.h"
#include "stdlib/unicode.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/typed.h"

/* Stack: value, parked struct data_writer, bytes of the text, the two slots of data_keys, per open table [table, key]. */
enum { WRITE_VALUE = 1, WRITE_STATE, WRITE_BYTES, WRITE_KEYS, WRITE_STRINGS, WRITE_TABLES };

enum {
    STACK_NEEDED = 8,
    WORK_ENTRY = 5,
    BYTES_PER_WORK = 32,
    SORT_WORK = 8192,
    PATH_MAX_BYTES = 200,
    PATH_KEY_MAX = 40
};

/* FAILED: see writer.problem; the place is what the frames say, so who fails about a table itself first sets its frame's index to 0. */
enum step { STEP_ON, STEP_FAILED };

printf_like(2, 3) static enum step fail(struct data_writer *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(w->problem, sizeof w->problem, fmt, args);
    va_end(args);
    return STEP_FAILED;
}

static enum step fail_type(struct data_writer *w)
{
    w->kind = ERROR_INVALID;
    return fail(w, "cannot encode type");
}

static enum step fail_key(lua_State *L, struct data_writer *w, int key)
{
    return typed_test(L, key) ? fail_type(w) : fail(w, "a key of type %s cannot be encoded", luaL_typename(L, key));
}

/* ---- values ---- */

/* The table on top is `t`: pushes what is behind it if it is read-only. It may allocate. */
static void see_through(lua_State *L)
{
    if (!lua_getmetatable(L, -1))
        return;
    lua_pop(L, 1);
    if (lazy_target(L, -1))
        lua_replace(L, -2);
}

static bool is_open(const struct data_writer *w, const void *identity)
{
    for (int i = 0; i < w->depth; i++)
        if (w->frames[i].identity == identity)
            return true;
    return false;
}

/* [table, nil] are on top, and no entry has key 1. What is it? */
static enum step classify(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (!lua_next(L, -2)) {
        lua_pushnil(L);
        f->phase = data_empty_is_marked(L, -2) ? DATA_PAIRS : DATA_NEXT;
        w->sink->open(L, w, f->phase == DATA_PAIRS, 0);
        return STEP_ON;
    }
    lua_pop(L, 1);
    if (lua_type(L, -1) == LUA_TSTRING) {
        f->phase = DATA_COLLECT;
        lua_pushnil(L);
        lua_replace(L, -2);
        return STEP_ON;
    }
    if (lua_isinteger(L, -1))
        return fail(w, "sparse array: index 1 is missing, index %lld is there", (long long)lua_tointeger(L, -1));
    return fail_key(L, w, -1);
}

/* The table on top stays there while its frame is open. */
static enum step put_table(lua_State *L, struct data_writer *w)
{
    const void *identity = lua_topointer(L, -1);
    if (w->depth == DATA_MAX_DEPTH)
        return fail(w, "nested deeper than %d levels", DATA_MAX_DEPTH);
    if (unlikely(is_open(w, identity)))
        return fail(w, "recursive table: it contains itself");
    luaL_checkstack(L, STACK_NEEDED, "nested table");
    see_through(L);
    struct data_frame *f = &w->frames[w->depth++];
    f->identity = identity;
    f->index = 0;
    f->count = lua_rawlen(L, -1);
    f->keys = w->keys.count;
    f->phase = DATA_NEXT;
    lua_pushnil(L);
    if (f->count == 0)
        return classify(L, w, f);
    w->sink->open(L, w, false, f->count);
    return STEP_ON;
}

/*
 * ---- long strings ----
 *
 * The string stays on top of the stack. Strings of the size that this is for are rare, so they get a loop of their own: a piece per turn.
 */

/* The next piece of the `left` bytes before `end`; it does not end inside a UTF-8 sequence. */
static size_t piece_length(const char *end, size_t left)
{
    size_t length = left;
    if (left > DATA_LONG_STRING) {
        length = DATA_LONG_STRING;
        for (int i = 0; i < 3 && ((unsigned char)end[length - left] & 0xc0) == 0x80; i++)
            length--;
    }
    return length;
}

static void begin_long(lua_State *L, struct data_writer *w, size_t length)
{
    w->is_text = true;
    w->text_left = length;
    w->look_left = w->sink->asks_text ? length : 0;
    if (!w->look_left)
        w->sink->begin_long(L, w, length, true);
}

static void step_long(lua_State *L, struct data_writer *w)
{
    size_t length;
    const char *text = lua_tolstring(L, -1, &length), *end = text + length;
    if (w->look_left) {
        size_t piece = piece_length(end, w->look_left);
        w->is_text = w->is_text && unicode_is_text(end - w->look_left, piece);
        w->look_left = w->is_text ? w->look_left - piece : 0;
        w->debt += piece / BYTES_PER_WORK;
        if (!w->look_left)
            w->sink->begin_long(L, w, length, w->is_text);
        return;
    }
    size_t piece = piece_length(end, w->text_left);
    w->sink->add_long(L, w, end - w->text_left, piece);
    w->text_left -= piece;
    w->debt += piece / BYTES_PER_WORK;
    if (!w->text_left) {
        w->sink->end_long(L, w);
        lua_pop(L, 1);
    }
}

static enum step put_text(lua_State *L, struct data_writer *w, const char *text, size_t length)
{
    if (length > DATA_LONG_STRING && lua_type(L, -1) == LUA_TSTRING) {
        begin_long(L, w, length);
        return STEP_ON;
    }
    w->sink->put_string(L, w, text, length);
    w->debt += length / BYTES_PER_WORK;
    lua_pop(L, 1);
    return STEP_ON;
}

/* An object of the runtime: its tostring is C and does not yield. */
static enum step put_object(lua_State *L, struct data_writer *w)
{
    size_t length;
    char time[TIME_VALUE_TEXT_MAX];
    const struct type *type = type_of(L, -1);
    const char *text = error_or_string(L, -1, &length);
    if (type == &typed_type)
        return fail_type(w);
    if (!text && type == &time_value_type) {
        text = time;
        if (!(length = time_value_text(L, -1, time)))
            return fail(w, "a Time outside of the years 0 to 9999 cannot be encoded");
    }
    if (!text && type && type->tostring) {
        lua_pushcfunction(L, type->tostring);
        lua_insert(L, -2);
        lua_call(L, 1, 1);
        text = lua_tolstring(L, -1, &length);
    }
    return text ? put_text(L, w, text, length) : fail(w, "a value of type userdata cannot be encoded");
}

/* The value on top, popped once it is written. */
static enum step put_value(lua_State *L, struct data_writer *w)
{
    size_t length;
    const char *text;
    switch (lua_type(L, -1)) {
    case LUA_TNIL:
        w->sink->put_nil(L, w);
        break;
    case LUA_TBOOLEAN:
        w->sink->put_boolean(L, w, lua_toboolean(L, -1));
        break;
    case LUA_TNUMBER:
        if (lua_isinteger(L, -1))
            w->sink->put_integer(L, w, lua_tointeger(L, -1));
        else
            w->sink->put_number(L, w, lua_tonumber(L, -1));
        break;
    case LUA_TSTRING:
        text = lua_tolstring(L, -1, &length);
        return put_text(L, w, text, length);
    case LUA_TTABLE:
        return put_table(L, w);
    case LUA_TUSERDATA:
        return put_object(L, w);
    default:
        return fail(w, "a value of type %s cannot be encoded", luaL_typename(L, -1));
    }
    lua_pop(L, 1);
    return STEP_ON;
}

/* ---- tables, entry by entry ---- */

/* All of the table on top is written: [table, key] go. */
static enum step close_table(lua_State *L, struct data_writer *w, bool is_map)
{
    struct data_frame *f = data_writer_top(w);
    w->sink->close(L, w, is_map, f->count);
    w->depth--;
    lua_pop(L, 2);
    return STEP_ON;
}

static enum step fail_mixed(lua_State *L, struct data_writer *w, int key)
{
    data_writer_top(w)->index = 0;
    if (lua_type(L, key) == LUA_TSTRING)
        return fail(w, "mixed keys: an array with the string key '%.40s'", lua_tostring(L, key));
    if (lua_isinteger(L, key))
        return fail(w, "mixed keys: an object with the integer key %lld", (long long)lua_tointeger(L, key));
    return fail_key(L, w, key);
}

static enum step fail_sparse(struct data_writer *w, struct data_frame *f)
{
    size_t missing = f->index + 1;
    f->index = 0;
    return fail(w, "sparse array: index %zu is missing", missing);
}

/* Is the key of [key, value] an index of the list? If not, writer.problem says why. */
static bool check_index(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (!lua_isinteger(L, -2)) {
        fail_mixed(L, w, -2);
        return false;
    }
    lua_Integer key = lua_tointeger(L, -2);
    if (key >= 1 && (lua_Unsigned)key <= f->count)
        return true;
    f->index = 0;
    fail(w, "sparse array: index %lld is there, the array ends at %zu", (long long)key, f->count);
    return false;
}

static enum step next_item(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (!lua_next(L, -2)) {
        lua_pushnil(L);
        return f->index == f->count ? close_table(L, w, false) : fail_sparse(w, f);
    }
    if (likely(lua_isinteger(L, -2) && (lua_Unsigned)lua_tointeger(L, -2) == f->index + 1 && f->index < f->count)) {
        w->sink->item(L, w, f->index++);
        return put_value(L, w);
    }
    if (!check_index(L, w, f))
        return STEP_FAILED;
    lua_pop(L, 1);
    f->phase = DATA_CHECK;
    return STEP_ON;
}

static enum step check_entry(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (!lua_next(L, -2)) {
        lua_pushnil(L);
        f->phase = DATA_GET;
        return STEP_ON;
    }
    if (!check_index(L, w, f))
        return STEP_FAILED;
    lua_pop(L, 1);
    return STEP_ON;
}

static enum step get_item(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (f->index == f->count)
        return close_table(L, w, false);
    if (lua_rawgeti(L, -2, (lua_Integer)f->index + 1) == LUA_TNIL)
        return fail_sparse(w, f);
    w->sink->item(L, w, f->index++);
    return put_value(L, w);
}

static enum step collect_key(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (!lua_next(L, -2)) {
        lua_pushnil(L);
        f->count = w->keys.count - f->keys;
        f->phase = DATA_SORT;
        data_keys_sort_begin(&w->keys, f->keys);
        return STEP_ON;
    }
    lua_pop(L, 1);
    if (lua_type(L, -1) != LUA_TSTRING)
        return fail_mixed(L, w, -1);
    data_keys_add(L, &w->keys);
    return STEP_ON;
}

static enum step sort_keys(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (f->count > DATA_KEYS_SMALL)
        w->debt += SORT_WORK;
    if (!data_keys_sort(&w->keys, f->keys))
        return STEP_ON;
    f->phase = DATA_PAIRS;
    w->sink->open(L, w, true, f->count);
    return STEP_ON;
}

static enum step put_pair(lua_State *L, struct data_writer *w, struct data_frame *f)
{
    if (f->index == f->count) {
        data_keys_drop(&w->keys, f->keys);
        return close_table(L, w, true);
    }
    const struct data_key *key = &w->keys.all[f->keys + f->index];
    w->sink->key(L, w, f->index, key->data, key->length);
    w->debt += key->length / BYTES_PER_WORK;
    data_keys_push(L, &w->keys, f->keys + f->index++);
    lua_rawget(L, -3);
    return put_value(L, w);
}

/* One entry of the innermost open table. */
static enum step step(lua_State *L, struct data_writer *w)
{
    struct data_frame *f = data_writer_top(w);
    switch ((enum data_phase)f->phase) {
    case DATA_NEXT:
        return next_item(L, w, f);
    case DATA_CHECK:
        return check_entry(L, w, f);
    case DATA_GET:
        return get_item(L, w, f);
    case DATA_COLLECT:
        return collect_key(L, w, f);
    case DATA_SORT:
        return sort_keys(L, w, f);
    case DATA_PAIRS:
        return put_pair(L, w, f);
    }
    return STEP_FAILED;
}

/* ---- the place of an error ---- */

/* A piece of the path, as long as there is room. */
printf_like(3, 4) static void add_place(char *path, size_t *length, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    int more = vsnprintf(path + *length, PATH_MAX_BYTES - *length, fmt, args);
    va_end(args);
    *length += (size_t)more;
    if (*length >= PATH_MAX_BYTES) {
        memcpy(path + PATH_MAX_BYTES - 4, "...", 4);
        *length = PATH_MAX_BYTES - 1;
    }
}

/* "$.items[3].name": where the value lies that the writer is at. */
static void describe_place(const struct data_writer *w, char path[PATH_MAX_BYTES])
{
    size_t length = 0;
    add_place(path, &length, "$");
    for (int i = 0; i < w->depth; i++) {
        const struct data_frame *f = &w->frames[i];
        if (f->index == 0)
            continue;
        if (f->phase != DATA_PAIRS) {
            add_place(path, &length, "[%zu]", f->index);
            continue;
        }
        const struct data_key *key = &w->keys.all[f->keys + f->index - 1];
        add_place(path, &length, ".%.*s", key->length < PATH_KEY_MAX ? (int)key->length : PATH_KEY_MAX, key->data);
    }
}

static int fail_there(lua_State *L, struct data_writer *w)
{
    char path[PATH_MAX_BYTES];
    describe_place(w, path);
    return error_return(L, w->kind, "cannot encode as %s: %s (at %s)", w->sink->name, w->problem, path);
}

/* ---- running ---- */

static int write_continue(lua_State *L, int status, lua_KContext ctx);

static int yield(lua_State *L, struct data_writer *w)
{
    struct data_writer *parked = string_park(L, WRITE_STATE, w, sizeof *w);
    if (parked != w) {
        string_buf_moved(&parked->out, &w->out);
        data_keys_moved(&parked->keys, &w->keys);
    }
    return state_reschedule(L, 0, write_continue);
}

static int run(lua_State *L, struct data_writer *w)
{
    enum step result = STEP_ON;
    if (!w->is_begun) {
        w->is_begun = true;
        lua_pushvalue(L, WRITE_VALUE);
        result = put_value(L, w);
    }
    while (result == STEP_ON && (w->depth > 0 || w->text_left)) {
        if (unlikely(string_owes(L, &w->debt, WORK_ENTRY)))
            return yield(L, w);
        if (unlikely(w->text_left))
            step_long(L, w);
        else
            result = step(L, w);
    }
    if (result == STEP_FAILED)
        return fail_there(L, w);
    if (w->sink->end)
        w->sink->end(L, w);
    string_buf_push(L, &w->out);
    return 1;
}

static int write_continue(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return run(L, lua_touserdata(L, WRITE_STATE));
}

int data_write(lua_State *L, const struct data_sink *sink)
{
    struct data_writer w;
    w.sink = sink;
    w.debt = 0;
    w.depth = 0;
    w.is_begun = false;
    w.text_left = 0;
    w.kind = ERROR_INTERNAL;
    lua_settop(L, WRITE_VALUE);
    lua_settop(L, WRITE_TABLES - 1);
    string_buf_init(&w.out, WRITE_BYTES);
    data_keys_init(&w.keys, WRITE_KEYS);
    return run(L, &w);
}
