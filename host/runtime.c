/* SPDX-License-Identifier: MIT */
/*
 * runtime: three threads of control meet here. The main thread makes everything, waits for `finished` and takes it apart. The supervisor's
 * actor does all in between, told by posts. The signal handler runs on an I/O loop and only posts.
 */
#include "host/runtime.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/actor.h"
#include "host/alloc.h"
#include "host/announce.h"
#include "host/application.h"
#include "host/console.h"
#include "host/control.h"
#include "host/env.h"
#include "host/exec.h"
#include "host/logevents.h"
#include "host/logsink.h"
#include "host/nodename.h"
#include "host/offer.h"
#include "host/processhost.h"
#include "host/program.h"
#include "host/roster.h"
#include "host/supervisor.h"
#include "host/text.h"
#include "host/value.h"
#include "io/poller.h"
#include "io/signals.h"
#include "io/stdio.h"
#include "sched/base/clock.h"
#include "sched/base/log.h"
#include "sched/sched.h"
#include "sched/worker.h"
#include "stdlib/base.h"
#include "stdlib/libraries.h"
#include "stdlib/payload.h"
#include "stdlib/time_value.h"
#include "stdlib/type_pattern.h"
#include "vm/vm.h"

#define SECOND_NS 1000000000ull

enum { POST_BOOT = 1, POST_STOP };
enum { DOUBLE_SIGNAL_NS = 100000000 };

struct runtime {
    const struct runtime_config *config;
    struct log *log;
    struct io *io;
    struct io_signals *signals;
    struct io_stdio *stdio;
    struct offer offer;
    struct vm *vm;
    struct programs programs;
    struct actor *actor;
    struct supervisor_world world;
    struct supervisor supervisor;
    struct roster roster;
    struct console console;
    struct exec exec;
    bool is_started; /* the workers run */
    /* the actor's */
    bool exec_waits, stopping, has_exit_code;
    uint64_t stop_alarm, exec_alarm;
    int exit_code;
    char *message;
    pthread_mutex_t lock; /* guards the two below, and actor while it is NULL */
    pthread_cond_t changed;
    bool finished, signaled;
    uint64_t signal_ns; /* when the first came, 0: none; the signal loop's */
};

/* ---- stopping ---- */

static void stop_took_too_long(void *ctx)
{
    struct runtime *runtime = ctx;
    runtime->stop_alarm = 0;
    log_printf(runtime->log, LOG_WARN, "host", "shutting down took too long; what is left is ended");
    supervisor_kill_all(&runtime->supervisor);
}

static void stop(struct runtime *runtime)
{
    if (runtime->stopping)
        return;
    runtime->stopping = true;
    runtime->exec_waits = false;
    log_printf(runtime->log, LOG_INFO, "host", "shutting down");
    runtime->stop_alarm =
        actor_set_alarm(runtime->actor, runtime->config->shutdown_timeout_ns, stop_took_too_long, runtime);
    supervisor_stop_all(&runtime->supervisor);
}

/* Takes the message. */
static void fail(struct runtime *runtime, char *message)
{
    if (runtime->message)
        free(message);
    else
        runtime->message = message;
    runtime->exit_code = 1;
    stop(runtime);
}

/* ---- the command ---- */

/* The first decides. The stop is not at once, since who calls this is in the middle of something. */
static void console_ended(void *ctx, int code)
{
    struct runtime *runtime = ctx;
    if (!runtime->message && !runtime->has_exit_code)
        runtime->exit_code = code;
    runtime->has_exit_code = true;
    actor_post(runtime->actor, POST_STOP);
}

/* Starts the command if it still waits; its host should be running by now. */
static void start_command(struct runtime *runtime)
{
    const struct runtime_config *config = runtime->config;
    if (!runtime->exec_waits)
        return;
    const struct service *host = roster_find(&runtime->roster, config->terminal_host);
    if (!host || host->state != SERVICE_RUNNING) {
        fail(runtime, text_format("terminal host %s is not running%s%s", config->terminal_host->id,
                                  host && host->message ? ": " : "", host && host->message ? host->message : ""));
        return;
    }
    runtime->exec_waits = false;
    exec_start(&runtime->exec, &runtime->programs, config->command->id, host->object);
}

