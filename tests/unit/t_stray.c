/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Messages that meet a reused slot: they are in the mailbox of another process than they name. */
#include <criterion/criterion.h>
#include <lauxlib.h>

#include "tests/unit/vm_rig.h"
#include "vm/message.h"
#include "vm/pid.h"
#include "vm/process_struct.h"
#include "vm/relation.h"
#include "vm/slot.h"
#include "vm/state.h"

enum { ID = 4711 };

/* Another user of that slot. */
static uint64_t former_of(uint64_t pid)
{
    return pid_make(pid_host(pid), pid_generation(pid) + 1, pid_slot(pid));
}

static uint64_t check_pid(lua_State *L, int index)
{
    size_t length;
    const char *text = luaL_checklstring(L, index, &length);
    return (uint64_t)process_parse_pid(state_vm(L), text, length);
}

/*
 * stray(kind, from): sends such a message to itself. It is still in the mailbox when it gets another target: nobody but this slice takes it out.
 */
static int stray(lua_State *L)
{
    struct process *process = state_process(L);
    enum message_kind kind = (enum message_kind)luaL_checkinteger(L, 1);
    uint64_t from = lua_isnoneornil(L, 2) ? process->pid : check_pid(L, 2);
    struct message *message = message_new(kind, from, "raw", 3, "\1\7", 2);
    message->id = ID;
    if (slot_send(process->vm->slots, process->vm->sched, process->pid, message) != 0)
        return luaL_error(L, "not sent");
    message->target = former_of(process->pid);
    return 0;
}

/* relate(set, pid): is related to the former of `pid` in the set "monitors" or "links", by the number of a stray. */
static int relate(lua_State *L)
{
    struct process *process = state_process(L);
    bool is_link = luaL_checkstring(L, 1)[0] == 'l';
    relation_put(is_link ? &process->links : &process->monitors, former_of(check_pid(L, 2)), ID);
    return 0;
}

static int relations(lua_State *L)
{
    struct process *process = state_process(L);
    lua_pushinteger(L, relation_count(&process->links) + relation_count(&process->monitors) +
                           relation_count(&process->watchers));
    return 1;
}

/* Bytes and messages that count in the limits. */
static int counted(lua_State *L)
{
    lua_pushinteger(L, (lua_Integer)atomic_load(&state_process(L)->slot->queued));
    return 1;
}

static const struct lazy_entry extra[] = {LAZY_F("stray", stray), LAZY_F("relate", relate),
                                          LAZY_F("relations", relations), LAZY_F("counted", counted), LAZY_DONE};

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){.extra = extra});
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(stray, .init = open_rig, .fini = close_rig);

static void check(const char *body)
{
    char source[2000];
    snprintf(
        source, sizeof source,
        "return function()\n"
        "  local USER, CANCEL, TERMINATE, KILL, MONITOR, LINK = %d, %d, %d, %d, %d, %d\n"
        "  local me, inbox, events, raw = process.pid(), process.inbox(), process.events(), process.listen('raw')\n"
        "  local function nothing(...)\n"
        "    for _, ch in ipairs({...}) do assert(channel.select({ch:case_receive(), default = true}).default) end\n"
        "  end\n"
        "  %s\n"
        "  return 'ok'\n"
        "end",
        MESSAGE_USER, MESSAGE_CANCEL, MESSAGE_TERMINATE, MESSAGE_KILL, MESSAGE_MONITOR, MESSAGE_LINK, body);
    rig_add(&rig, "t:main", source);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

Test(stray, alone_it_reaches_nobody_and_counts_no_more)
{
    check("stray(USER) assert(counted() > 0)\n"
          "nothing(raw, inbox, events) assert(counted() == 0)\n"
          "stray(CANCEL) nothing(events) assert(counted() == 0)");
}

Test(stray, those_around_it_arrive)
{
    check("process.send(me, 'raw', 1) stray(USER) process.send(me, 'raw', 2) stray(USER)\n"
          "assert(raw:receive() == 1 and raw:receive() == 2)\n"
          "nothing(raw)");
}

Test(stray, who_waits_goes_on_waiting)
{
    check("local got\n"
          "coroutine.spawn(function() got = raw:receive() end)\n"
          "stray(USER) nothing(inbox) coroutine.yield() assert(got == nil)\n"
          "process.send(me, 'raw', 5) nothing(inbox) coroutine.yield() assert(got == 5)");
}

Test(stray, a_slice_that_begins_with_it_parks_again)
{
    check("local time = require('time')\n"
          "for _, kind in ipairs({USER, KILL, TERMINATE}) do stray(kind) time.sleep('2ms') end\n"
          "nothing(raw, inbox, events) assert(counted() == 0)");
}

Test(stray, a_request_is_answered_in_the_name_of_the_former)
{
    check("relate('monitors', me) stray(MONITOR)\n"
          "local event = events:receive()\n"
          "assert(event.kind == 'pid.exit' and event.from ~= me and event.result.error)\n"
          "relate('links', me) local before = relations() stray(LINK) nothing(inbox) nothing(inbox)\n"
          "assert(relations() == before - 1)");
}

/* The monitor is that of the parent, who waits for an answer. */
Test(stray, a_request_is_answered_also_by_who_ends)
{
    char source[200];
    snprintf(source, sizeof source, "return function(parent) process.inbox():receive() stray(%d, parent) end",
             MESSAGE_MONITOR);
    rig_add(&rig, "t:child", source);
    check("local child = assert(process.spawn('t:child', 't:h', me))\n"
          "relate('monitors', child) process.send(child, 'go')\n"
          "local event = events:receive()\n"
          "assert(event.kind == 'pid.exit' and event.from ~= child and event.result.error)");
}

/* Also when the process ends before it looks. */
Test(stray, what_is_left_at_the_end_counts_no_more)
{
    check("process.send(me, 'raw', 1) stray(USER) stray(KILL) stray(CANCEL)");
    struct slot *slot = slot_at(rig.vm->slots, pid_slot(rig.last.pid));
    cr_assert_eq(atomic_load(&slot->queued), 0);
}
