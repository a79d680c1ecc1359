/* SPDX-License-Identifier: MIT */
/*
 * metrics: what an application counts, for Prometheus.
 *
 *   metrics.counter_inc(name [, labels])          counters only grow: a negative value has no effect
 *   metrics.counter_add(name, value [, labels])
 *   metrics.gauge_set(name, value [, labels])
 *   metrics.gauge_inc(name [, labels])
 *   metrics.gauge_dec(name [, labels])
 *   metrics.histogram(name, value [, labels])
 *
 * All return true, or nil and an error. labels: a table; keys and values that are no strings are ignored, and so are empty ones. A name keeps the
 * kind that it had first: calls of another kind have no effect, and neither have those for new series when there are too many. Names that are
 * none in Prometheus are made to fit (stdlib/metric.h).
 */
#include "stdlib/metrics.h"

#include <errno.h>

#include <lauxlib.h>

#include "stdlib/metric.h"
#include "stdlib/services.h"
#include "vm/error.h"
#include "vm/state.h"

enum { ENTRIES_BETWEEN_LOOKS = 256 };

/* What a call says; the texts are those of its arguments. */
struct call {
    const char *name;
    size_t length;
    unsigned count;
    struct metric_label labels[METRIC_LABELS_MAX];
};

static void check_name(lua_State *L, struct call *call)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    call->name = lua_tolstring(L, 1, &call->length);
    luaL_argcheck(L, call->length, 1, "name must not be empty");
}

static double check_value(lua_State *L)
{
    luaL_checktype(L, 2, LUA_TNUMBER);
    return lua_tonumber(L, 2);
}

/* The entry at -2 and -1; false: too many. */
static bool take_label(lua_State *L, struct call *call)
{
    if (lua_type(L, -2) != LUA_TSTRING || lua_type(L, -1) != LUA_TSTRING)
        return true;
    if (call->count == METRIC_LABELS_MAX)
        return false;
    struct metric_label *label = &call->labels[call->count++];
    label->name = lua_tolstring(L, -2, &label->name_length);
    label->value = lua_tolstring(L, -1, &label->value_length);
    return true;
}

/* The labels at `index`, if there are any. The table keeps their texts alive. */
static bool take_labels(lua_State *L, struct call *call, int index)
{
    call->count = 0;
    if (lua_isnoneornil(L, index))
        return true;
    luaL_checktype(L, index, LUA_TTABLE);
    lua_settop(L, index);
    if (lazy_target(L, index))
        lua_replace(L, index);
    lua_pushnil(L);
    for (unsigned seen = 1; lua_next(L, index); seen++) {
        if (!take_label(L, call))
            return false;
        lua_pop(L, 1);
        if (seen % ENTRIES_BETWEEN_LOOKS == 0)
            state_check(L);
    }
    return true;
}

static int done(lua_State *L)
{
    lua_pushboolean(L, 1);
    return 1;
}

/* 0 and the series with the labels at `index`; or the number of results that are pushed, if the call is to have no effect. */
static int get_series(lua_State *L, enum metric_kind kind, int index, struct metric **out)
{
    struct call call;
    struct metric_registry *registry = services_of(L)->metrics;
    check_name(L, &call);
    int error = take_labels(L, &call, index) ? 0 : -E2BIG;
    if (!registry)
        return error_return(L, ERROR_INTERNAL, "metrics collector not available");
    if (!error)
        error = metric_get(registry, kind, call.name, call.length, call.labels, call.count, out);
    if (!error)
        return 0;
    if (error != -E2BIG)
        return done(L);
    return error_return(L, ERROR_INVALID, "labels of %.60s: at most %d, and %d bytes with the name", call.name,
                        METRIC_LABELS_MAX, METRIC_TEXT_MAX);
}

static int counter_add(lua_State *L, double value, int labels)
{
    struct metric *metric;
    int results = get_series(L, METRIC_COUNTER, labels, &metric);
    if (results)
        return results;
    metric_add(metric, value);
    return done(L);
}

static int metrics_counter_inc(lua_State *L)
{
    return counter_add(L, 1, 2);
}

static int metrics_counter_add(lua_State *L)
{
    return counter_add(L, check_value(L), 3);
}

static int metrics_gauge_set(lua_State *L)
{
    struct metric *metric;
    double value = check_value(L);
    int results = get_series(L, METRIC_GAUGE, 3, &metric);
    if (results)
        return results;
    metric_set(metric, value);
    return done(L);
}

static int gauge_shift(lua_State *L, double by)
{
    struct metric *metric;
    int results = get_series(L, METRIC_GAUGE, 2, &metric);
    if (results)
        return results;
    metric_shift(metric, by);
    return done(L);
}

static int metrics_gauge_inc(lua_State *L)
{
    return gauge_shift(L, 1);
}

static int metrics_gauge_dec(lua_State *L)
{
    return gauge_shift(L, -1);
}

static int metrics_histogram(lua_State *L)
{
    struct metric *metric;
    double value = check_value(L);
    int results = get_series(L, METRIC_HISTOGRAM, 3, &metric);
    if (results)
        return results;
    metric_observe(metric, value);
    return done(L);
}

const struct lazy_entry std_metrics_entries[] = {
    LAZY_F("counter_inc", metrics_counter_inc),
    LAZY_F("counter_add", metrics_counter_add),
    LAZY_F("gauge_set", metrics_gauge_set),
    LAZY_F("gauge_inc", metrics_gauge_inc),
    LAZY_F("gauge_dec", metrics_gauge_dec),
    LAZY_F("histogram", metrics_histogram),
    LAZY_DONE,
};
