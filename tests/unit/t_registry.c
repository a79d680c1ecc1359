/* SPDX-License-Identifier: MIT */
/* links: host */
/*
 * registry: versions and who keeps them; the module registry over several of them, on more than one worker, while new ones come.
 */
#include <criterion/criterion.h>

#include "host/entry.h"
#include "host/registry.h"
#include "host/value.h"
#include "host/yaml.h"
#include "stdlib/registry.h"
#include "tests/unit/vm_rig.h"

static struct registry *registry;

static struct entry *make(const char *name, const char *data)
{
    struct yaml_error error;
    struct value *value = yaml_parse(data, strlen(data), NULL, &error);
    cr_assert(value, "%s", error.message);
    return entry_new("n", name, strdup("k"), value_new(VALUE_MAP, 0), value, "f.yaml", 1);
}

/* Publishes a version of these and gives up the references. */
static int64_t publish(struct entry **entries, size_t count)
{
    int64_t version = registry_publish(registry, entries, count);
    for (size_t i = 0; i < count; i++)
        entry_free(entries[i]);
    return version;
}

static int64_t publish_one(const char *name, const char *data)
{
    return publish((struct entry *[]){make(name, data)}, 1);
}

/* ---- the store ---- */

Test(registry, nothing_yet)
{
    registry = registry_new(true);
    cr_assert_null(registry_current(registry));
    cr_assert_null(registry_at(registry, 0));
    cr_assert_eq(registry_neighbour(registry, -1, false), -1);
    cr_assert_eq(registry_neighbour(registry, 0, true), -1);
    registry_free(registry);
    registry_free(NULL);
}

Test(registry, an_empty_version)
{
    registry = registry_new(true);
    cr_assert_eq(publish(NULL, 0), 0);
    struct snapshot *snapshot = registry_current(registry);
    cr_assert_null(snapshot_find(snapshot, "n:a"));
    cr_assert_null(snapshot_entry(snapshot, 0));
    snapshot_unref(snapshot);
    registry_free(registry);
}

Test(registry, entries_are_found_and_ordered)
{
    registry = registry_new(true);
    cr_assert_eq(publish((struct entry *[]){make("c", "1"), make("a", "2"), make("b", "3"), make("a.b", "4")}, 4), 0);
    struct snapshot *snapshot = registry_current(registry);
    static const char *const order[] = {"n:a", "n:a.b", "n:b", "n:c"};
    for (size_t i = 0; i < 4; i++) {
        cr_assert_str_eq(snapshot_entry(snapshot, i)->id, order[i]);
        cr_assert_eq(snapshot_find(snapshot, order[i]), snapshot_entry(snapshot, i));
    }
    cr_assert_null(snapshot_entry(snapshot, 4));
    cr_assert_null(snapshot_find(snapshot, "n:"));
    cr_assert_null(snapshot_find(snapshot, "n:d"));
    cr_assert_eq(snapshot_find(snapshot, "n:a")->data->integer, 2);
    snapshot_unref(snapshot);
    registry_free(registry);
}

Test(registry, versions_are_kept)
{
    registry = registry_new(true);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(publish_one("a", "x"), i);
    cr_assert_eq(registry_neighbour(registry, -1, false), 0);
    cr_assert_eq(registry_neighbour(registry, 0, true), -1);
    cr_assert_eq(registry_neighbour(registry, 7, false), 8);
    cr_assert_eq(registry_neighbour(registry, 7, true), 6);
    cr_assert_eq(registry_neighbour(registry, 49, false), -1);
    cr_assert_eq(registry_neighbour(registry, 1000, true), 49);
    struct snapshot *old = registry_at(registry, 20), *current = registry_current(registry);
    cr_assert_eq(snapshot_version(old), 20);
    cr_assert_eq(snapshot_version(current), 49);
    cr_assert(registry_is_current(registry, current) && !registry_is_current(registry, old));
    cr_assert_null(registry_at(registry, 50));
    cr_assert_null(registry_at(registry, -1));
    snapshot_unref(current);
    registry_free(registry);
    cr_assert_str_eq(snapshot_find(old, "n:a")->id, "n:a"); /* who holds it has it */
    snapshot_unref(old);
}

