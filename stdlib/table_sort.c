/* SPDX-License-Identifier: MIT */
/*
 * table.sort(t [, less]): a stable merge sort, bottom up, that can be suspended between two comparisons; `less` may block.
 *
 * The elements are first copied to a table of our own (LOAD), so that whatever `less` does to t cannot hurt, then entries that stand for
 * them are merged in passes of doubling width (MERGE), at last t is written (STORE). An error in `less` leaves t as it was. An entry is
 * the index of the element in our table; if all elements are integers, or all floats, and there is no `less`, it is the number itself,
 * and no Lua value is touched while sorting.
 *
 * I1  Merging looks at each pair of neighbouring runs once and always moves on, whatever the comparisons say: an inconsistent `less`
 *     gives some permutation, in at most n log2 n comparisons and n / 8 probes.
 * I2  All state is in struct sort in a userdata; when a comparison yields, (i, j) is the pair it is about.
 */
#include <limits.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "stdlib/string_work.h"
#include "stdlib/table_lib.h"
#include "vm/state.h"

/* Stack: t, less or nil, copy of the elements, struct sort. */
enum { SORT_TABLE = 1, SORT_LESS, SORT_COPY, SORT_STATE };

enum sort_phase { SORT_LOAD, SORT_CONVERT, SORT_MERGE, SORT_STORE, SORT_DONE };

/* What an entry is. */
enum sort_kind { SORT_INDEX, SORT_INTEGER, SORT_FLOAT };

/* Runs from this width on are first looked at for being in order already. */
enum { PROBE_WIDTH = 8, NUMBERS_PER_LOOK = 512 };

union sort_entry {
    size_t index;
    lua_Integer integer;
    lua_Number number;
};

struct sort {
    size_t count;
    size_t cursor; /* LOAD, CONVERT, STORE: elements done */
    size_t debt;
    size_t width;        /* MERGE: length of a sorted run */
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
    sort->middle = sort->count - low > sort->width ? low + sort->width : sort->count;
    sort->high = sort->count - sort->middle > sort->width ? sort->middle + sort->width : sort->count;
    sort->i = sort->k = low;
    sort->j = sort->middle;
    sort->is_probing = sort->width >= PROBE_WIDTH && sort->middle < sort->high;
}

static void copy_entries(struct sort *sort, size_t begin, size_t end)
{
    memcpy(sort->to + sort->k, sort->from + begin, (end - begin) * sizeof sort->to[0]);
    sort->k += end - begin;
}

/* To the next pair of entries to be compared, through the ends of runs and passes. False: all is sorted, in from. */
static bool next_pair(struct sort *sort)
{
    while (sort->i == sort->middle || sort->j == sort->high) {
        copy_entries(sort, sort->i, sort->middle);
        copy_entries(sort, sort->j, sort->high);
        if (sort->high < sort->count) {
            begin_merge(sort, sort->high);
            continue;
        }
        union sort_entry *sorted = sort->to;
        sort->to = sort->from;
        sort->from = sorted;
        sort->width *= 2;
        if (sort->width >= sort->count)
            return false;
        begin_merge(sort, 0);
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

static inline bool number_is_less(enum sort_kind kind, union sort_entry a, union sort_entry b)
{
    return kind == SORT_INTEGER ? a.integer < b.integer : a.number < b.number;
}

/* A bounded number of comparisons. False: sorted. */
static inline bool merge_numbers(struct sort *sort, enum sort_kind kind)
{
    for (unsigned n = 0; n < NUMBERS_PER_LOOK; n++) {
        if (!next_pair(sort))
            return false;
        take(sort, number_is_less(kind, sort->from[sort->j], sort->from[left_of(sort)]));
    }
    return true;
}

static bool merge_numbers_run(lua_State *L, struct sort *sort)
{
    while (sort->kind == SORT_INTEGER ? merge_numbers(sort, SORT_INTEGER) : merge_numbers(sort, SORT_FLOAT)) {
        if (string_is_over(L, NUMBERS_PER_LOOK))
            return false;
    }
    sort->phase = SORT_STORE;
    return true;
}

/* Work of a comparison by `<`: long strings take longer. */
static size_t comparison_work(lua_State *L)
{
    if (lua_type(L, -1) != LUA_TSTRING || lua_type(L, -2) != LUA_TSTRING)
        return 8;
    size_t a = lua_rawlen(L, -1), b = lua_rawlen(L, -2);
    return 8 + (a < b ? a : b) / 64;
}

static bool merge_values_run(lua_State *L, struct sort *sort)
{
    bool has_less = !lua_isnil(L, SORT_LESS);
    while (next_pair(sort)) {
        size_t left = sort->from[left_of(sort)].index, right = sort->from[sort->j].index, work = 8;
        if (has_less) {
            lua_pushvalue(L, SORT_LESS);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)right);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)left);
            lua_callk(L, 2, 1, 0, sort_compared);
            take(sort, lua_toboolean(L, -1));
        } else {
            lua_rawgeti(L, SORT_COPY, (lua_Integer)right);
            lua_rawgeti(L, SORT_COPY, (lua_Integer)left);
            work = comparison_work(L);
            take(sort, lua_compare(L, -2, -1, LUA_OPLT));
        }
        lua_settop(L, SORT_STATE);
        if (string_owes(L, &sort->debt, work))
            return false;
    }
    sort->phase = SORT_STORE;
    return true;
}

/* ---- loading and storing ---- */

static bool load_run(lua_State *L, struct sort *sort)
{
    bool all_integers = lua_isnil(L, SORT_LESS), all_floats = all_integers;
    if (sort->cursor > 0) { /* as it was before the yield */
        all_integers = all_integers && sort->kind == SORT_INTEGER;
        all_floats = all_floats && sort->kind == SORT_FLOAT;
    }
    while (sort->cursor < sort->count) {
        lua_Integer i = (lua_Integer)++sort->cursor;
        int type = lua_geti(L, SORT_TABLE, i);
        bool is_integer = lua_isinteger(L, -1);
        all_integers = all_integers && is_integer;
        all_floats = all_floats && type == LUA_TNUMBER && !is_integer;
        sort->kind = all_integers ? SORT_INTEGER : all_floats ? SORT_FLOAT : SORT_INDEX;
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
    return true;
}

/* Entries that are indices become the numbers there. */
static bool convert_run(lua_State *L, struct sort *sort)
{
    while (sort->cursor < sort->count) {
        union sort_entry *entry = &sort->entries[sort->cursor++];
        lua_rawgeti(L, SORT_COPY, (lua_Integer)entry->index);
        if (sort->kind == SORT_INTEGER)
            entry->integer = lua_tointeger(L, -1);
        else
            entry->number = lua_tonumber(L, -1);
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
    while (sort->cursor < sort->count) {
        union sort_entry entry = sort->from[sort->cursor++];
        if (sort->kind == SORT_INTEGER)
            lua_pushinteger(L, entry.integer);
        else if (sort->kind == SORT_FLOAT)
            lua_pushnumber(L, entry.number);
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
        return sort->kind == SORT_INDEX ? merge_values_run(L, sort) : merge_numbers_run(L, sort);
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
    lua_settop(L, SORT_STATE);
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
    sort->width = 1;
    sort->phase = SORT_LOAD;
    begin_merge(sort, 0);
    return sort_run(L, sort);
}
