/* SPDX-License-Identifier: MIT */
/*
 * table.sort(t [, less]): a stable merge sort, bottom up, that can be suspended between two comparisons; `less` may
 * block.
 *
 * The elements are first copied to a table of our own (LOAD), so that whatever `less` does to t cannot hurt, then
 * entries that stand for them are merged in passes of doubling width (MERGE), at last t is written (STORE). An error in
 * `less` leaves t as it was. An entry is the index of the element in our table. If there is no `less` and all elements
 * are integers, or all floats, or all strings, it is the number, or points to the text, and no Lua value is touched
 * while sorting.
 *
 * I1  Merging looks at each pair of neighbouring runs once and always moves on, whatever the comparisons say: an
 *     inconsistent `less` gives some permutation, in at most n log2 n comparisons and n / 8 probes.
 * I2  All state is in struct sort in a userdata; when a comparison yields, (i, j) is the pair it is about.
 */
#include <limits.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_work.h"
#include "stdlib/table_lib.h"
#include "vm/state.h"

/* Stack: t, less or nil, copy of the elements, struct sort, texts of all elements. */
enum { SORT_TABLE = 1, SORT_LESS, SORT_COPY, SORT_STATE, SORT_TEXTS };

enum sort_phase { SORT_LOAD, SORT_CONVERT, SORT_MERGE, SORT_STORE, SORT_DONE };

/* What an entry is. */
enum sort_kind { SORT_INDEX, SORT_INTEGER, SORT_FLOAT, SORT_STRING };

/*
 * Blocks of that size are sorted first, for the cache's sake. A power of 4: after an even number of passes the entries
 * are in `from`.
 */
enum { BLOCK = 1024 };

/* Runs from this width on are first looked at for being in order already. */
enum { PROBE_WIDTH = 8, WORK_PER_LOOK = 512 };

/* A string element. */
struct sort_text {
    const char *s;
    size_t length;
};

union sort_entry {
    size_t index;
    const struct sort_text *text;
    lua_Integer integer;
    lua_Number number;
};

struct sort {
    size_t count;
    size_t cursor; /* LOAD, CONVERT, STORE: elements done */
    size_t debt;
    size_t begin, end;   /* MERGE: the part being sorted */
    size_t width;        /* length of a sorted run in it */
    size_t middle, high; /* the pair of runs being merged: [.., middle) and [middle, high) of from */
    size_t i, j, k;      /* next of each run, next place of to */
    enum sort_phase phase;
    enum sort_kind kind;
    bool is_probing; /* the comparison under way is of the last of one run and the first of the next */
    union sort_entry *from, *to;
    union sort_entry entries[];
};

static int sort_continue(lua_State *L, int status, lua_KContext context);
static int sort_compared(lua_State *L, int status, lua_KContext context);

/* ---- merging, the same for all kinds ---- */

static void begin_merge(struct sort *sort, size_t low)
{
    sort->middle = sort->end - low > sort->width ? low + sort->width : sort->end;
    sort->high = sort->end - sort->middle > sort->width ? sort->middle + sort->width : sort->end;
    sort->i = sort->k = low;
    sort->j = sort->middle;
    sort->is_probing = sort->width >= PROBE_WIDTH && sort->middle < sort->high;
}

