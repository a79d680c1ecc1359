/* SPDX-License-Identifier: MIT */
/* links: host */
/* env and envstore: what names mean, where values come from, what is reported about definitions, how files are made. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/entry.h"
#include "host/env.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "host/yaml.h"
#include "stdlib/env.h"
#include "vm/error.h"
#include "vm/vm.h"

static struct entries entries;
static struct problems problems;
static struct env *env;
static char directory[64];

/* Entries of namespace a from a YAML map name -> {kind, data}; kinds without their "env.". */
static void open_env(const char *yaml)
{
    struct yaml_error error;
    struct value *map = yaml_parse(yaml, strlen(yaml), NULL, &error);
    cr_assert(map, "%u: %s", error.line, error.message);
    for (size_t i = 0; i < map->map.count; i++) {
        struct value *item = map->map.pairs[i].value;
        struct value *kind = value_remove(item, "kind");
        struct entry *entry =
            entry_new("a", map->map.pairs[i].key, text_format("env.%s", kind ? kind->string.data : "variable"),
                      value_new(VALUE_MAP, 1), value_copy(item), "f.yaml", map->map.pairs[i].line);
        value_free(kind);
        cr_assert(entries_add(&entries, entry));
    }
    value_free(map);
    env = env_new(&entries, &problems);
}

static void enter_directory(void)
{
    strcpy(directory, "/tmp/t_env_XXXXXX");
    cr_assert(mkdtemp(directory) && !chdir(directory));
}

static void leave(void)
{
    char command[128];
    env_free(env);
    entries_free(&entries);
    problems_free(&problems);
    snprintf(command, sizeof command, "rm -rf '%s'", directory);
    cr_assert(!chdir("/") && !system(command));
}

TestSuite(env, .init = enter_directory, .fini = leave);

static void check_lookup(const char *name, const char *expected)
{
    struct text text = {0};
    struct entry from = {.id = (char *)"a:caller"};
    enum env_result result = env_lookup(env, &from, name, &text);
    cr_assert_eq(result, expected ? ENV_FOUND : ENV_EMPTY, "%s: %d", name, result);
    cr_assert_str_eq(text_string(&text), expected ? expected : "");
    text_free(&text);
}

static void check_unknown(const char *name)
{
    struct text text = {0};
    struct entry from = {.id = (char *)"a:caller"};
    cr_assert_eq(env_lookup(env, &from, name, &text), ENV_UNKNOWN);
    cr_assert_eq(text.length, 0);
}

static int set(const char *name, const char *value, bool may_block, struct vm_error *error)
{
    const struct env_source *source = env_source(env);
    struct env_key key = {.text = name, .length = strlen(name), .caller = "a:caller"};
    return source->set(source->ctx, &key, value, strlen(value), may_block, error);
}

static void check_set(const char *name, const char *value)
{
    struct vm_error error = {.message = ""};
    cr_assert_eq(set(name, value, true, &error), 0, "%s", error.message);
}

static void check_refused(const char *name, const char *value, const char *kind, const char *text)
{
    struct vm_error error = {.kind = "none"};
    cr_assert_eq(set(name, value, true, &error), -1);
    cr_assert_str_eq(error.kind, kind);
    cr_assert(strstr(error.message, text), "%s", error.message);
}

static void check_problem(const char *text)
{
    for (size_t i = 0; i < problems.count; i++)
        if (strstr(problems.items[i].text, text))
            return;
    cr_assert_fail("no problem says %s", text);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    cr_assert(file && fputs(text, file) >= 0 && !fclose(file));
}