static void waited_for_host(void *ctx)
{
    struct runtime *runtime = ctx;
    runtime->exec_alarm = 0;
    start_command(runtime);
}

static void boot(struct runtime *runtime)
{
    const struct runtime_config *config = runtime->config;
    if (runtime->stopping)
        return;
    if (config->command) {
        struct service *host = roster_find(&runtime->roster, config->terminal_host);
        runtime->exec_waits = true;
        runtime->exec_alarm = actor_set_alarm(runtime->actor, 5 * SECOND_NS, waited_for_host, runtime);
        if (host)
            host->lifecycle.auto_start = true;
    }
    programs_warm(&runtime->programs);
    supervisor_boot(&runtime->supervisor);
}

static void on_post(void *ctx, uint64_t word)
{
    struct runtime *runtime = ctx;
    if (word == POST_BOOT)
        boot(runtime);
    else
        stop(runtime);
}

/* ---- what the supervisor asks of the world ---- */

static uint64_t world_now(void *ctx)
{
    struct runtime *runtime = ctx;
    return clock_now_ns(sched_clock(vm_sched(runtime->vm)));
}

static void fire_service_timer(void *ctx)
{
    supervisor_timer(ctx);
}

static uint64_t world_arm_timer(void *ctx, uint64_t delay_ns, struct service *service)
{
    struct runtime *runtime = ctx;
    return actor_set_alarm(runtime->actor, delay_ns, fire_service_timer, service);
}

static void world_cancel_timer(void *ctx, uint64_t id)
{
    struct runtime *runtime = ctx;
    actor_cancel_alarm(runtime->actor, id);
}

static void world_booted(void *ctx)
{
    struct runtime *runtime = ctx;
    log_printf(runtime->log, LOG_INFO, "host", "application is running");
    start_command(runtime);
}

static void world_boot_failed(void *ctx, const struct service *service)
{
    const struct entry *entry = service->entry;
    fail(ctx, problem_format(entry->file, entry->line, entry->id, "the service cannot start: %s", service->message));
}

/* Here and not at the end, for what is ended by the main thread happens when it gets there. */
static void note_trace(struct runtime *runtime)
{
    struct runtime_trace *trace = runtime->config->trace;
    if (!trace || !runtime->config->seeded)
        return;
    trace->is_complete = true;
    trace->hash = sched_trace_hash(vm_sched(runtime->vm));
    trace->operations = io_poller.outstanding(worker_poller(worker_self()));
}

static void world_stopped(void *ctx)
{
    struct runtime *runtime = ctx;
    note_trace(runtime);
    actor_cancel_alarm(runtime->actor, runtime->stop_alarm);
    actor_cancel_alarm(runtime->actor, runtime->exec_alarm);
    pthread_mutex_lock(&runtime->lock);
    runtime->finished = true;
    pthread_cond_signal(&runtime->changed);
    pthread_mutex_unlock(&runtime->lock);
}

static void world_changed(void *ctx, const struct service *service, enum service_state previous)
{
    struct runtime *runtime = ctx;
    control_note(runtime->offer.control, service, clock_wall_ns(sched_clock(vm_sched(runtime->vm))));
    announce_service(runtime->vm, service, previous);
}

/* ---- signals, on an I/O loop ---- */

/* The actor is there later than the workers, and a signal may come in between. */
static void ask_to_stop(void *ctx)
{
    struct runtime *runtime = ctx;
    pthread_mutex_lock(&runtime->lock);
    runtime->signaled = true;
    if (runtime->actor)
        actor_post(runtime->actor, POST_STOP);
    pthread_mutex_unlock(&runtime->lock);
}

static void publish_actor(struct runtime *runtime, struct actor *actor)
{
    pthread_mutex_lock(&runtime->lock);
    runtime->actor = actor;
    if (runtime->signaled)
        actor_post(actor, POST_STOP);
    pthread_mutex_unlock(&runtime->lock);
}