/* The first pass over [begin, end), whose runs have length `width` so far. */
static void begin_part(struct sort *sort, size_t begin, size_t end, size_t width)
{
    sort->begin = begin;
    sort->end = end;
    sort->width = width;
    begin_merge(sort, begin);
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void copy_entries(struct sort *sort, size_t begin, size_t end)
{
    memcpy(sort->to + sort->k, sort->from + begin, (end - begin) * sizeof sort->to[0]);
    sort->k += end - begin;
}

/* A pass over the part has ended. False: that was the last one of all. */
static bool next_pass(struct sort *sort)
{
    union sort_entry *sorted = sort->to;
    sort->to = sort->from;
    sort->from = sorted;
    sort->width *= 2;
    bool is_whole = sort->begin == 0 && sort->end == sort->count;
    if (sort->width < (is_whole ? sort->count : BLOCK))
        begin_merge(sort, sort->begin);
    else if (is_whole)
        return false;
    else if (sort->end < sort->count)
        begin_part(sort, sort->end, min_size(sort->end + BLOCK, sort->count), 1);
    else
        begin_part(sort, 0, sort->count, BLOCK);
    return true;
}

/* To the next pair of entries to be compared, through the ends of runs and passes. False: all is sorted, in from. */
static bool next_pair(struct sort *sort)
{
    while (sort->i == sort->middle || sort->j == sort->high) {
        copy_entries(sort, sort->i, sort->middle);
        copy_entries(sort, sort->j, sort->high);
        if (sort->high < sort->end)
            begin_merge(sort, sort->high);
        else if (!next_pass(sort))
            return false;
    }
    return true;
}

/* The pair that next_pair stopped at, as entries: is right < left is the question. */
static inline size_t left_of(const struct sort *sort)
{
    return sort->is_probing ? sort->middle - 1 : sort->i;
}

/* Its answer. */
static inline void take(struct sort *sort, bool right_is_less)
{
    if (sort->is_probing) {
        sort->is_probing = false;
        if (!right_is_less) { /* the two runs follow each other as they are */
            copy_entries(sort, sort->i, sort->high);
            sort->i = sort->middle;
            sort->j = sort->high;
        }
        return;
    }
    sort->to[sort->k++] = right_is_less ? sort->from[sort->j++] : sort->from[sort->i++];
}

/* ---- the phases; each returns false when the slice is over ---- */

/*
 * As the operator <, which compares by the locale from one NUL to the next. Adds to *work what it takes beyond the
 * usual.
 */
static bool text_is_less(const struct sort_text *a, const struct sort_text *b, size_t *work)
{
    const char *s = a->s, *t = b->s;
    size_t left_a = a->length, left_b = b->length;
    *work += (left_a < left_b ? left_a : left_b) / 64;
    for (;;) {
        int order = strcoll(s, t);
        if (order != 0)
            return order < 0;
        size_t length = strlen(s); /* of both: they are equal up to here */
        if (length == left_b)
            return false;
        if (length == left_a)
            return true;
        s += length + 1;
        t += length + 1;
        left_a -= length + 1;
        left_b -= length + 1;
    }
}

static inline bool entry_is_less(enum sort_kind kind, union sort_entry a, union sort_entry b, size_t *work)
{
    if (kind == SORT_INTEGER)
        return a.integer < b.integer;
    if (kind == SORT_FLOAT)
        return a.number < b.number;
    return text_is_less(a.text, b.text, work);
}

/* Comparisons worth WORK_PER_LOOK, a constant `kind`. False: sorted. */
static inline __attribute__((always_inline)) bool merge_entries(struct sort *sort, enum sort_kind kind)
{
    size_t work = 0;
    while (work < WORK_PER_LOOK) {
        if (!next_pair(sort))
            return false;
        work++;
        take(sort, entry_is_less(kind, sort->from[sort->j], sort->from[left_of(sort)], &work));
    }
    sort->debt = work;
    return true;
}

static bool merge_some(struct sort *sort)
{
    if (sort->kind == SORT_INTEGER)
        return merge_entries(sort, SORT_INTEGER);
    if (sort->kind == SORT_FLOAT)
        return merge_entries(sort, SORT_FLOAT);
    return merge_entries(sort, SORT_STRING);
}

static bool merge_entries_run(lua_State *L, struct sort *sort)
{
    while (merge_some(sort)) {
        if (string_owes(L, &sort->debt, 1))
            return false;
    }
    sort->phase = SORT_STORE;
    return true;
}

static bool merge_values_run(lua_State *L, struct sort *sort)
{
    bool has_less = !lua_isnil(L, SORT_LESS);
    while (next_pair(sort)) {
        size_t left = sort->from[left_of(sort)].index, right = sort->from[sort->j].index;
        if (has_less) {
            lua_pushvalue(L, SORT_LESS);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)right);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)left);
            lua_callk(L, 2, 1, 0, sort_compared);
            take(sort, lua_toboolean(L, -1));
        } else {
            lua_rawgeti(L, SORT_COPY, (lua_Integer)right);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)left);
            take(sort, lua_compare(L, -2, -1, LUA_OPLT));
        }
        lua_settop(L, SORT_TEXTS);
        if (string_owes(L, &sort->debt, 8))
            return false;
    }
    sort->phase = SORT_STORE;
    return true;
}

/* ---- loading and storing ---- */

/* What entries are if the elements before make them `kind` and the next one is on top of the stack. */
static enum sort_kind kind_with(lua_State *L, enum sort_kind kind, int type, bool is_first)
{
    enum sort_kind own = SORT_INDEX;
    if (type == LUA_TSTRING)
        own = SORT_STRING;
    else if (type == LUA_TNUMBER)
        own = lua_isinteger(L, -1) ? SORT_INTEGER : SORT_FLOAT;
    return is_first || kind == own ? own : SORT_INDEX;
}

