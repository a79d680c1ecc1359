/* SPDX-License-Identifier: MIT */
/* links: stdlib */
#include <criterion/criterion.h>

#include "tests/unit/vm_rig.h"
#include "vm/names.h"
#include "vm/pid.h"
#include "vm/process_struct.h"
#include "vm/slot.h"

static struct rig rig;

static void open_rig(void)
{
    rig_open(&rig, &(struct rig_options){0});
    rig_add(&rig, "t:idle", "return function() process.events():receive() end");
    rig_add(&rig, "t:named",
            "return function(...)\n"
            "  for _, name in ipairs{...} do assert(process.registry.register(name)) end\n"
            "  process.inbox():receive()\n"
            "end");
}

static void close_rig(void)
{
    rig_close(&rig);
}

TestSuite(names, .init = open_rig, .fini = close_rig);

static void check(const char *source)
{
    rig_add(&rig, "t:main", source);
    const struct rig_result *r = rig_run(&rig, "t:main");
    cr_assert_not(r->failed, "%s", rig_text(&rig));
    cr_assert_str_eq(rig_text(&rig), "ok");
}

/* A process that stays, made by C. */
static void spawn_idle(struct native *native, void *ctx)
{
    struct vm_error error;
    struct native_spawn spawn = {.code = rig.codes[0], .host = rig.host};
    (void)ctx;
    cr_assert_eq(native_spawn(native, &spawn, NULL, &error), 0);
}

static void keep_pid(void *ctx, const struct process_info *info)
{
    *(uint64_t *)ctx = info->pid;
}

static uint64_t idle_pid(void)
{
    uint64_t pid = 0;
    rig_call(&rig, spawn_idle, NULL);
    process_visit(rig.vm, "t:h", keep_pid, &pid);
    cr_assert_neq(pid, 0);
    return pid;
}

static enum names_answer add(const char *name, uint64_t pid)
{
    return names_register(rig.vm, name, strlen(name), pid);
}

static uint64_t lookup(const char *name)
{
    return names_lookup(rig.vm->names, name, strlen(name));
}

static bool drop(const char *name)
{
    return names_unregister(rig.vm, name, strlen(name));
}

Test(names, register_lookup_unregister)
{
    uint64_t pid = idle_pid();
    cr_assert_eq(lookup("a"), 0);
    cr_assert_not(drop("a"));
    cr_assert_eq(add("a", pid), NAMES_OK);
    cr_assert_eq(add("a", pid), NAMES_OK, "again for the same process");
    cr_assert_eq(lookup("a"), pid);
    cr_assert_eq(process_lookup_name(rig.vm, "a", 1), pid);
    cr_assert(drop("a"));
    cr_assert_not(drop("a"));
    cr_assert_eq(lookup("a"), 0);
}

Test(names, nobody_gets_no_name)
{
    uint64_t pid = idle_pid();
    cr_assert_eq(add("a", 0), NAMES_DEAD);
    cr_assert_eq(add("a", pid ^ (uint64_t)1 << 30), NAMES_DEAD, "another generation");
    cr_assert_eq(add("a", native_pid(rig.native)), NAMES_DEAD, "actors have no names");
    cr_assert_eq(lookup("a"), 0);
}

static struct process *process_of(uint64_t pid)
{
    return atomic_load(&slot_at(rig.vm->slots, pid_slot(pid))->owner);
}

/* Between names_close and the end of its PID a process can still be found, but gets no name any more: nobody would take it away. */
Test(names, closed_gets_no_name)
{
    uint64_t pid = idle_pid();
    names_close(process_of(pid));
    cr_assert_eq(add("a", pid), NAMES_DEAD);
    cr_assert_eq(lookup("a"), 0);
}

Test(names, closed_with_names_gets_no_more)
{
    uint64_t pid = idle_pid();
    cr_assert_eq(add("a", pid), NAMES_OK);
    names_close(process_of(pid));
    cr_assert_eq(lookup("a"), 0);
    cr_assert_eq(add("a", pid), NAMES_DEAD);
    cr_assert_eq(lookup("a"), 0);
}

