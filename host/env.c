/* SPDX-License-Identifier: MIT */
/*
 * env: see the header. One lock guards the values of all storages; it is held for a search and a copy, never for I/O.
 *
 * I1  A file storage has at most one reading in the background: freshness.is_wanted, under the lock.
 */
#include "host/env.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/envindex.h"
#include "host/envstore.h"
#include "host/problem.h"
#include "host/text.h"
#include "sched/base/clock.h"
#include "sched/base/compiler.h"
#include "sched/base/log.h"
#include "sched/blocking.h"
#include "sched/sched.h"
#include "stdlib/env.h"
#include "vm/error.h"
#include "vm/vm.h"

#define LOOK_AGAIN_NS 1000000000ull

struct reading {
    struct blocking_job job;
    struct env *env;
    struct envstore *store;
};

struct env {
    struct env_source source;
    pthread_mutex_t lock;
    struct envindex index;
    struct envstore **stores; /* by position in the entry table; NULL: no storage */
    size_t store_count;
    struct vm *vm; /* NULL: not started, nothing is looked at again */
};

/* The first reading, on the main thread. */
static void read_files(struct env *env, const struct entries *entries, struct problems *problems)
{
    for (size_t i = 0; i < env->store_count; i++) {
        const struct entry *entry = entries->items[i];
        struct envstore *store = env->stores[i];
        struct text content = {0};
        if (!store || !envstore_is_file(store) || envstore_problem(store))
            continue;
        envstore_adopt(store, &content, envstore_load(store, &content));
        text_free(&content);
        if (envstore_problem(store))
            problem_add(problems, LOG_ERROR, entry->file, entry->line, entry->id, "%s", envstore_problem(store));
    }
}

/* ---- looking at files again ---- */

static void run_reading(struct blocking_job *job)
{
    struct reading *reading = container_of(job, struct reading, job);
    struct env *env = reading->env;
    struct text content = {0};
    envstore_lock(reading->store);
    int error = envstore_load(reading->store, &content);
    pthread_mutex_lock(&env->lock);
    if (envstore_adopt(reading->store, &content, error))
        log_printf(vm_log(env->vm), LOG_WARN, "env", "%s: its file cannot be read any more: %s",
                   envstore_id(reading->store), strerror(-error));
    envstore_freshness(reading->store)->is_wanted = false;
    pthread_mutex_unlock(&env->lock);
    envstore_unlock(reading->store);
    text_free(&content);
    free(reading);
}

/* The caller holds the lock. */
static void look_again(void *ctx, struct envstore *store)
{
    struct env *env = ctx;
    struct envstore_freshness *freshness = envstore_freshness(store);
    struct sched *sched = vm_sched(env->vm);
    uint64_t now = clock_now_ns(sched_clock(sched));
    if (freshness->is_wanted || now - freshness->checked_ns < LOOK_AGAIN_NS)
        return;
    struct reading *reading = alloc_zeroed(sizeof *reading);
    *reading = (struct reading){.job.run = run_reading, .env = env, .store = store};
    freshness->is_wanted = true;
    freshness->checked_ns = now;
    if (blocking_submit(sched, &reading->job)) {
        freshness->is_wanted = false;
        free(reading);
    }
}

/* ---- values; the caller holds the lock ---- */

/* The value or the default; NULL: neither, and *problem says why or is NULL. */
static const char *value_of(struct env *env, const struct variable *variable, size_t *length, const char **problem)
{
    const char *value;
    *problem = NULL;
    if (variable->store) {
        if (env->vm)
            envstore_each_file(variable->store, look_again, env);
        switch (envstore_get(variable->store, envindex_stored_name(variable), &value, length, problem)) {
        case ENVSTORE_FOUND:
            return value;
        case ENVSTORE_FAILED:
            return NULL;
        case ENVSTORE_MISSING:
            break;
        }
    }
    *problem = NULL;
    *length = variable->fallback ? strlen(variable->fallback) : 0;
    return variable->fallback;
}

static void give(struct env_text *text, const char *data, size_t length)
{
    text->length = length;
    if (length <= text->size)
        memcpy(text->data, data, length);
}

/* ---- what stdlib/env.h asks for ---- */

static bool source_name(void *ctx, const struct env_key *key, struct env_text *name)
{
    struct env *env = ctx;
    pthread_mutex_lock(&env->lock);
    const struct variable *variable = envindex_resolve(&env->index, key->caller, key->text, key->length);
    if (variable)
        give(name, envindex_shown_name(variable), strlen(envindex_shown_name(variable)));
    pthread_mutex_unlock(&env->lock);
    return variable;
}

static int refuse_unknown(const struct env_key *key, struct vm_error *error)
{
    vm_error_set(error, ERROR_NOT_FOUND, "environment variable not found: %.*s",
                 key->length < ENVINDEX_NAME_MAX ? (int)key->length : ENVINDEX_NAME_MAX, key->text);
    return -1;
}

static int source_get(void *ctx, const struct env_key *key, struct env_text *value, struct vm_error *error)
{
    struct env *env = ctx;
    const char *text = NULL, *problem = NULL;
    size_t length;
    pthread_mutex_lock(&env->lock);
    const struct variable *variable = envindex_resolve(&env->index, key->caller, key->text, key->length);
    if (variable)
        text = value_of(env, variable, &length, &problem);
    if (text)
        give(value, text, length);
    if (problem)
        vm_error_set(error, ERROR_INTERNAL, "%s: %s", envstore_id(variable->store), problem);
    pthread_mutex_unlock(&env->lock);
    if (text)
        return 0;
    return problem ? -1 : refuse_unknown(key, error);
}