static uint64_t real_now_ns(void)
{
    struct clock clock;
    clock_init(&clock, false);
    return clock_now_ns(&clock);
}

/* Programs like timeout(1) signal a process and its group: two in a moment are one wish. */
static void on_signal(void *ctx, int number, unsigned count)
{
    static const char text[] = "moonlet: second signal, exiting at once\n";
    struct runtime *runtime = ctx;
    uint64_t now = real_now_ns();
    (void)number;
    if (count == 1 || !runtime->signal_ns) {
        runtime->signal_ns = now;
        ask_to_stop(runtime);
        return;
    }
    if (now - runtime->signal_ns < DOUBLE_SIGNAL_NS)
        return;
    io_stdio_restore(runtime->stdio);
    (void)!write(STDERR_FILENO, text, sizeof text - 1);
    _exit(1);
}

/* ---- making it, and taking it apart ---- */

static char *explain(const char *what, int error)
{
    return text_format("%s: %s", what, strerror(-error));
}

static int make_io(struct runtime *runtime)
{
    struct io_config config = {.seeded = runtime->config->seeded, .log = runtime->log, .fault = runtime->config->fault};
    const char *what = "I/O cannot be set up";
    int error = io_new(&runtime->io, &config);
    if (!error) {
        what = "signals cannot be watched";
        error = io_signals_open(&runtime->signals, runtime->io, on_signal, runtime);
    }
    if (!error) {
        what = "the standard streams cannot be used";
        error = io_stdio_new(&runtime->stdio, runtime->io, STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO);
    }
    if (error)
        runtime->message = explain(what, error);
    return error;
}

static int make_vm(struct runtime *runtime)
{
    const struct runtime_config *config = runtime->config;
    offer_init(&runtime->offer, config->application, config->settings, runtime->log, ask_to_stop, runtime);
    struct vm_config vm_config = {
        .workers = config->workers,
        .logs_stacks = config->logs_stacks,
        .seeded = config->seeded,
        .seed = config->seed,
        .memory_limit = config->memory_limit,
        .node = nodename_given(config->settings),
        .poller = &io_poller,
        .poller_ctx = runtime->io,
        .log = runtime->log,
        .fault = config->fault,
        .base = std_base_entries,
        .libraries = std_libraries,
        .push_time = time_value_push,
        .match = type_pattern_match,
        .payload_routes = std_payload_routes,
        .resolve = programs_resolve,
        .resolve_call = programs_resolve_call,
        .kind_of = programs_kind_of,
        .resolve_ctx = &runtime->programs,
        .services = runtime->offer.services,
    };
    int error = vm_new(&runtime->vm, &vm_config);
    if (error) {
        runtime->message = explain("the VM cannot be made", error);
        return error;
    }
    env_start(config->application->env, runtime->vm);
    if (config->streams_logs)
        logsink_set_tap(config->logsink, logevents_publish, runtime->vm, config->log_level);
    if (config->seeded)
        logsink_set_clock(config->logsink, sched_clock(vm_sched(runtime->vm)));
    return 0;
}

static int build_programs(struct runtime *runtime)
{
    const struct runtime_config *config = runtime->config;
    struct application *application = config->application;
    programs_build(&runtime->programs, runtime->vm, &application->decoded.table, std_libraries, &application->problems);
    if (!config->command || !programs_problem(&runtime->programs, config->command))
        return 0;
    runtime->message = programs_refusal(&runtime->programs, config->command, &application->problems.cause);
    return -EINVAL;
}

static int start_vm(struct runtime *runtime)
{
    char text[1024];
    int error = vm_start(runtime->vm);
    runtime->is_started = !error;
    if (!error)
        return 0;
    if (error == -EAGAIN) /* pthread_create's; opening a ring has others */
        snprintf(text, sizeof text, "no more threads can be made; see ulimit -u and the pids limit of the container");
    else
        io_explain_open_error(error, text, sizeof text);
    runtime->message = text_format("the workers cannot be started: %s", text);
    return error;
}