Test(registry, without_history)
{
    registry = registry_new(false);
    publish_one("a", "1");
    struct snapshot *first = registry_current(registry);
    for (int i = 1; i < 10; i++)
        cr_assert_eq(publish_one("a", "2"), i);
    cr_assert_null(registry_at(registry, 0));
    cr_assert_null(registry_at(registry, 8));
    cr_assert_eq(registry_neighbour(registry, -1, false), 9);
    cr_assert_eq(registry_neighbour(registry, 9, true), -1);
    cr_assert_eq(snapshot_find(first, "n:a")->data->integer, 1);
    snapshot_unref(first);
    registry_free(registry);
}

/* ---- the module ---- */

static struct rig rig;
static struct registry_source source;

static void add_program(const char *id, const char *text)
{
    struct code *code;
    struct vm_error error;
    struct code_unit_spec unit = {.id = id,
                                  .source = text,
                                  .source_length = strlen(text),
                                  .modules = (const char *const[]){"registry", "system", NULL}};
    struct code_spec spec = {.method = "main", .units = &unit, .count = 1};
    cr_assert_eq(code_new(rig.vm, &code, &spec, &error), 0, "%s", error.message);
    rig_add_code(&rig, code);
}

static int lua_publish(lua_State *L)
{
    lua_pushinteger(L, publish_one(luaL_checkstring(L, 1), luaL_checkstring(L, 2)));
    return 1;
}

static const struct lazy_entry extra[] = {LAZY_F("publish", lua_publish), LAZY_DONE};

static void open_module(bool keep_history)
{
    registry = registry_new(keep_history);
    publish_one("first", "{x: 1}");
    registry_describe(registry, &source);
    rig_open(&rig, &(struct rig_options){.extra = extra, .workers = 2});
    rig.services->registry = &source;
}

static void close_module(void)
{
    rig_close(&rig);
    registry_free(registry);
}

static void check_program(const char *text)
{
    add_program("t:main", text);
    rig_run(&rig, "t:main");
    cr_assert_str_eq(rig_text(&rig), "ok");
}

Test(registry_module, snapshots_do_not_change)
{
    open_module(true);
    check_program(
        "return function()\n"
        "  local r = registry\n"
        "  local zero = r.snapshot()\n"
        "  assert(zero == r.snapshot(), 'the same object while nothing changes')\n"
        "  assert(publish('second', '{y: 2}') == 1)\n"
        "  local one = r.snapshot()\n"
        "  assert(tostring(zero) == 'registry.Snapshot{version=v0}' and tostring(one) == "
        "'registry.Snapshot{version=v1}')\n"
        "  assert(zero:get('n:first').data.x == 1 and zero:get('n:second') == nil and #zero:entries() == 1)\n"
        "  assert(one:get('n:second').data.y == 2 and one:get('n:first') == nil)\n"
        "  assert(r.get('n:second').data.y == 2 and r.get('n:first') == nil and r.find()[1].id == 'n:second')\n"
        "  assert(r.snapshot_at(1):version():id() == 1)\n"
        "  return 'ok'\n"
        "end");
    close_module();
}

Test(registry_module, versions_are_a_chain)
{
    open_module(true);
    check_program("return function()\n"
                  "  local r = registry\n"
                  "  local start = r.current_version()\n"
                  "  for i = 1, 9 do assert(publish('a', tostring(i)) == i) end\n"
                  "  local all = r.versions()\n"
                  "  assert(#all == 10 and #r.history():versions() == 10)\n"
                  "  for i, v in ipairs(all) do\n"
                  "    assert(v:id() == i - 1 and v:string() == 'v' .. i - 1)\n"
                  "    local p, n = v:previous(), v:next()\n"
                  "    assert((p and p:id()) == (i > 1 and i - 2 or nil) and (n and n:id()) == (i < 10 and i or nil))\n"
                  "    local s = r.history():snapshot_at(v)\n"
                  "    assert(s:version():id() == i - 1 and (i == 1 or s:entries()[1].data == i - 1))\n"
                  "  end\n"
                  "  assert(start:id() == 0 and start:next():id() == 1 and r.current_version():id() == 9)\n"
                  "  assert(r.history():get_version(5):id() == 5 and r.history():get_version(10) == nil)\n"
                  "  return 'ok'\n"
                  "end");
    close_module();
}

