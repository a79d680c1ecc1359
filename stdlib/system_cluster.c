/* SPDX-License-Identifier: MIT */
/*
 * system.node, system.cluster, system.raft, system.lock: this node among others. A node stands alone, and so are the answers.
 *
 *   node.id()               its name                                                                               node
 *   node.addr()             nil, err INTERNAL: there is no membership, so no address is announced                  node
 *   node.role()             "non-member"                                                                           node
 *   cluster.members()       {{id = node.id(), is_local = true}}                                                    cluster
 *   cluster.leader()        ""; cluster.size() 0                                                                   cluster
 *   raft.is_leader() is_member() role() term() commit_index() stats()      nil, err INTERNAL     raft; stats: raft_stats
 *   lock.acquire(name) release(name)      nil, err INVALID for "", else INTERNAL      system.lock on the name
 */
#include <lauxlib.h>

#include "stdlib/services.h"
#include "stdlib/system.h"
#include "stdlib/system_lib.h"
#include "vm/error.h"

static const char *node_name(lua_State *L)
{
    const struct system_source *source = services_of(L)->system;
    return source ? source->node : "";
}

static int push_text(lua_State *L, const char *resource, const char *text)
{
    if (!system_allows(L, "system.read", resource))
        return 2;
    lua_pushstring(L, text);
    return 1;
}

static int node_id(lua_State *L)
{
    return push_text(L, "node", node_name(L));
}

static int node_addr(lua_State *L)
{
    if (!system_allows(L, "system.read", "node"))
        return 2;
    return error_return(L, ERROR_INTERNAL, "membership not available");
}

static int node_role(lua_State *L)
{
    return push_text(L, "node", "non-member");
}

static int cluster_members(lua_State *L)
{
    if (!system_allows(L, "system.read", "cluster"))
        return 2;
    lua_createtable(L, 1, 0);
    lua_createtable(L, 0, 2);
    system_set_string(L, "id", node_name(L));
    lua_pushboolean(L, 1);
    lua_setfield(L, -2, "is_local");
    lua_rawseti(L, -2, 1);
    return 1;
}

static int cluster_leader(lua_State *L)
{
    return push_text(L, "cluster", "");
}

static int cluster_size(lua_State *L)
{
    if (!system_allows(L, "system.read", "cluster"))
        return 2;
    lua_pushinteger(L, 0);
    return 1;
}

static int refuse_raft(lua_State *L, const char *resource)
{
    if (!system_allows(L, "system.read", resource))
        return 2;
    return error_return(L, ERROR_INTERNAL, "raft not available");
}

static int raft_any(lua_State *L)
{
    return refuse_raft(L, "raft");
}

static int raft_stats(lua_State *L)
{
    return refuse_raft(L, "raft_stats");
}

static int lock_any(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TSTRING);
    if (lua_rawlen(L, 1) == 0)
        return error_return(L, ERROR_INVALID, "lock name required");
    if (!system_allows(L, "system.lock", lua_tostring(L, 1)))
        return 2;
    return error_return(L, ERROR_INTERNAL, "locks are not available without a cluster");
}

const struct lazy_entry system_node_entries[] = {
    LAZY_F("id", node_id),
    LAZY_F("addr", node_addr),
    LAZY_F("role", node_role),
    LAZY_DONE,
};

const struct lazy_entry system_cluster_entries[] = {
    LAZY_F("members", cluster_members),
    LAZY_F("leader", cluster_leader),
    LAZY_F("size", cluster_size),
    LAZY_DONE,
};

const struct lazy_entry system_raft_entries[] = {
    LAZY_F("is_leader", raft_any),
    LAZY_F("is_member", raft_any),
    LAZY_F("role", raft_any),
    LAZY_F("term", raft_any),
    LAZY_F("commit_index", raft_any),
    LAZY_F("stats", raft_stats),
    LAZY_DONE,
};

const struct lazy_entry system_lock_entries[] = {
    LAZY_F("acquire", lock_any),
    LAZY_F("release", lock_any),
    LAZY_DONE,
};