static bool load_run(lua_State *L, struct sort *sort)
{
    bool has_less = !lua_isnil(L, SORT_LESS);
    while (sort->cursor < sort->count) {
        lua_Integer i = (lua_Integer)++sort->cursor;
        int type = lua_geti(L, SORT_TABLE, i);
        if (!has_less && (i == 1 || sort->kind != SORT_INDEX))
            sort->kind = kind_with(L, sort->kind, type, i == 1);
        sort->entries[i - 1].index = (size_t)i;
        if (type == LUA_TNIL)
            lua_pop(L, 1);
        else
            lua_rawseti(L, SORT_COPY, i);
        if (string_owes(L, &sort->debt, 4))
            return false;
    }
    sort->cursor = 0;
    sort->phase = sort->kind == SORT_INDEX ? SORT_MERGE : SORT_CONVERT;
    if (sort->kind == SORT_STRING) {
        lua_newuserdata(L, sort->count * sizeof(struct sort_text));
        lua_replace(L, SORT_TEXTS);
    }
    return true;
}

/* Entries that are indices become the numbers or texts there. */
static bool convert_run(lua_State *L, struct sort *sort)
{
    struct sort_text *texts = lua_touserdata(L, SORT_TEXTS);
    while (sort->cursor < sort->count) {
        union sort_entry *entry = &sort->entries[sort->cursor];
        lua_rawgeti(L, SORT_COPY, (lua_Integer)entry->index);
        if (sort->kind == SORT_INTEGER) {
            entry->integer = lua_tointeger(L, -1);
        } else if (sort->kind == SORT_FLOAT) {
            entry->number = lua_tonumber(L, -1);
        } else {
            struct sort_text *text = &texts[sort->cursor];
            text->s = lua_tolstring(L, -1, &text->length);
            entry->text = text;
        }
        sort->cursor++;
        lua_pop(L, 1);
        if (string_owes(L, &sort->debt, 2))
            return false;
    }
    sort->cursor = 0;
    sort->phase = SORT_MERGE;
    return true;
}

static bool store_run(lua_State *L, struct sort *sort)
{
    const struct sort_text *texts = lua_touserdata(L, SORT_TEXTS);
    while (sort->cursor < sort->count) {
        union sort_entry entry = sort->from[sort->cursor++];
        if (sort->kind == SORT_INTEGER)
            lua_pushinteger(L, entry.integer);
        else if (sort->kind == SORT_FLOAT)
            lua_pushnumber(L, entry.number);
        else if (sort->kind == SORT_STRING)
            lua_rawgeti(L, SORT_COPY, entry.text - texts + 1);
        else
            lua_rawgeti(L, SORT_COPY, (lua_Integer)entry.index);
        lua_seti(L, SORT_TABLE, (lua_Integer)sort->cursor);
        if (string_owes(L, &sort->debt, 4))
            return false;
    }
    sort->phase = SORT_DONE;
    return true;
}

/* One phase, or what is left of it. False: the slice is over. */
static bool phase_run(lua_State *L, struct sort *sort)
{
    switch (sort->phase) {
    case SORT_LOAD:
        return load_run(L, sort);
    case SORT_CONVERT:
        return convert_run(L, sort);
    case SORT_MERGE:
        return sort->kind == SORT_INDEX ? merge_values_run(L, sort) : merge_entries_run(L, sort);
    default:
        return store_run(L, sort);
    }
}

static int sort_run(lua_State *L, struct sort *sort)
{
    while (sort->phase != SORT_DONE) {
        if (!phase_run(L, sort))
            return state_reschedule(L, 0, sort_continue);
    }
    return 0;
}

static int sort_continue(lua_State *L, int status, lua_KContext context)
{
    (void)status;
    (void)context;
    return sort_run(L, lua_touserdata(L, SORT_STATE));
}

/* `less` has blocked or was preempted, and has returned now. */
static int sort_compared(lua_State *L, int status, lua_KContext context)
{
    struct sort *sort = lua_touserdata(L, SORT_STATE);
    take(sort, lua_toboolean(L, -1));
    lua_settop(L, SORT_TEXTS);
    return sort_continue(L, status, context);
}

int table_sort(lua_State *L)
{
    lua_Integer count = table_length(L, 1, TABLE_READ | TABLE_WRITE);
    if (count < 2)
        return 0;
    luaL_argcheck(L, count < INT_MAX, 1, "array too big");
    if (!lua_isnoneornil(L, SORT_LESS))
        luaL_checktype(L, SORT_LESS, LUA_TFUNCTION);
    lua_settop(L, SORT_LESS);
    bool is_plain = !lua_getmetatable(L, SORT_TABLE); /* then the length is no lie */
    lua_settop(L, SORT_LESS);
    lua_createtable(L, is_plain ? (int)count : 0, 0);
    struct sort *sort = lua_newuserdata(L, sizeof *sort + 2 * (size_t)count * sizeof sort->entries[0]);
    memset(sort, 0, sizeof *sort);
    sort->count = (size_t)count;
    sort->from = sort->entries;
    sort->to = sort->entries + count;
    sort->phase = SORT_LOAD;
    begin_part(sort, 0, min_size(sort->count, BLOCK), 1);
    lua_pushnil(L);
    return sort_run(L, sort);
}