static const char *read_file(const char *path)
{
    static char text[4096];
    FILE *file = fopen(path, "r");
    cr_assert(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

Test(env, names)
{
    open_env("s: {kind: storage.static, values: {ONE: first, two: second}}\n"
             "one: {variable: ONE, storage: s}\n"
             "two: {storage: 'a:s'}\n");
    check_lookup("ONE", "first");
    check_lookup("one", "first");
    check_lookup("a:one", "first");
    check_lookup("two", "second");
    check_lookup("a:two", "second");
    check_unknown("TWO");
    check_unknown("b:one");
    check_unknown("s");
    check_unknown("");
    check_unknown(":");
    cr_assert_eq(problems.count, 0);
}

Test(env, public_names_come_first)
{
    open_env("s: {kind: storage.static, values: {x: by name, y: by entry}}\n"
             "other: {variable: x, storage: s}\n"
             "x: {storage: s, variable: y}\n");
    check_lookup("x", "by name");
    check_lookup("a:x", "by entry");
}

Test(env, values_and_defaults)
{
    setenv("T_ENV_OS", "from the system", 1);
    setenv("T_ENV_EMPTY", "", 1);
    open_env("o: {kind: storage.os}\n"
             "s: {kind: storage.static, values: {N: -3, F: 0.1, E: 1e300, B: false, NULL: ~, EMPTY: ''}}\n"
             "a: {variable: T_ENV_OS, storage: o}\n"
             "b: {variable: T_ENV_EMPTY, storage: o, default: 5}\n"
             "c: {variable: T_ENV_NONE, storage: o}\n"
             "n: {variable: N, storage: s}\nf: {variable: F, storage: s}\ne: {variable: E, storage: s}\n"
             "bo: {variable: B, storage: s, default: yes}\nnu: {variable: 'NULL', storage: s, default: 1.5}\n"
             "em: {variable: EMPTY, storage: s, default: ''}\n");
    check_lookup("T_ENV_OS", "from the system");
    check_lookup("T_ENV_EMPTY", "5");
    check_lookup("T_ENV_NONE", NULL);
    check_lookup("N", "-3");
    check_lookup("F", "0.1");
    check_lookup("E", "1e+300");
    check_lookup("B", "false");
    check_lookup("NULL", "1.5");
    check_lookup("EMPTY", NULL);
}

Test(env, definitions_that_are_wrong)
{
    open_env("s: {kind: storage.static, values: {L: [1], A: ok}}\n"
             "s2: {kind: storage.static, values: text}\n"
             "f: {kind: storage.file}\n"
             "f2: {kind: storage.file, file_path: 5}\n"
             "f3: {kind: storage.file, file_path: x, file_mode: 9999, dir_mode: 'rwx', auto_create: maybe}\n"
             "r: {kind: storage.router}\n"
             "r2: {kind: storage.router, storages: s}\n"
             "r3: {kind: storage.router, storages: [nobody, v1, r3, 7]}\n"
             "v1: {variable: 'bad name', storage: s}\n"
             "v2: {variable: SAME, storage: s}\n"
             "v3: {variable: SAME, storage: s, default: three}\n"
             "v4: {variable: LIST, storage: s, default: [1], readonly: 1}\n"
             "v5: {variable: NO_STORE}\n"
             "v6: {variable: WRONG_STORE, storage: v5}\n"
             "v7: {variable: '', storage: s}\n"
             "v8: {variable: A, storage: s2}\n");
    static const char *const expected[] = {
        "a:s: values.L must be a text, number or boolean, not a list",
        "a:s2: values must be a map",
        "a:f: file_path is missing",
        "a:f2: file_path must be the path of a file",
        "a:f3: file_mode must be permission bits like 0644; 0644 is used",
        "a:f3: dir_mode must be permission bits like 0644; 0755 is used",
        "a:f3: auto_create must be true or false, not a string",
        "a:r: storages names no storage",
        "a:r2: storages must be a list of ids",
        "a:r3: storages: nobody is no env.storage",
        "a:r3: storages: v1 is no env.storage",
        "a:r3: storages: r3 leads back here",
        "a:r3: storages: an integer is no env.storage",
        "a:r3: storages names no storage",
        "a:v1: variable must be a name of letters, digits and _",
        "a:v3: variable SAME is the name of a:v2 already",
        "a:v4: default must be a text, number or boolean, not a list",
        "a:v4: readonly must be true or false",
        "a:v5: storage is missing",
        "a:v6: storage: v5 is no env.storage",
        "a:v7: variable must be a name",
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++)
        check_problem(expected[i]);
    cr_assert_eq(problems.count, sizeof expected / sizeof expected[0]);
    check_unknown("bad name");
    check_unknown("v1");
    check_lookup("SAME", NULL);
    check_lookup("v3", "three");
    check_lookup("A", NULL);
    check_refused("A", "x", ERROR_PERMISSION_DENIED, "a:s2 is read-only");
}

Test(env, routers)
{
    open_env("m: {kind: storage.memory}\ns: {kind: storage.static, values: {X: static, Y: static}}\n"
             "r: {kind: storage.router, storages: [inner, s]}\n"
             "inner: {kind: storage.router, storages: [m, m2, r]}\n"
             "m2: {kind: storage.memory}\n"
             "x: {variable: X, storage: r}\ny: {variable: Y, storage: m2}\ny2: {variable: Y2, storage: inner}\n");
    check_lookup("X", "static");
    check_set("X", "mine");
    check_lookup("X", "mine");
    check_set("X", "");
    check_lookup("X", "static");
    check_lookup("Y", NULL);
    check_lookup("Y2", NULL);
    cr_assert_eq(problems.count, 0); /* a circle through another router is harmless: nothing is looked at twice */
}

/* A deep chain, and one with two ways at every step: each storage is looked at once. */
Test(env, many_routers)
{
    struct text yaml = {0};
    text_add_string(&yaml, "s: {kind: storage.static, values: {X: found}}\nx: {variable: X, storage: r0}\n");
    for (int i = 0; i < 40; i++)
        text_printf(&yaml, "r%d: {kind: storage.router, storages: [%s%d, %s%d]}\n", i, i < 39 ? "r" : "s", i + 1,
                    i < 39 ? "r" : "s", i + 1);
    text_add_string(&yaml, "s40: {kind: storage.static, values: {X: found}}\n");
    open_env(text_string(&yaml));
    text_free(&yaml);
    check_lookup("X", "found");
}

Test(env, files_are_read)
{
    write_file(".env", "A=1 # one\nB='2'\nEMPTY=\n");
    write_file("large", "");
    cr_assert_eq(truncate("large", 300000), 0);
    open_env(
        "f: {kind: storage.file, file_path: .env}\nlarge: {kind: storage.file, file_path: large}\n"
        "none: {kind: storage.file, file_path: no/such}\ndir: {kind: storage.file, file_path: .}\n"
        "a: {variable: A, storage: f}\nb: {variable: B, storage: f}\ne: {variable: EMPTY, storage: f, default: d}\n"
        "l: {variable: L, storage: large, default: d}\nn: {variable: N, storage: none, default: d}\n"
        "x: {variable: X, storage: dir, default: d}\n");
    check_lookup("A", "1");
    check_lookup("B", "'2'");
    check_lookup("EMPTY", "d");
    check_lookup("N", "d");
    check_lookup("L", NULL);
    check_lookup("X", NULL);
    check_problem("a:large: large cannot be read: it is larger than 256 KB");
    check_problem("a:dir: . cannot be read: Is a directory");
    cr_assert_eq(problems.count, 2);
    check_refused("N", "x", ERROR_INTERNAL, "no/such does not exist, and auto_create is off");
    check_refused("L", "x", ERROR_INTERNAL, "larger than 256 KB");
}

Test(env, files_are_written)
{
    struct vm_error error;
    struct stat st;
    write_file("real.env", "# head\nA = 1   # one\nB=2\n");
    cr_assert(!chmod("real.env", 0640) && !symlink("real.env", ".env"));
    umask(0);
    open_env("f: {kind: storage.file, file_path: .env}\n"
             "new: {kind: storage.file, file_path: x/y/z.env, auto_create: true, file_mode: '0600', dir_mode: 0750}\n"
             "a: {variable: A, storage: f}\nb: {variable: B, storage: f}\nc: {variable: C, storage: f}\n"
             "n: {variable: N, storage: new}\n");
    cr_assert_eq(set("A", "x", false, &error), -EAGAIN);
    cr_assert_str_eq(read_file(".env"), "# head\nA = 1   # one\nB=2\n");
    check_set("A", "x");
    check_set("C", "new");
    check_lookup("A", "x");
    check_lookup("C", "new");
    cr_assert_str_eq(read_file("real.env"), "# head\nA = x   # one\nB=2\nC=new\n");
    cr_assert(!lstat(".env", &st) && S_ISLNK(st.st_mode));
    cr_assert(!stat("real.env", &st) && (st.st_mode & 0777) == 0640);
    write_file("real.env", "B=from outside\n");
    check_set("A", "y");
    cr_assert_str_eq(read_file("real.env"), "B=from outside\nA=y\n");
    check_lookup("B", "from outside");
    check_set("N", "1");
    cr_assert_str_eq(read_file("x/y/z.env"), "N=1\n");
    cr_assert(!stat("x/y/z.env", &st) && (st.st_mode & 0777) == 0600);
    cr_assert(!stat("x/y", &st) && (st.st_mode & 0777) == 0750);
    check_refused("A", "a#b", ERROR_INVALID, "variable A: the value holds");
    cr_assert_str_eq(read_file("real.env"), "B=from outside\nA=y\n");
}

Test(env, failed_writes_change_nothing)
{
    write_file("blocked", "A=1\n");
    cr_assert(!mkdir("d", 0755));
    write_file("d/f.env", "A=1\n");
    open_env("f: {kind: storage.file, file_path: d/f.env}\n"
             "in: {kind: storage.file, file_path: blocked/x.env, auto_create: true}\n"
             "a: {variable: A, storage: f}\nb: {variable: B, storage: in}\n");
    check_refused("B", "x", ERROR_INTERNAL, "blocked/x.env cannot be");
    if (geteuid() == 0)
        return; /* root may write everywhere */
    cr_assert(!chmod("d", 0555));
    check_refused("A", "2", ERROR_INTERNAL, "d/f.env cannot be written: Permission denied");
    cr_assert_str_eq(read_file("d/f.env"), "A=1\n");
    check_lookup("A", "1");
    cr_assert(!chmod("d", 0755));
}
