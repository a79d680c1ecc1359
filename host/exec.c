/* SPDX-License-Identifier: MIT */
/* exec: see the header. */
#include "host/exec.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/actor.h"
#include "host/alloc.h"
#include "host/console.h"
#include "host/encode.h"
#include "host/processhost.h"
#include "host/program.h"
#include "host/text.h"
#include "io/stdio.h"
#include "vm/code.h"
#include "vm/codec.h"
#include "vm/native.h"
#include "vm/vm.h"

void exec_init(struct exec *exec, char *const *args, size_t arg_count)
{
    *exec = (struct exec){.args = alloc_zeroed((arg_count + 1) * sizeof(char *)), .arg_count = arg_count};
    for (size_t i = 0; i < arg_count; i++)
        exec->args[i] = alloc_string(args[i]);
}

void exec_destroy(struct exec *exec)
{
    for (size_t i = 0; i < exec->arg_count; i++)
        free(exec->args[i]);
    free(exec->args);
}

int exec_exit_status(int64_t number)
{
    int code = (int)(number & 255);
    return number && !code ? 1 : code;
}

static int code_of_float(double number)
{
    if (isnan(number) || fabs(number) > 9e18)
        return 1;
    return exec_exit_status((int64_t)number);
}

void exec_read_result(struct exec_outcome *outcome, bool failed, const void *data, size_t length)
{
    struct codec_view view;
    struct text text = {0};
    *outcome = (struct exec_outcome){.is_error = failed, .code = failed};
    if (!codec_view(data, length, failed ? 1 : 0, &view)) {
        outcome->code = failed;
        return;
    }
    switch (view.tag) {
    case CODEC_BOOLEAN:
        outcome->code = !view.boolean;
        break;
    case CODEC_INTEGER:
        outcome->code = exec_exit_status(view.integer);
        break;
    case CODEC_NUMBER:
        outcome->code = code_of_float(view.number);
        break;
    case CODEC_ERROR:
        outcome->is_error = true;
        outcome->code = 1;
        /* fall through */
    case CODEC_STRING:
        text_add(&text, view.string.data, view.string.length);
        text_add_char(&text, '\n');
        outcome->print_length = text.length;
        outcome->print = text_detach(&text);
        break;
    default:
        break;
    }
}

static void finish(const struct console *console, const struct exec_outcome *outcome)
{
    if (outcome->print)
        io_stdio_write(console->stdio, outcome->is_error, outcome->print, outcome->print_length);
    console->ended(console->ctx, outcome->code);
}

void exec_finish(const struct console *console, bool failed, const void *data, size_t length)
{
    struct exec_outcome outcome;
    exec_read_result(&outcome, failed, data, length);
    finish(console, &outcome);
    free(outcome.print);
}

static void lose_child(struct exec *exec)
{
    processhost_attach(exec->host, false);
    exec->child = NULL;
}

static void on_loaded(void *ctx)
{
    (void)ctx;
}

static void refuse(struct exec *exec, const struct vm_error *error)
{
    char *reason = programs_explain(exec->programs, exec->id, error->message);
    struct exec_outcome outcome = {.code = 1, .is_error = true, .print = text_format("moonlet: %s\n", reason)};
    outcome.print_length = strlen(outcome.print);
    free(reason);
    lose_child(exec);
    finish(exec->console, &outcome);
    free(outcome.print);
}

static void on_refused(void *ctx, const struct vm_error *error)
{
    refuse(ctx, error);
}

static void on_ended(void *ctx, bool failed, const void *data, size_t length)
{
    struct exec *exec = ctx;
    lose_child(exec);
    exec_finish(exec->console, failed, data, length);
}

void exec_start(struct exec *exec, struct programs *programs, const char *id, struct processhost *host)
{
    static const struct child_callbacks callbacks = {.loaded = on_loaded, .refused = on_refused, .ended = on_ended};
    struct vm_error error = {0};
    struct codec_bytes args;
    struct code *code;
    exec->programs = programs;
    exec->id = id;
    exec->host = host;
    if (programs_resolve(programs, id, strlen(id), &code, &error)) {
        refuse(exec, &error);
        return;
    }
    encode_strings(&args, exec->args, exec->arg_count);
    exec->terminal = (struct terminal){.stdio = exec->console->stdio, .args = (const char *const *)exec->args};
    struct native_spawn spawn = {
        .code = code,
        .host = processhost_group(host),
        .args = args.data,
        .args_length = args.length,
        .terminal = &exec->terminal,
    };
    processhost_attach(host, true);
    exec->child = child_spawn(exec->actor, &spawn, &callbacks, exec, &error);
    codec_bytes_free(&args);
    code_unref(code);
    if (!exec->child)
        refuse(exec, &error);
}
