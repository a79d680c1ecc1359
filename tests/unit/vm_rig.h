/* SPDX-License-Identifier: MIT */
/*
 * vm_rig: a whole VM for tests of vm/: Lua programs are given as strings, a native actor runs one process to its end at a time and
 * keeps its result. Knows no Criterion, so stress programs use it too: what must not happen aborts with a line of text.
 *
 *   struct rig rig;
 *   rig_open(&rig, &(struct rig_options){.workers = 2});
 *   rig_add(&rig, "t:main", "return function(...) … end");
 *   const struct rig_result *r = rig_run(&rig, "t:main");
 *   rig_close(&rig);
 */
#ifndef TESTS_UNIT_VM_RIG_H
#define TESTS_UNIT_VM_RIG_H

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sched/base/log.h"
#include "sched/sched.h"
#include "stdlib/libraries.h"
#include "stdlib/payload.h"
#include "stdlib/services.h"
#include "stdlib/time_value.h"
#include "vm/call.h"
#include "vm/code.h"
#include "vm/codec.h"
#include "vm/error.h"
#include "vm/native.h"
#include "vm/pool.h"
#include "vm/process.h"
#include "vm/vm.h"
#include "vm/vm_struct.h"

enum { RIG_CODES = 64, RIG_BASE = 160 };
#define RIG_STOP_NS 60000000000u /* far more than any test needs */

struct rig_options {
    unsigned workers; /* 0: 2 */
    bool seeded, classic;
    int hibernation; /* of struct vm_config */
    uint64_t seed;
    size_t memory_limit;
    uint64_t function_idle_ns;
    const char *node;
    struct vm_host_limits limits;
    const struct lazy_entry *extra; /* more global functions, ends with LAZY_DONE */
    struct fault_plan *fault;
};

struct rig_result {
    bool refused; /* native_spawn said no */
    bool failed;  /* refused, failed to load, or ended with an error */
    bool loaded;
    struct vm_error error;
    uint64_t pid;
    unsigned char *data; /* encoding of {value, error} */
    size_t length;
};

/* What one rig_run asks its actor for. */
struct rig_job {
    struct code *code;
    const void *args;
    size_t args_length;
    void (*call)(struct native *native, void *ctx); /* or: this on a worker */
    void *ctx;
    bool done;
    struct rig_result result;
};

struct rig {
    struct services *services;
    struct vm *vm;
    struct vm_host *host;
    struct native *native;
    struct log log;
    struct lazy_entry base[RIG_BASE];
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct code *codes[RIG_CODES];
    unsigned code_count;
    struct pool *pools[RIG_CODES];
    unsigned pool_count;
    struct rig_job *job;
    _Atomic uint64_t serial; /* of the job: the cookie of its spawn; tests use 0 for theirs */
    struct rig_result last;
    _Atomic unsigned warnings, errors; /* log records of these levels */
    char log_text[4096];               /* of warnings and errors, under the lock */
};

static inline void rig_die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));
static inline void rig_die(const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    fputs("rig: ", stderr);
    vfprintf(stderr, fmt, args);
    fputc('\n', stderr);
    va_end(args);
    abort();
}

