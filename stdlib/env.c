/* SPDX-License-Identifier: MIT */
/*
 * env (module): environment variables that the application registered (entries of kind env.variable); values are strings.
 *
 *   env.get(key)          its value, or its default; nil, err INVALID (empty key), NOT_FOUND, PERMISSION_DENIED, INTERNAL (its storage
 *                         cannot be read)
 *   env.set(key, value)   true; nil, err INVALID (empty key, or a value that its file cannot keep), NOT_FOUND, PERMISSION_DENIED (not
 *                         allowed, or the variable or its storage is read-only), INTERNAL (it cannot be written)
 *   env.get_all()         table name -> value of all that have a value and may be read
 *
 * A key is the public name of a variable, the name of its entry in the namespace of the caller, or the id of its entry. Only set may suspend
 * the coroutine, when the value goes to a file. Permissions env.get and env.set are asked for the public name, or the id if there is none.
 */
#include "stdlib/env.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/memory.h"
#include "stdlib/job.h"
#include "stdlib/permission.h"
#include "stdlib/services.h"
#include "vm/error.h"
#include "vm/process.h"
#include "vm/state.h"
#include "vm/vm.h"

enum { SHORT = 512, NAME_MAX_BYTES = 256 };

static struct env_key key_at(lua_State *L, int index)
{
    struct env_key key = {.caller = process_entry_id(state_process(L))};
    luaL_checktype(L, index, LUA_TSTRING);
    key.text = lua_tolstring(L, index, &key.length);
    return key;
}

static int return_error(lua_State *L, const struct vm_error *error)
{
    return error_return(L, error->kind, "%s", error->message);
}

/* The source, or NULL with nil and an error pushed: the key is empty, or the program may not do that to the variable. */
static const struct env_source *open_key(lua_State *L, const struct env_key *key, const char *action)
{
    char name[NAME_MAX_BYTES];
    const struct env_source *source = services_of(L)->env;
    struct env_text text = {.data = name, .size = sizeof name - 1};
    if (!source) {
        error_return(L, ERROR_INTERNAL, "environment not available");
        return NULL;
    }
    if (key->length == 0) {
        error_return(L, ERROR_INVALID, "environment variable name required");
        return NULL;
    }
    bool is_known = source->name(source->ctx, key, &text) && text.length <= text.size;
    if (is_known)
        name[text.length] = 0;
    if (permission_allows(L, action, is_known ? name : key->text))
        return source;
    error_return(L, ERROR_PERMISSION_DENIED, "not allowed to %s environment variable %.200s", action + strlen("env."),
                 key->text);
    return NULL;
}

/* Room for a text that did not fit: a userdata on the stack. */
static void grow(lua_State *L, struct env_text *text)
{
    if (text->length <= text->size)
        return;
    text->size = text->length;
    text->data = lua_newuserdata(L, text->size);
}

static int env_get(lua_State *L)
{
    char buffer[SHORT];
    struct env_key key = key_at(L, 1);
    struct env_text value = {.data = buffer, .size = sizeof buffer};
    struct vm_error error;
    const struct env_source *source = open_key(L, &key, "env.get");
    if (!source)
        return 2;
    do {
        grow(L, &value);
        if (source->get(source->ctx, &key, &value, &error))
            return return_error(L, &error);
    } while (value.length > value.size); /* it may have grown meanwhile */
    lua_pushlstring(L, value.data, value.length);
    return 1;
}

/* ---- set ---- */

struct setting {
    struct job job;
    const struct env_source *source;
    struct env_key key;
    const char *value;
    size_t length;
    int result;
    struct vm_error error;
    char texts[]; /* caller, key, value */
};

static void run_setting(struct job *job)
{
    struct setting *setting = container_of(job, struct setting, job);
    setting->result = setting->source->set(setting->source->ctx, &setting->key, setting->value, setting->length, true,
                                           &setting->error);
}

static void free_setting(struct job *job)
{
    free(container_of(job, struct setting, job));
}

static struct setting *new_setting(const struct env_source *source, const struct env_key *key, const char *value,
                                   size_t length)
{
    size_t caller_size = strlen(key->caller) + 1;
    struct setting *setting =
        memory_zeroed(sizeof *setting + caller_size + key->length + length + 1, "setting an environment variable");
    char *at = setting->texts;
    setting->job.work = run_setting;
    setting->job.destroy = free_setting;
    setting->source = source;
    setting->key.caller = memcpy(at, key->caller, caller_size);
    setting->key.text = memcpy(at += caller_size, key->text, key->length);
    setting->key.length = key->length;
    setting->value = memcpy(at + key->length, value, length);
    setting->length = length;
    return setting;
}

static int finish_setting(lua_State *L, int result, const struct vm_error *error)
{
    if (result)
        return return_error(L, error);
    lua_pushboolean(L, 1);
    return 1;
}

static int set_k(lua_State *L, int status, lua_KContext ctx)
{
    struct setting *setting = container_of(job_of(ctx), struct setting, job);
    (void)status;
    int count = finish_setting(L, setting->result, &setting->error);
    job_end(&setting->job);
    return count;
}

static int env_set(lua_State *L)
{
    struct env_key key = key_at(L, 1);
    struct vm_error error;
    size_t length;
    luaL_checktype(L, 2, LUA_TSTRING);
    const char *value = lua_tolstring(L, 2, &length);
    const struct env_source *source = open_key(L, &key, "env.set");
    if (!source)
        return 2;
    int result = source->set(source->ctx, &key, value, length, false, &error);
    if (result != -EAGAIN)
        return finish_setting(L, result, &error);
    state_check_block(L);
    return job_run(L, &new_setting(source, &key, value, length)->job, set_k);
}

/* ---- get_all ---- */

/* Adds the next variable to the table at index 1; false: there was none. */
static bool add_next(lua_State *L, const struct env_source *source, size_t *cursor)
{
    char name_buffer[NAME_MAX_BYTES], value_buffer[SHORT];
    struct env_text name = {.data = name_buffer, .size = sizeof name_buffer - 1};
    struct env_text value = {.data = value_buffer, .size = sizeof value_buffer};
    size_t from = *cursor;
    do {
        grow(L, &value);
        *cursor = from;
        if (!source->next(source->ctx, cursor, &name, &value))
            return false;
    } while (value.length > value.size);
    name_buffer[name.length] = 0;
    if (permission_allows(L, "env.get", name_buffer)) {
        lua_pushlstring(L, value.data, value.length);
        lua_setfield(L, 1, name_buffer);
    }
    lua_settop(L, 1);
    return true;
}

static int all_k(lua_State *L, int status, lua_KContext ctx)
{
    const struct env_source *source = services_of(L)->env;
    size_t cursor = (size_t)ctx;
    (void)status;
    while (add_next(L, source, &cursor))
        if (state_budget(L))
            return state_reschedule(L, (lua_KContext)cursor, all_k);
    lua_settop(L, 1);
    return 1;
}

static int env_get_all(lua_State *L)
{
    if (!services_of(L)->env)
        return error_return(L, ERROR_INTERNAL, "environment not available");
    lua_settop(L, 0);
    lua_newtable(L);
    return all_k(L, LUA_OK, 0);
}

const struct lazy_entry std_env_entries[] = {
    LAZY_F("get", env_get),
    LAZY_F("set", env_set),
    LAZY_F("get_all", env_get_all),
    LAZY_DONE,
};
