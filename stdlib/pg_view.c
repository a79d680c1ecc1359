/* SPDX-License-Identifier: MIT */
/*
 * pg_view: the methods of a pg instance that look at groups (pg.c is the manual), and the Subscription objects.
 *
 * What is looked at is taken at one moment, by reference, and becomes tables afterwards, over any number of slices. The references hang on
 * the state meanwhile. Stack of a view: …, table, and in events() the array of the group that is being filled.
 */
#include <stdlib.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "stdlib/pg_lib.h"
#include "vm/broker.h"
#include "vm/error.h"
#include "vm/feed.h"
#include "vm/handle.h"
#include "vm/members.h"
#include "vm/pid.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/type.h"

/* ---- subscriptions ---- */

static int subscription_channel(lua_State *L)
{
    type_check(L, 1, &pg_subscription_type);
    feed_push_channel(L, 1);
    return 1;
}

static int subscription_close(lua_State *L)
{
    struct feed *feed = type_check(L, 1, &pg_subscription_type);
    bool flush = false;
    if (!lua_isnoneornil(L, 2)) {
        luaL_checktype(L, 2, LUA_TTABLE);
        lua_getfield(L, 2, "flush");
        flush = lua_toboolean(L, -1);
    }
    feed_close(L, feed, flush);
    lua_pushboolean(L, 1);
    return 1;
}

static const luaL_Reg subscription_methods[] = {
    {"channel", subscription_channel},
    {"close", subscription_close},
    {NULL, NULL},
};

const struct type pg_subscription_type = {
    .name = "pg.Subscription", .methods = subscription_methods, .finalize = feed_finalize};

/* ---- views ---- */

enum view_form { VIEW_NAMES, VIEW_MAP };

struct view {
    struct handle handle;
    struct members *members;  /* of one group, or NULL */
    struct groups_list *list; /* or of all */
    enum view_form form;      /* of the list */
    int table;                /* stack index */
    int results;
    size_t group;        /* next group of the list */
    uint32_t item, join; /* next member of the group that is being filled, and which of its joins */
    lua_Integer written; /* in the innermost table */
};

static void view_release(struct handle *handle)
{
    struct view *view = container_of(handle, struct view, handle);
    members_unref(view->members);
    groups_list_free(view->list);
    free(view);
}

/* A view whose table is pushed and that returns so many values from the top. */
static struct view *view_new(lua_State *L, int results)
{
    luaL_checkstack(L, 8, "pg");
    lua_newtable(L);
    struct view *view = memory_zeroed(sizeof *view, "a look at process groups");
    view->table = lua_gettop(L);
    view->results = results;
    handle_open(L, &view->handle, view_release);
    return view;
}

/* Appends the rest of the members to the array on top; false: over budget. */
static bool fill_members(lua_State *L, struct view *view, const struct members *members)
{
    char text[PID_TEXT_MAX];
    for (; view->item < members->count; view->item++, view->join = 0) {
        const struct member *member = &members->items[view->item];
        lua_pushlstring(L, text, process_format_pid(state_vm(L), member->pid, text));
        while (view->join < member->joins) {
            view->join++;
            lua_pushvalue(L, -1);
            lua_rawseti(L, -3, ++view->written);
            if (state_budget(L)) {
                lua_pop(L, 1);
                return false;
            }
        }
        lua_pop(L, 1);
    }
    return true;
}

static void push_name(lua_State *L, const struct groups_item *item)
{
    struct groups_name name = groups_item_name(item);
    lua_pushlstring(L, name.text, name.length);
}

/* One more group into the map; its array stays on top while it is over budget. */
static bool fill_group(lua_State *L, struct view *view, const struct groups_item *item)
{
    if (lua_gettop(L) == view->table) {
        lua_newtable(L);
        view->item = view->join = 0;
        view->written = 0;
    }
    if (!fill_members(L, view, item->members))
        return false;
    push_name(L, item);
    lua_insert(L, -2);
    lua_rawset(L, view->table);
    return true;
}

