/* SPDX-License-Identifier: MIT */
/*
 * data_read: see data_read.h. Stack: text, struct reading or nil, what data_build has under construction.
 *
 * I1  A tape belongs to the worker's shelf, or to a struct reading, or to a job of the pool, and moves between them by pointer: an error
 *     or the end of the process at any moment frees it once.
 */
#include "stdlib/data_read.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/fault.h"
#include "sched/base/memory.h"
#include "stdlib/data_build.h"
#include "stdlib/data_tape.h"
#include "stdlib/job.h"
#include "stdlib/string_work.h"
#include "vm/error.h"
#include "vm/handle.h"
#include "vm/heap.h"
#include "vm/local.h"
#include "vm/state.h"
#include "vm/type.h"
#include "vm/vm_struct.h"

enum { READ_TEXT = 1, READ_STATE };

enum {
    COPY_PIECE = 128 * 1024, /* bytes between two looks at the budget */
    COPY_WORK = 4096,
    KEPT_ROOM = 256 * 1024 /* words or bytes: a larger tape does not stay on the shelf */
};

/* A text being read that did not end at once. */
struct reading {
    const struct type *type;
    struct handle handle;
    struct data_tape *tape; /* NULL while the pool has it */
    const struct data_format *format;
    size_t charged;
    size_t copied;
    bool check_only;
    struct data_build build;
};

struct parse_job {
    struct job job;
    struct data_tape *tape;
    const struct data_format *format;
    struct data_error error;
    bool is_valid;
};

/* ---- results ---- */

static int fail(lua_State *L, const struct data_format *format, const char *message)
{
    return error_return(L, ERROR_INTERNAL, "invalid %s: %s", format->name, message);
}

static int fail_memory(lua_State *L)
{
    return error_return(L, ERROR_INTERNAL, "out of memory");
}

/* The value on top. */
static int succeed(lua_State *L)
{
    if (!lua_isnil(L, -1))
        return 1;
    lua_pushnil(L);
    return 2;
}

/* ---- the userdata ---- */

static void charge(lua_State *L, struct reading *reading, size_t bytes)
{
    heap_charge(heap_of_user(state_of(L)), (ptrdiff_t)bytes - (ptrdiff_t)reading->charged);
    reading->charged = bytes;
}

static void reading_release(struct handle *handle)
{
    struct reading *reading = container_of(handle, struct reading, handle);
    data_tape_free(reading->tape);
    reading->tape = NULL;
}

static int reading_finalize(lua_State *L)
{
    struct reading *reading = lua_touserdata(L, 1);
    charge(L, reading, 0);
    if (reading->handle.release)
        handle_close(&reading->handle);
    return 0;
}

static const struct type reading_type = {.name = "reading", .finalize = reading_finalize};

/* Pushes one. */
static struct reading *reading_new(lua_State *L, const struct data_format *format)
{
    struct reading *reading = type_new(L, &reading_type, sizeof *reading);
    reading->format = format;
    handle_open(L, &reading->handle, reading_release);
    return reading;
}

static void reading_end(lua_State *L, struct reading *reading)
{
    charge(L, reading, 0);
    handle_close(&reading->handle);
}

/* ---- making the values ---- */

static int build_continue(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct reading *reading = lua_touserdata(L, READ_STATE);
    if (!data_build_run(L, &reading->build))
        return state_reschedule(L, 0, build_continue);
    reading_end(L, reading);
    return succeed(L);
}

static int parsed(lua_State *L, struct reading *reading, bool is_valid, const struct data_error *error)
{
    if (!is_valid || reading->check_only) {
        reading_end(L, reading);
        if (!is_valid)
            return fail(L, reading->format, error->message);
        lua_pushboolean(L, true);
        return 1;
    }
    charge(L, reading, data_tape_size(reading->tape));
    data_build_init(&reading->build, reading->tape);
    return build_continue(L, LUA_OK, 0);
}

/* ---- long texts ---- */

static bool parse(const struct data_format *format, struct data_tape *tape, struct data_error *error)
{
    if (!format->parse(tape, error))
        return false;
    data_tape_trim(tape);
    return true;
}

static void job_work(struct job *job)
{
    struct parse_job *parsing = container_of(job, struct parse_job, job);
    parsing->is_valid = parse(parsing->format, parsing->tape, &parsing->error);
}

static void job_destroy(struct job *job)
{
    struct parse_job *parsing = container_of(job, struct parse_job, job);
    data_tape_free(parsing->tape);
    free(parsing);
}