static void prepare_command(struct runtime *runtime, struct actor *actor)
{
    const struct runtime_config *config = runtime->config;
    exec_init(&runtime->exec, config->args, config->arg_count);
    runtime->exec.actor = actor;
    runtime->exec.console = &runtime->console;
}

static int start_services(struct runtime *runtime)
{
    static const struct actor_callbacks callbacks = {.posted = on_post};
    const struct runtime_config *config = runtime->config;
    struct actor *actor = actor_new(runtime->vm, &callbacks, runtime);
    runtime->console =
        (struct console){.stdio = runtime->stdio, .logsink = config->logsink, .ended = console_ended, .ctx = runtime};
    if (!actor) {
        runtime->message = alloc_string("the supervisor cannot be started");
        return -ENOMEM;
    }
    supervisor_init(&runtime->supervisor, &runtime->world, runtime->log, config->seeded ? config->seed : rng_entropy());
    roster_fill(&runtime->roster, config->application, &runtime->supervisor, actor, &runtime->programs,
                &runtime->console);
    control_add_services(runtime->offer.control, &runtime->supervisor);
    prepare_command(runtime, actor);
    publish_actor(runtime, actor);
    actor_post(actor, POST_BOOT);
    return 0;
}

static void wait_finished(struct runtime *runtime)
{
    pthread_mutex_lock(&runtime->lock);
    while (!runtime->finished)
        pthread_cond_wait(&runtime->changed, &runtime->lock);
    pthread_mutex_unlock(&runtime->lock);
}

static void stop_vm(struct runtime *runtime)
{
    if (!runtime->is_started)
        return;
    if (runtime->actor)
        actor_close(runtime->actor);
    if (!vm_stop(runtime->vm, 5 * SECOND_NS))
        log_printf(runtime->log, LOG_ERROR, "host", "%zu processes could not be ended", vm_live(runtime->vm));
    if (runtime->exec.child && !runtime->message && !control_has_exit(runtime->offer.control, &runtime->exit_code))
        runtime->message = text_format("%s did not end in time and was ended", runtime->config->command->id);
}

static void destroy(struct runtime *runtime)
{
    exec_destroy(&runtime->exec);
    roster_destroy(&runtime->roster);
    supervisor_destroy(&runtime->supervisor);
    if (runtime->actor)
        actor_free(runtime->actor);
    programs_free(&runtime->programs);
    logsink_set_clock(runtime->config->logsink, NULL);
    logsink_set_tap(runtime->config->logsink, NULL, NULL, LOG_OFF);
    if (runtime->vm)
        vm_free(runtime->vm);
    offer_destroy(&runtime->offer);
    if (runtime->stdio)
        io_stdio_free(runtime->stdio);
    if (runtime->signals)
        io_signals_close(runtime->signals);
    if (runtime->io)
        io_free(runtime->io);
    pthread_cond_destroy(&runtime->changed);
    pthread_mutex_destroy(&runtime->lock);
}

int runtime_run(const struct runtime_config *config, char **message)
{
    struct runtime runtime = {
        .config = config,
        .log = logsink_log(config->logsink),
        .world =
            {
                .ctx = &runtime,
                .now_ns = world_now,
                .arm_timer = world_arm_timer,
                .cancel_timer = world_cancel_timer,
                .booted = world_booted,
                .boot_failed = world_boot_failed,
                .stopped = world_stopped,
                .changed = world_changed,
            },
    };
    int code;
    pthread_mutex_init(&runtime.lock, NULL);
    pthread_cond_init(&runtime.changed, NULL);
    if (!make_io(&runtime) && !make_vm(&runtime) && !build_programs(&runtime) && !start_vm(&runtime) &&
        !start_services(&runtime))
        wait_finished(&runtime);
    stop_vm(&runtime);
    if (runtime.offer.control && control_has_exit(runtime.offer.control, &code))
        runtime.exit_code = code;
    destroy(&runtime);
    *message = runtime.message;
    return runtime.message ? 1 : runtime.exit_code;
}