static bool fill_list(lua_State *L, struct view *view)
{
    const struct groups_list *list = view->list;
    while (view->group < list->count) {
        const struct groups_item *item = &list->items[view->group];
        if (view->form == VIEW_MAP) {
            if (!fill_group(L, view, item))
                return false;
        } else {
            push_name(L, item);
            lua_rawseti(L, view->table, ++view->written);
        }
        view->group++;
        if (state_budget(L))
            return false;
    }
    return true;
}

static bool fill(lua_State *L, struct view *view)
{
    if (view->list)
        return fill_list(L, view);
    return !view->members || fill_members(L, view, view->members);
}

static int view_k(lua_State *L, int status, lua_KContext ctx)
{
    struct view *view = (struct view *)ctx; /* NOLINT(performance-no-int-to-ptr) */
    (void)status;
    if (!fill(L, view))
        return state_reschedule(L, ctx, view_k);
    int results = view->results;
    handle_close(&view->handle);
    return results;
}

static int view_run(lua_State *L, struct view *view)
{
    return view_k(L, LUA_OK, (lua_KContext)view);
}

/* ---- methods ---- */

static bool check_running(lua_State *L, struct groups *groups)
{
    bool is_running = groups_is_running(groups);
    if (!is_running)
        pg_push_error(L, groups, GROUPS_STOPPED, NULL);
    return is_running;
}

int pg_get_members(lua_State *L)
{
    struct groups_name name;
    struct groups *groups = pg_scope(L);
    if (!groups || !pg_name(L, 2, &name) || !check_running(L, groups))
        return pg_fail(L, 1);
    struct view *view = view_new(L, 1);
    view->members = groups_members(groups, name);
    return view_run(L, view);
}

int pg_which_groups(lua_State *L)
{
    struct groups *groups = pg_scope(L);
    if (!groups || !check_running(L, groups))
        return pg_fail(L, 1);
    struct view *view = view_new(L, 1);
    view->form = VIEW_NAMES;
    view->list = groups_list(groups);
    if (view->list)
        return view_run(L, view);
    handle_close(&view->handle);
    return error_return(L, ERROR_INTERNAL, "out of memory for the list of groups");
}

/* Pushes a Subscription that is not open yet; NULL: an error is pushed. */
static struct feed *new_feed(lua_State *L, struct groups *groups, const struct pattern *group)
{
    struct pattern all = broker_pattern("*", 1);
    return feed_new(L, &pg_subscription_type, groups_monitor_buffer(groups), groups_broker(groups), group, &all);
}

static int refuse_view(lua_State *L, struct view *view, struct feed *feed)
{
    handle_close(&view->handle);
    feed_close(L, feed, true);
    return pg_fail(L, 2);
}

int pg_monitor(lua_State *L)
{
    struct groups_name name;
    struct groups *groups = pg_scope(L);
    if (!groups || !pg_name(L, 2, &name))
        return pg_fail(L, 2);
    lua_settop(L, 2);
    struct pattern group = {.text = name.text, .length = name.length}; /* a star is a star */
    struct feed *feed = new_feed(L, groups, &group);
    if (!feed)
        return pg_fail(L, 2);
    struct view *view = view_new(L, 2);
    enum groups_answer answer = groups_monitor(groups, feed, name, &view->members);
    if (answer == GROUPS_OK)
        return view_run(L, view);
    pg_push_error(L, groups, answer, NULL);
    return refuse_view(L, view, feed);
}

int pg_events(lua_State *L)
{
    struct groups *groups = pg_scope(L);
    if (!groups)
        return pg_fail(L, 2);
    lua_settop(L, 1);
    struct pattern all = broker_pattern("*", 1);
    struct feed *feed = new_feed(L, groups, &all);
    if (!feed)
        return pg_fail(L, 2);
    struct view *view = view_new(L, 2);
    view->form = VIEW_MAP;
    enum groups_answer answer = groups_monitor_all(groups, feed, &view->list);
    if (view->list)
        return view_run(L, view);
    if (answer == GROUPS_OK)
        error_push(L, ERROR_INTERNAL, "out of memory for the list of groups");
    else
        pg_push_error(L, groups, answer, NULL);
    return refuse_view(L, view, feed);
}