/* As when the slot gets its next user just after it was found by the PID of the last: that one's owner is not this one's. */
Test(names, the_next_user_of_a_slot_gets_no_name_of_the_last)
{
    uint64_t pid = idle_pid(), last = pid ^ (uint64_t)1 << 30;
    struct slot *slot = slot_at(rig.vm->slots, pid_slot(pid));
    cr_assert_eq(pid_slot(last), pid_slot(pid));
    atomic_store(&slot->pid, last);
    enum names_answer answer = add("a", last);
    atomic_store(&slot->pid, pid);
    cr_assert_eq(answer, NAMES_DEAD);
    cr_assert_eq(lookup("a"), 0);
    cr_assert_eq(add("a", pid), NAMES_OK);
}

Test(names, texts_of_any_bytes)
{
    uint64_t pid = idle_pid();
    static char large[100000];
    memset(large, 'x', sizeof large);
    cr_assert_eq(names_register(rig.vm, "a\0b", 3, pid), NAMES_OK);
    cr_assert_eq(names_lookup(rig.vm->names, "a\0b", 3), pid);
    cr_assert_eq(names_lookup(rig.vm->names, "a\0c", 3), 0);
    cr_assert_eq(lookup("a"), 0);
    cr_assert_eq(names_register(rig.vm, large, sizeof large, pid), NAMES_OK);
    cr_assert_eq(names_lookup(rig.vm->names, large, sizeof large), pid);
    cr_assert_eq(names_lookup(rig.vm->names, large, sizeof large - 1), 0);
}

Test(names, thousands)
{
    enum { COUNT = 5000 };
    uint64_t pid = idle_pid();
    char name[20];
    for (unsigned i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(add(name, pid), NAMES_OK);
    }
    for (unsigned i = 0; i < COUNT; i += 2) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert(drop(name));
    }
    for (unsigned i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(lookup(name), i % 2 ? pid : 0);
    }
    process_send_terminate(rig.vm, pid);
    RIG_UNTIL(vm_host_live(rig.host) == 0);
    for (unsigned i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "n%u", i);
        cr_assert_eq(lookup(name), 0);
    }
    cr_assert_eq(add("n1", pid), NAMES_DEAD);
}

Test(names, taken_by_another)
{
    check("return function()\n"
          "  local pid = process.spawn('t:idle', 't:h')\n"
          "  assert(process.registry.register('x', pid))\n"
          "  local ok, err = process.registry.register('x')\n"
          "  assert(not ok and err:kind() == errors.ALREADY_EXISTS)\n"
          "  assert(process.registry.lookup('x') == pid)\n"
          "  return 'ok'\n"
          "end");
}

/* Who has seen EXIT can register the name at once. */
Test(names, gone_before_anybody_hears_of_the_exit)
{
    check("return function()\n"
          "  local events = process.events()\n"
          "  for i = 1, 200 do\n"
          "    local pid = process.spawn_monitored('t:named', 't:h', 'x', 'y', 'z')\n"
          "    while not process.registry.lookup('z') do coroutine.yield() require('time').sleep('10us') end\n"
          "    process.send('y', 'go')\n"
          "    assert(events:receive().from == pid)\n"
          "    assert(not process.registry.lookup('x'))\n"
          "    assert(process.registry.register('x') and process.registry.unregister('x'))\n"
          "  end\n"
          "  return 'ok'\n"
          "end");
}

/* Names given to processes that are ending: refused or taken away, never left. */
Test(names, registering_for_the_dying)
{
    rig_add(&rig, "t:brief", "return function() end");
    check("return function()\n"
          "  local events = process.events()\n"
          "  for i = 1, 500 do\n"
          "    local pid = process.spawn_monitored('t:brief', 't:h')\n"
          "    for j = 1, i % 7 do coroutine.yield() end\n"
          "    process.registry.register('n' .. i, pid)\n"
          "    if i % 5 == 0 then process.registry.unregister('n' .. i) end\n"
          "  end\n"
          "  for i = 1, 500 do events:receive() end\n"
          "  for i = 1, 500 do assert(not process.registry.lookup('n' .. i), i) end\n"
          "  return 'ok'\n"
          "end");
}