static inline void rig_pause(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* Waits until the condition holds. */
#define RIG_UNTIL(condition) \
    while (!(condition))     \
    rig_pause()

static inline void rig_log(void *ctx, const struct log_record *record)
{
    struct rig *rig = ctx;
    if (record->level < LOG_WARN)
        return;
    atomic_fetch_add(record->level == LOG_WARN ? &rig->warnings : &rig->errors, 1);
    pthread_mutex_lock(&rig->lock);
    size_t used = strlen(rig->log_text);
    snprintf(rig->log_text + used, sizeof rig->log_text - used, "%s: %.*s\n", record->logger,
             (int)record->message_length, record->message);
    pthread_mutex_unlock(&rig->lock);
}

static inline int rig_resolve(void *ctx, const char *id, size_t length, struct code **out, struct vm_error *error)
{
    struct rig *rig = ctx;
    struct code *found = NULL;
    pthread_mutex_lock(&rig->lock);
    for (unsigned i = rig->code_count; i-- > 0 && !found;) /* the newest of that id */
        if (strlen(code_id(rig->codes[i])) == length && memcmp(code_id(rig->codes[i]), id, length) == 0)
            found = code_ref(rig->codes[i]);
    pthread_mutex_unlock(&rig->lock);
    if (found) {
        *out = found;
        return 0;
    }
    vm_error_set(error, ERROR_NOT_FOUND, "factory not found");
    snprintf(error->detail_key, sizeof error->detail_key, "factory_id");
    snprintf(error->detail, sizeof error->detail, "%.*s", (int)length, id);
    return -1;
}

/* Functions; and processes, which are spawned on t:h. */
static inline int rig_resolve_call(void *ctx, const char *id, size_t length, struct call_target *out,
                                   struct vm_error *error)
{
    struct rig *rig = ctx;
    pthread_mutex_lock(&rig->lock);
    for (unsigned i = rig->pool_count; i-- > 0 && !out->pool;)
        if (strlen(pool_id(rig->pools[i])) == length && memcmp(pool_id(rig->pools[i]), id, length) == 0)
            out->pool = pool_ref(rig->pools[i]);
    pthread_mutex_unlock(&rig->lock);
    out->host = rig->host;
    return out->pool ? 0 : rig_resolve(ctx, id, length, &out->code, error);
}

/* ---- jobs ---- */

static inline void rig_job_done(struct rig *rig)
{
    pthread_mutex_lock(&rig->lock);
    rig->job->done = true;
    pthread_cond_broadcast(&rig->changed);
    pthread_mutex_unlock(&rig->lock);
}

static inline void rig_take_error(struct rig_result *result, const struct vm_error *error)
{
    result->failed = error != NULL;
    if (error)
        result->error = *error;
}

static inline void rig_begin(struct rig *rig, struct native *native)
{
    struct rig_job *job = rig->job;
    if (job->call) {
        job->call(native, job->ctx);
        rig_job_done(rig);
        return;
    }
    struct native_spawn spawn = {.code = job->code,
                                 .host = rig->host,
                                 .args = job->args,
                                 .args_length = job->args_length,
                                 .monitor = true,
                                 .cookie = atomic_load(&rig->serial)};
    if (native_spawn(native, &spawn, NULL, &job->result.error) != 0) {
        job->result.refused = job->result.failed = true;
        rig_job_done(rig);
    }
}

static inline void rig_event(struct native *native, void *ctx, const struct native_event *event)
{
    struct rig *rig = ctx;
    if (event->kind != NATIVE_POST && event->cookie != atomic_load(&rig->serial))
        return; /* of a spawn that a test has made by itself */
    struct rig_result *result = &rig->job->result;
    switch (event->kind) {
    case NATIVE_POST:
        rig_begin(rig, native);
        break;
    case NATIVE_LOADED:
        rig_take_error(result, event->error);
        result->loaded = !event->failed;
        result->pid = event->pid;
        if (event->failed)
            rig_job_done(rig);
        break;
    case NATIVE_EXIT:
        rig_take_error(result, event->error);
        result->data = malloc(event->length);
        result->length = event->length;
        memcpy(result->data, event->data, event->length);
        rig_job_done(rig);
        break;
    default:
        break;
    }
}

static inline struct rig_result rig_do(struct rig *rig, struct rig_job job)
{
    rig->job = &job;
    atomic_fetch_add(&rig->serial, 1);
    native_post(rig->native, 0);
    pthread_mutex_lock(&rig->lock);
    while (!job.done)
        pthread_cond_wait(&rig->changed, &rig->lock);
    pthread_mutex_unlock(&rig->lock);
    return job.result;
}

/* Runs call(native, ctx) in the callback of the rig's actor and waits for it. */
static inline void rig_call(struct rig *rig, void (*call)(struct native *native, void *ctx), void *ctx)
{
    rig_do(rig, (struct rig_job){.call = call, .ctx = ctx});
}

static inline const struct rig_result *rig_run_with(struct rig *rig, const char *id, const void *args, size_t length)
{
    struct rig_job job = {.args = args, .args_length = length};
    struct vm_error error;
    if (rig_resolve(rig, id, strlen(id), &job.code, &error) != 0)
        rig_die("no code %s", id);
    struct code *code = job.code;
    free(rig->last.data);
    rig->last = rig_do(rig, job);
    code_unref(code);
    return &rig->last;
}

static inline const struct rig_result *rig_run(struct rig *rig, const char *id)
{
    return rig_run_with(rig, id, NULL, 0);
}

/* ---- results ---- */

/* The value that the process returned; strings point into the result. */
static inline struct codec_view rig_value(const struct rig_result *result)
{
    struct codec_view view = {.tag = CODEC_NIL};
    if (result->data && !codec_view(result->data, result->length, 0, &view))
        rig_die("corrupt result");
    return view;
}

static inline int64_t rig_integer(const struct rig_result *result)
{
    struct codec_view view = rig_value(result);
    return view.tag == CODEC_INTEGER ? view.integer : INT64_MIN;
}

/* The string it returned, or the failure's message. */
static inline const char *rig_text(struct rig *rig)
{
    static __thread char text[1024];
    struct codec_view view = rig_value(&rig->last);
    if (rig->last.failed)
        snprintf(text, sizeof text, "%s: %s", rig->last.error.kind, rig->last.error.message);
    else if (view.tag == CODEC_STRING)
        snprintf(text, sizeof text, "%.*s", (int)view.string.length, view.string.data);
    else if (view.tag == CODEC_INTEGER)
        snprintf(text, sizeof text, "%lld", (long long)view.integer);
    else
        snprintf(text, sizeof text, "(value of tag %d)", view.tag);
    return text;
}

/* ---- code ---- */

static inline struct code *rig_compile(struct vm *vm, const char *id, const char *source, struct vm_error *error)
{
    struct code *code = NULL;
    struct code_unit_spec unit = {.id = id,
                                  .source = source,
                                  .source_length = strlen(source),
                                  .modules = (const char *const[]){"ctx", "events", "funcs", "pg", "time", "io", NULL}};
    struct code_spec spec = {.method = "main", .units = &unit, .count = 1};
    return code_new(vm, &code, &spec, error) == 0 ? code : NULL;
}

static inline void rig_add_code(struct rig *rig, struct code *code)
{
    pthread_mutex_lock(&rig->lock);
    if (rig->code_count == RIG_CODES)
        rig_die("too many programs");
    rig->codes[rig->code_count++] = code;
    pthread_mutex_unlock(&rig->lock);
}

static inline struct code *rig_add(struct rig *rig, const char *id, const char *source)
{
    struct vm_error error;
    struct code *code = rig_compile(rig->vm, id, source, &error);
    if (!code)
        rig_die("%s", error.message);
    rig_add_code(rig, code);
    return code;
}

/* A function; the newest of an id is the one that is called. */
static inline struct pool *rig_add_function(struct rig *rig, const char *id, const char *source,
                                            const struct pool_config *config)
{
    struct vm_error error;
    struct code *code = rig_compile(rig->vm, id, source, &error);
    struct pool *pool = NULL;
    if (!code || pool_new(rig->vm, &pool, id, code, config, &error) != 0)
        rig_die("%s", error.message);
    code_unref(code);
    pthread_mutex_lock(&rig->lock);
    if (rig->pool_count == RIG_CODES)
        rig_die("too many functions");
    rig->pools[rig->pool_count++] = pool;
    pthread_mutex_unlock(&rig->lock);
    return pool;
}

/* ---- life ---- */

static inline void rig_fill_base(struct rig *rig, const struct lazy_entry *extra)
{
    unsigned n = 0;
    for (const struct lazy_entry *entry = std_base_entries; entry->kind != LAZY_END; entry++)
        rig->base[n++] = *entry;
    for (; extra && extra->kind != LAZY_END; extra++)
        rig->base[n++] = *extra;
    if (n >= RIG_BASE)
        rig_die("too many globals");
}

/* All but vm_start: for tests that look at a VM that does not run. */
static inline void rig_prepare(struct rig *rig, const struct rig_options *options)
{
    *rig = (struct rig){0};
    pthread_mutex_init(&rig->lock, NULL);
    pthread_cond_init(&rig->changed, NULL);
    rig->log = (struct log){.level = LOG_WARN, .sink = rig_log, .ctx = rig};
    rig_fill_base(rig, options->extra);
    struct vm_config config = {
        .workers = options->workers ? options->workers : 2,
        .seeded = options->seeded,
        .seed = options->seed,
        .node = options->node,
        .memory_limit = options->memory_limit,
        .classic_spawn = options->classic,
        .hibernation = options->hibernation,
        .log = &rig->log,
        .fault = options->fault,
        .base = rig->base,
        .libraries = std_libraries,
        .push_time = time_value_push,
        .payload_routes = std_payload_routes,
        .resolve = rig_resolve,
        .resolve_call = rig_resolve_call,
        .function_idle_ns = options->function_idle_ns,
        .resolve_ctx = rig,
        .services = rig->services = services_new(&rig->log),
    };
    int error = vm_new(&rig->vm, &config);
    if (error)
        rig_die("vm_new: %d", error);
    rig->host = vm_host_open(rig->vm, "t:h", &options->limits);
    vm_host_start(rig->host);
    rig->native = native_new(rig->vm, "rig", rig_event, rig);
    if (!rig->host || !rig->native)
        rig_die("no host or actor");
}

static inline void rig_open(struct rig *rig, const struct rig_options *options)
{
    rig_prepare(rig, options);
    int error = vm_start(rig->vm);
    if (error)
        rig_die("vm_start: %d", error);
}

static inline void rig_free(struct rig *rig)
{
    for (unsigned i = 0; i < rig->pool_count; i++) {
        pool_close(rig->pools[i]);
        pool_unref(rig->pools[i]);
    }
    for (unsigned i = 0; i < rig->code_count; i++)
        code_unref(rig->codes[i]);
    free(rig->last.data);
    vm_free(rig->vm);
    services_free(rig->services);
    pthread_cond_destroy(&rig->changed);
    pthread_mutex_destroy(&rig->lock);
}

/* Stops and frees; aborts when something is left. */
static inline void rig_close(struct rig *rig)
{
    struct vm_stats stats;
    if (!vm_stop(rig->vm, RIG_STOP_NS))
        rig_die("vm_stop: %zu still alive", vm_live(rig->vm));
    vm_stats(rig->vm, &stats);
    uint64_t waiting = vm_messages_waiting(rig->vm);
    if (stats.live || waiting)
        rig_die("left: %u alive, %llu messages", stats.live, (unsigned long long)waiting);
    rig_free(rig);
}

/* The rig behind a running state, for extra functions. */
static inline struct rig *rig_of_vm(struct vm *vm)
{
    return vm->config.resolve_ctx;
}

#endif