static int job_done(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    struct parse_job *parsing = container_of(job_of(ctx), struct parse_job, job);
    struct reading *reading = lua_touserdata(L, READ_STATE);
    struct data_error error = parsing->error;
    bool is_valid = parsing->is_valid;
    reading->tape = parsing->tape;
    parsing->tape = NULL;
    job_end(&parsing->job);
    return parsed(L, reading, is_valid, &error);
}

static int parse_long(lua_State *L, struct reading *reading)
{
    struct data_error error;
    if (!state_can_block(L)) {
        bool is_valid = parse(reading->format, reading->tape, &error);
        return parsed(L, reading, is_valid, &error);
    }
    struct parse_job *parsing = memory_zeroed(sizeof *parsing, "a text to parse");
    parsing->job.work = job_work;
    parsing->job.destroy = job_destroy;
    parsing->format = reading->format;
    parsing->tape = reading->tape;
    reading->tape = NULL;
    return job_run(L, &parsing->job, job_done);
}

static int copy_continue(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    struct reading *reading = lua_touserdata(L, READ_STATE);
    struct data_tape *tape = reading->tape;
    const char *text = lua_tostring(L, READ_TEXT);
    while (reading->copied < tape->length) {
        size_t left = tape->length - reading->copied, size = left < COPY_PIECE ? left : COPY_PIECE;
        memcpy(tape->text + reading->copied, text + reading->copied, size);
        reading->copied += size;
        if (string_is_over(L, COPY_WORK))
            return state_reschedule(L, 0, copy_continue);
    }
    lua_pushnil(L); /* the collector may have the text */
    lua_replace(L, READ_TEXT);
    return parse_long(L, reading);
}

/* NULL when memory is out. */
static struct data_tape *new_tape(lua_State *L)
{
    return fault_hit(state_vm(L)->config.fault, FAULT_MALLOC) ? NULL : data_tape_new();
}

static int read_long(lua_State *L, const struct data_format *format, size_t length, bool check_only)
{
    struct reading *reading = reading_new(L, format);
    reading->check_only = check_only;
    reading->tape = new_tape(L);
    if (!reading->tape || !data_tape_set_length(reading->tape, length)) {
        reading_end(L, reading);
        return fail_memory(L);
    }
    charge(L, reading, length);
    return copy_continue(L, LUA_OK, 0);
}

/* ---- short texts ---- */

static const char shelf_key = 0;

static void free_item(struct local_item *item)
{
    data_tape_free(container_of(item, struct data_tape, item));
}

/* The tape of the worker, NULL when memory is out. */
static struct data_tape *shelf_tape(lua_State *L)
{
    struct local_item *item = local_find(L, &shelf_key);
    struct data_tape *tape = item ? container_of(item, struct data_tape, item) : NULL;
    if (tape && (tape->word_room > KEPT_ROOM || tape->string_room > KEPT_ROOM)) {
        local_remove(L, item);
        data_tape_free(tape);
        tape = NULL;
    }
    if (tape || !(tape = new_tape(L)))
        return tape;
    tape->item.key = &shelf_key;
    tape->item.free = free_item;
    local_add(L, &tape->item);
    return tape;
}

/* The slice is over: a struct reading takes over what is on the shelf and on the C stack. */
static int park(lua_State *L, const struct data_format *format, struct data_tape *tape, const struct data_build *build)
{
    struct reading *reading = reading_new(L, format);
    local_remove(L, &tape->item);
    reading->tape = tape;
    reading->build = *build;
    lua_replace(L, READ_STATE);
    charge(L, reading, data_tape_size(tape));
    return state_reschedule(L, 0, build_continue);
}

static int read_short(lua_State *L, const struct data_format *format, size_t length, bool check_only)
{
    struct data_error error;
    struct data_build build;
    struct data_tape *tape = shelf_tape(L);
    if (!tape || !data_tape_set_length(tape, length))
        return fail_memory(L);
    memcpy(tape->text, lua_tostring(L, READ_TEXT), length);
    if (!format->parse(tape, &error))
        return fail(L, format, error.message);
    if (check_only) {
        lua_pushboolean(L, true);
        return 1;
    }
    data_build_init(&build, tape);
    lua_pushnil(L);
    return data_build_run(L, &build) ? succeed(L) : park(L, format, tape, &build);
}

static int read_text(lua_State *L, const struct data_format *format, bool check_only)
{
    lua_settop(L, 1);
    size_t length = lua_rawlen(L, READ_TEXT);
    return length > format->at_once ? read_long(L, format, length, check_only)
                                    : read_short(L, format, length, check_only);
}

int data_read(lua_State *L, const struct data_format *format)
{
    return read_text(L, format, false);
}

int data_check(lua_State *L, const struct data_format *format)
{
    return read_text(L, format, true);
}