Test(registry_module, without_history)
{
    open_module(false);
    check_program(
        "return function()\n"
        "  local r = registry\n"
        "  local zero, v0 = r.snapshot(), r.current_version()\n"
        "  publish('a', '1') publish('b', '2')\n"
        "  assert(#r.versions() == 1 and r.versions()[1]:id() == 2 and r.current_version():previous() == nil)\n"
        "  assert(zero:get('n:first').data.x == 1, 'what is held stays')\n"
        "  local s, err = r.history():snapshot_at(v0)\n"
        "  assert(s == nil and err:kind() == errors.NOT_FOUND and tostring(err) == 'version not found: 0')\n"
        "  assert(select(2, r.snapshot_at(1)):kind() == errors.NOT_FOUND)\n"
        "  zero = nil\n"
        "  system.gc.collect()\n"
        "  return 'ok'\n"
        "end");
    close_module();
}

/* A runtime without one. */
Test(registry_module, not_there)
{
    open_module(true);
    rig.services->registry = NULL;
    check_program(
        "return function()\n"
        "  local r = registry\n"
        "  for _, f in ipairs { r.find, r.snapshot, r.current_version, r.versions, r.history } do\n"
        "    local v, err = f()\n"
        "    assert(v == nil and err:kind() == errors.INTERNAL and tostring(err) == 'registry not available')\n"
        "  end\n"
        "  assert(select(2, r.get('a:b')):kind() == errors.INTERNAL and select(2, r.snapshot_at(1)):kind() == "
        "errors.INTERNAL)\n"
        "  assert(select(2, r.build_delta({}, {})):kind() == errors.INTERNAL)\n"
        "  assert(r.parse_id('a:b').name == 'b')\n"
        "  return 'ok'\n"
        "end");
    close_module();
}

/* Readers on both workers while versions come and go: each sees whole ones only. */
Test(registry_module, readers_and_a_publisher)
{
    open_module(false);
    add_program("t:reader", "return function()\n"
                            "  for i = 1, 300 do\n"
                            "    local s = registry.snapshot()\n"
                            "    local e = s:entries()\n"
                            "    assert(#e == 1 and (e[1].data.x == 1 or e[1].data.v ~= nil))\n"
                            "    assert(s:get(e[1].id).id == e[1].id)\n"
                            "    if i % 10 == 0 then coroutine.yield() end\n"
                            "  end\n"
                            "end");
    check_program("return function()\n"
                  "  local events, n = process.events(), 0\n"
                  "  for i = 1, 8 do assert(process.spawn_monitored('t:reader', 't:h')) end\n"
                  "  for i = 1, 300 do publish('e' .. i % 5, '{v: ' .. i .. '}') coroutine.yield() end\n"
                  "  for i = 1, 8 do\n"
                  "    local e = events:receive()\n"
                  "    assert(e.kind == process.event.EXIT and not e.result.error, tostring(e.result.error))\n"
                  "  end\n"
                  "  return 'ok'\n"
                  "end");
    close_module();
}

/* A big entry is pushed in pieces, and a process that ends meanwhile gives its snapshot back. */
Test(registry_module, large_entries)
{
    open_module(true);
    struct value *list = value_new(VALUE_LIST, 0);
    for (int i = 0; i < 200000; i++) {
        struct value *item = value_new(VALUE_INT, 0);
        item->integer = i;
        value_append(list, item);
    }
    publish((struct entry *[]){entry_new("n", "big", strdup("k"), value_new(VALUE_MAP, 0), list, "f.yaml", 1)}, 1);
    add_program("t:victim", "return function() while true do registry.get('n:big') registry.find() end end");
    check_program("return function()\n"
                  "  local victims = {}\n"
                  "  for i = 1, 4 do victims[i] = assert(process.spawn('t:victim', 't:h')) end\n"
                  "  local others = 0\n"
                  "  coroutine.spawn(function() others = 1 end)\n"
                  "  for i = 1, 3 do\n"
                  "    local big = registry.get('n:big').data\n"
                  "    assert(#big == 200000 and big[1] == 0 and big[200000] == 199999)\n"
                  "    big = registry.find()[1].data\n"
                  "    assert(#big == 200000 and big[1] == 0 and big[200000] == 199999)\n"
                  "    coroutine.yield()\n"
                  "  end\n"
                  "  for _, v in ipairs(victims) do process.terminate(v) end\n"
                  "  return 'ok'\n"
                  "end");
    close_module();
}