/* The storage that a write goes to; NULL and *error. The caller holds the lock. */
static struct envstore *choose_target(const struct env *env, const struct env_key *key,
                                      const struct variable **variable, struct vm_error *error)
{
    *variable = envindex_resolve(&env->index, key->caller, key->text, key->length);
    if (!*variable) {
        refuse_unknown(key, error);
        return NULL;
    }
    const char *name = envindex_shown_name(*variable);
    if ((*variable)->is_readonly) {
        vm_error_set(error, ERROR_PERMISSION_DENIED, "environment variable %s is read-only", name);
        return NULL;
    }
    struct envstore *store = (*variable)->store ? envstore_target((*variable)->store) : NULL;
    if (!store)
        vm_error_set(error, ERROR_INTERNAL, "environment variable %s has no storage to write to", name);
    else if (!envstore_is_writable(store))
        vm_error_set(error, ERROR_PERMISSION_DENIED, "environment storage %s is read-only", envstore_id(store));
    else
        return store;
    return NULL;
}

/* On a thread that may wait. */
static int write_file(struct env *env, struct envstore *store, const char *name, const char *value, size_t length,
                      struct vm_error *error)
{
    struct text content = {0};
    bool is_invalid;
    envstore_lock(store);
    char *problem = envstore_write(store, name, value, length, &content, &is_invalid);
    if (problem) {
        vm_error_set(error, is_invalid ? ERROR_INVALID : ERROR_INTERNAL, "environment variable %s: %s", name, problem);
    } else {
        pthread_mutex_lock(&env->lock);
        envstore_adopt(store, &content, 0);
        pthread_mutex_unlock(&env->lock);
    }
    envstore_unlock(store);
    text_free(&content);
    free(problem);
    return problem ? -1 : 0;
}

static int source_set(void *ctx, const struct env_key *key, const char *value, size_t length, bool may_block,
                      struct vm_error *error)
{
    struct env *env = ctx;
    char name[ENVINDEX_NAME_MAX + 1];
    const struct variable *variable;
    pthread_mutex_lock(&env->lock);
    struct envstore *store = choose_target(env, key, &variable, error);
    bool is_file = store && envstore_is_file(store);
    if (store && !is_file)
        envstore_set(store, envindex_stored_name(variable), value, length);
    if (is_file)
        strcpy(name, envindex_stored_name(variable)); /* an id or a name, so it fits */
    pthread_mutex_unlock(&env->lock);
    if (!store)
        return -1;
    if (!is_file)
        return 0;
    return may_block ? write_file(env, store, name, value, length, error) : -EAGAIN;
}

static bool source_next(void *ctx, size_t *cursor, struct env_text *name, struct env_text *value)
{
    struct env *env = ctx;
    const char *text = NULL, *problem;
    size_t length;
    pthread_mutex_lock(&env->lock);
    while (!text && *cursor < env->index.count) {
        const struct variable *variable = &env->index.variables[(*cursor)++];
        text = value_of(env, variable, &length, &problem);
        if (text) {
            give(name, envindex_shown_name(variable), strlen(envindex_shown_name(variable)));
            give(value, text, length);
        }
    }
    pthread_mutex_unlock(&env->lock);
    return text;
}

/* ---- public ---- */

struct env *env_new(const struct entries *entries, struct problems *problems)
{
    struct env *env = alloc_zeroed(sizeof *env);
    env->source =
        (struct env_source){.ctx = env, .name = source_name, .get = source_get, .set = source_set, .next = source_next};
    pthread_mutex_init(&env->lock, NULL);
    env->store_count = entries->count;
    env->stores = alloc_zeroed((entries->count + 1) * sizeof *env->stores);
    for (size_t i = 0; i < entries->count; i++)
        if (envstore_is_kind(entries->items[i]))
            env->stores[i] = envstore_new(entries->items[i], problems);
    for (size_t i = 0; i < entries->count; i++)
        if (env->stores[i])
            envstore_link(env->stores[i], entries, env->stores, problems);
    envindex_init(&env->index, entries, env->stores, problems);
    read_files(env, entries, problems);
    return env;
}

void env_start(struct env *env, struct vm *vm)
{
    env->vm = vm;
    for (size_t i = 0; i < env->store_count; i++)
        if (env->stores[i])
            envstore_freshness(env->stores[i])->checked_ns = clock_now_ns(sched_clock(vm_sched(vm)));
}

void env_free(struct env *env)
{
    if (!env)
        return;
    envindex_destroy(&env->index);
    for (size_t i = 0; i < env->store_count; i++)
        envstore_free(env->stores[i]);
    free(env->stores);
    pthread_mutex_destroy(&env->lock);
    free(env);
}

enum env_result env_lookup(struct env *env, const struct entry *from, const char *name, struct text *out)
{
    const char *text = NULL, *problem;
    size_t length;
    pthread_mutex_lock(&env->lock);
    const struct variable *variable = envindex_resolve(&env->index, from->id, name, strlen(name));
    if (variable)
        text = value_of(env, variable, &length, &problem);
    if (text)
        text_add(out, text, length);
    pthread_mutex_unlock(&env->lock);
    return text ? ENV_FOUND : variable ? ENV_EMPTY : ENV_UNKNOWN;
}

const struct env_source *env_source(const struct env *env)
{
    return &env->source;
}
