/* SPDX-License-Identifier: MIT */
/* links: host */
/* definitions, link, walk, lockfile, module and entry: a directory of files becomes a table of entries; what is wrong is named. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/configuration.h"
#include "host/definitions.h"
#include "host/entry.h"
#include "host/lockfile.h"
#include "host/module.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"

struct project {
    char root[64];
    struct entries entries;
    struct problems problems;
};

static void make(struct project *project)
{
    *project = (struct project){.root = "/tmp/moonlet_definitions_XXXXXX"};
    cr_assert(mkdtemp(project->root));
}

/* Writes a file below the project, making its directories. */
static void put(struct project *project, const char *path, const char *content)
{
    char *full = text_format("%s/%s", project->root, path);
    for (char *slash = strchr(full + strlen(project->root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "w");
    cr_assert(file, "%s: %s", full, strerror(errno));
    fputs(content, file);
    fclose(file);
    free(full);
}

static void load(struct project *project, const char *skip)
{
    char *source = text_format("%s/src", project->root);
    cr_assert_eq(definitions_load(&project->entries, source, skip, &project->problems), 0);
    free(source);
}

static void drop(struct project *project)
{
    entries_free(&project->entries);
    problems_free(&project->problems);
    char *command = text_format("rm -r %s", project->root);
    cr_assert_eq(system(command), 0);
    free(command);
}

/* Exactly one problem, holding all parts. */
static void check_problem(struct project *project, const char *first, const char *second)
{
    cr_assert_eq(project->problems.count, 1, "%zu problems, last: %s", project->problems.count,
                 project->problems.count ? project->problems.items[project->problems.count - 1].text : "");
    const char *text = project->problems.items[0].text;
    cr_assert(strstr(text, first), "'%s' lacks '%s'", text, first);
    cr_assert(strstr(text, second), "'%s' lacks '%s'", text, second);
}

Test(definitions, forms_meta_and_data)
{
    struct project p;
    make(&p);
    put(&p, "src/_index.yaml",
        "version: '1.0'\nnamespace: app.core\nmeta: {owner: me, tier: 1}\nentries:\n"
        "  - name: one\n    kind: x.y\n    meta: {tier: 2}\n    a: 1\n    b: two\n"
        "  - {name: two.b-c_d, kind: x.y, data: [1, 2], other: dropped}\n");
    put(&p, "src/deep/er/single.yml", "version: 1\nnamespace: solo\nname: s\nkind: k\nmeta: {m: 1}\nv: 5\n");
    put(&p, "src/data.json", "{\"namespace\": \"js\", \"entries\": [{\"name\": \"j\", \"kind\": \"k\", \"n\": 7}]}");
    put(&p, "src/empty.yaml", "namespace: nothing\nentries:\n");
    put(&p, "src/other.yaml", "name: x\nkind: y\n");
    put(&p, "src/readme.txt", "namespace: [");
    load(&p, NULL);
    cr_assert_eq(p.problems.count, 0, "%s", p.problems.count ? p.problems.items[0].text : "");
    cr_assert_eq(p.entries.count, 4);
    struct entry *one = entries_find(&p.entries, "app.core:one");
    cr_assert_str_eq(one->kind, "x.y");
    cr_assert_str_eq(entry_name(one), "one");
    cr_assert_eq(value_get(one->meta, "tier")->integer, 2);
    cr_assert_str_eq(value_get_string(one->meta, "owner"), "me");
    cr_assert_eq(one->data->map.count, 2);
    cr_assert_eq(one->line, 5);
    cr_assert_eq(entries_find(&p.entries, "app.core:two.b-c_d")->data->list.count, 2);
    struct entry *single = entries_find(&p.entries, "solo:s");
    cr_assert_eq(single->data->map.count, 1);
    cr_assert_eq(value_get(single->meta, "m")->integer, 1);
    cr_assert_eq(value_get(entries_find(&p.entries, "js:j")->data, "n")->integer, 7);
    cr_assert_eq(entries_resolve(&p.entries, one, "two.b-c_d"), entries_find(&p.entries, "app.core:two.b-c_d"));
    cr_assert_eq(entries_resolve(&p.entries, one, "solo:s"), single);
    cr_assert_null(entries_resolve(&p.entries, one, "s"));
    drop(&p);
}

Test(definitions, order_is_that_of_paths)
{
    struct project p;
    make(&p);
    put(&p, "src/b/_index.yaml", "namespace: b\nentries: [{name: x, kind: k}, {name: a, kind: k}]\n");
    put(&p, "src/z.yaml", "namespace: z\nname: q\nkind: k\n");
    put(&p, "src/a/_index.yaml", "namespace: a\nentries: [{name: x, kind: k}]\n");
    load(&p, NULL);
    static const char *const order[] = {"z:q", "a:x", "b:x", "b:a"};
    cr_assert_eq(p.entries.count, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_str_eq(p.entries.items[i]->id, order[i]);
        cr_assert_eq(entries_index(&p.entries, p.entries.items[i]), i);
    }
    drop(&p);
}

Test(definitions, skipped_directories)
{
    struct project p;
    make(&p);
    put(&p, "src/node_modules/x.yaml", "namespace: a\nname: x\nkind: k\n");
    put(&p, "src/deep/old/x.yaml", "namespace: b\nname: x\nkind: k\n");
    put(&p, "src/older/x.yaml", "namespace: c\nname: x\nkind: k\n");
    put(&p, "src/tmp/x.yaml", "namespace: d\nname: x\nkind: k\n");
    load(&p, "tmp, old");
    cr_assert_eq(p.entries.count, 1);
    cr_assert_str_eq(p.entries.items[0]->id, "c:x");
    drop(&p);
}

Test(definitions, links_are_read)
{
    struct project p;
    make(&p);
    put(&p, "src/top.lua", "top");
    put(&p, "src/app/a.lua", "return 1\n");
    put(&p, "src/app/_index.yaml",
        "namespace: app\nentries:\n  - name: a\n    kind: k\n    source: file://a.lua\n    list: [file://./a.lua, {x: "
        "'file:///top.lua'}]\n    meta: {doc: file://../top.lua}\n    plain: see file://a.lua\n");
    load(&p, NULL);
    cr_assert_eq(p.problems.count, 0, "%s", p.problems.count ? p.problems.items[0].text : "");
    struct entry *a = entries_find(&p.entries, "app:a");
    cr_assert_str_eq(value_get_string(a->data, "source"), "return 1\n");
    cr_assert(strstr(value_get(a->data, "source")->string.origin, "/src/app/a.lua"));
    cr_assert_str_eq(value_string(value_get(a->data, "list")->list.items[0]), "return 1\n");
    cr_assert_str_eq(value_get_string(value_get(a->data, "list")->list.items[1], "x"), "top");
    cr_assert_str_eq(value_get_string(a->meta, "doc"), "top");
    cr_assert_str_eq(value_get_string(a->data, "plain"), "see file://a.lua");
    drop(&p);
}

Test(definitions, links_stay_inside)
{
    static const char *const links[] = {"file://../../secret", "file:///../secret", "file://out/secret", "file://out"};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        struct project p;
        make(&p);
        put(&p, "secret", "s3cr3t");
        put(&p, "src/app/keep.lua", "");
        char *link = text_format("%s/src/app/out", p.root);
        cr_assert_eq(symlink(i == 3 ? "../../secret" : "../..", link), 0);
        free(link);
        char *yaml = text_format(
            "namespace: app\nentries:\n  - name: a\n    kind: k\n    source: %s\n  - {name: b, kind: k}\n", links[i]);
        put(&p, "src/app/_index.yaml", yaml);
        free(yaml);
        load(&p, NULL);
        check_problem(&p, "src/app/_index.yaml:5: entry app:a: file://",
                      i < 2 ? "leaves the source directory" : "leads out of");
        cr_assert_eq(p.entries.count, 1);
        drop(&p);
    }
}

/* One bad file or entry beside a good one: the good one is there, the problem names file and line. */
static void check_bad(const char *yaml, const char *first, const char *second)
{
    struct project p;
    make(&p);
    put(&p, "src/good.yaml", "namespace: good\nname: g\nkind: k\n");
    put(&p, "src/bad.yaml", yaml);
    load(&p, NULL);
    cr_assert(entries_find(&p.entries, "good:g"));
    check_problem(&p, first, second);
    drop(&p);
}

Test(definitions, bad_input_is_named)
{
    check_bad("namespace: x\nentries: [\n", "src/bad.yaml:3: column", "the file is ignored");
    check_bad("namespace: x\nentries:\n  - kind: k\n", "src/bad.yaml:3: an entry of namespace x", "no name");
    check_bad("namespace: x\nentries:\n  - name: n\n", "src/bad.yaml:3: an entry of namespace x (n)", "no kind");
    check_bad("namespace: x\nentries:\n  - {name: 5, kind: k}\n", "src/bad.yaml:3:", "a name that is no text");
    check_bad("namespace: x\nentries:\n  - text\n", "src/bad.yaml:3:", "is no map");
    check_bad("namespace: x\nentries: 5\n", "src/bad.yaml:2:", "is an integer, not a list");
    check_bad("namespace: x\nentries: [{name: a:b, kind: k}]\n", "x:a:b", "may hold a ':'");
    check_bad("namespace: x\nentries: [{name: 'a b', kind: k}]\n", "x:a b", "blanks");
    check_bad("namespace: ''\nentries: [{name: a, kind: k}]\n", ":a", "namespace is empty");
    check_bad("namespace: x\nentries: [{name: a, kind: k, meta: 5}]\n", "x:a", "meta is no map");
    check_bad("namespace: good\nentries: [{name: g, kind: k}]\n", "good:g", "second time (first in ");
    check_bad("namespace: x\nentries: [{name: a, kind: k, s: file://none.lua}]\n", "entry x:a: file://none.lua",
              "No such file");
    check_bad("namespace: x\nentries: [{name: a, kind: k, s: file://.}]\n", "entry x:a", "directory");
    check_bad("namespace: x\nentries: [{name: a, kind: k, s: 'file:///'}]\n", "entry x:a", "cannot read");
}

/* JSON as programs write it: without blanks, and indented by tabs. */
Test(definitions, json_files)
{
    struct project p;
    make(&p);
    put(&p, "src/a.json",
        "{\"namespace\":\"a\",\"entries\":[{\"name\":\"x\",\"kind\":\"k\",\"u\":\"http:\\/\\/"
        "h\",\"e\":1E3,\"z\":null,\"t\":true}]}");
    put(&p, "src/b.json",
        "{\n\t\"namespace\": \"b\",\n\t\"name\": \"x\",\n\t\"kind\": \"k\",\n\t\"list\": "
        "[\n\t\t1,\n\t\t-2.5\n\t],\n\t\"meta\": {\"m\": \"\\u00fc\\ud83d\\ude00\"}\n}\n");
    load(&p, NULL);
    cr_assert_eq(p.problems.count, 0, "%s", p.problems.count ? p.problems.items[0].text : "");
    struct entry *a = entries_find(&p.entries, "a:x"), *b = entries_find(&p.entries, "b:x");
    cr_assert_str_eq(value_get_string(a->data, "u"), "http://h");
    cr_assert_eq(value_get(a->data, "e")->number, 1000);
    cr_assert_eq(value_get(a->data, "z")->kind, VALUE_NULL);
    cr_assert(value_get(a->data, "t")->boolean);
    cr_assert_eq(value_get(b->data, "list")->list.items[1]->number, -2.5);
    cr_assert_str_eq(value_get_string(b->meta, "m"), "\xc3\xbc\xf0\x9f\x98\x80");
    drop(&p);
}

Test(definitions, missing_root)
{
    struct entries entries = {0};
    struct problems problems = {0};
    cr_assert_eq(definitions_load(&entries, "/nonexistent/src", NULL, &problems), -ENOENT);
    cr_assert_eq(definitions_load(&entries, "/etc/passwd", NULL, &problems), -ENOTDIR);
}

static void check_lock(const char *name, const char *content, const char *source, const char *wrong)
{
    struct project p;
    struct lockfile lockfile;
    char *problem;
    make(&p);
    put(&p, "vendored/keep", "");
    if (name)
        put(&p, name, content);
    int result = lockfile_read(&lockfile, p.root, &p.problems, &problem);
    if (wrong) {
        cr_assert_eq(result, -1);
        cr_assert(strstr(problem, wrong), "%s", problem);
        free(problem);
    } else {
        cr_assert_eq(result, 0, "%s", problem);
        char *full = text_format("%s/%s", p.root, source);
        cr_assert_str_eq(lockfile.source, full);
        free(full);
    }
    lockfile_free(&lockfile);
    drop(&p);
}

Test(lockfile, source_directory)
{
    check_lock(NULL, NULL, "src", NULL);
    check_lock("wippy.lock", "directories: {src: ./lua/app}\n", "./lua/app", NULL);
    check_lock("moonlet.lock", "directories: {modules: .m}\n", "src", NULL);
    check_lock("moonlet.lock", "", "src", NULL);
    check_lock("wippy.lock", "directories: {src: .}\n", NULL, "wippy.lock:1: directories.src must not be");
    check_lock("wippy.lock", "directories:\n  src: ././\n", NULL, "wippy.lock:2:");
    check_lock("wippy.lock", "directories: {src: 5}\n", NULL, "must be a path");
    check_lock("moonlet.lock", "directories: [\n", NULL, "moonlet.lock:2:");
}

Test(lockfile, own_name_comes_first_and_keys_are_read)
{
    struct project p;
    struct lockfile lockfile;
    char *problem;
    make(&p);
    put(&p, "wippy.lock", "directories: {src: wrong}\n");
    put(&p, "moonlet.lock",
        "directories: {src: right, modules: mods}\nmodules: [{name: a/b, version: v1, hash: 12ab}, {name: a/c}]\n"
        "replacements: [{from: a/c, to: ./local}]\noptions: {unpack_modules: true}\n");
    cr_assert_eq(lockfile_read(&lockfile, p.root, &p.problems, &problem), 0);
    cr_assert(strstr(lockfile.source, "/right"));
    cr_assert(strstr(lockfile.vendor, "/mods/vendor"));
    cr_assert_eq(lockfile.module_count, 2);
    cr_assert_str_eq(lockfile.modules[0].name, "a/b");
    cr_assert_str_eq(lockfile.modules[0].version, "v1");
    cr_assert_eq(lockfile.replacement_count, 1);
    cr_assert_str_eq(lockfile.replacements[0].from, "a/c");
    cr_assert(strstr(lockfile.replacements[0].to, "/./local"));
    cr_assert(lockfile.unpacks_modules);
    check_problem(&p, "moonlet.lock:3: replacements are better kept in .moonlet.yaml", "workspace.replacements");
    lockfile_free(&lockfile);
    drop(&p);
}

Test(lockfile, slips_only_warn)
{
    static const struct {
        const char *content, *problem;
    } cases[] = {
        {"modules: 5\n", "moonlet.lock:1: modules must be a list, not an integer"},
        {"modules: [{version: v1}]\n", "moonlet.lock:1: a module has no name"},
        {"options: {unpack_modules: maybe}\n", "options.unpack_modules must be true or false"},
        {"replacements: {a: b}\n", "moonlet.lock:1: replacements must be a list"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct project p;
        struct lockfile lockfile;
        char *problem;
        make(&p);
        put(&p, "moonlet.lock", cases[i].content);
        cr_assert_eq(lockfile_read(&lockfile, p.root, &p.problems, &problem), 0);
        check_problem(&p, cases[i].problem, "");
        lockfile_free(&lockfile);
        drop(&p);
    }
}

struct module_rig {
    struct project project;
    struct lockfile lockfile;
    struct configuration configuration;
    struct modules modules;
    struct problems fatal;
};

/* A project whose files are put already; `configuration` is that of a file in its directory conf/. */
static void find_modules(struct module_rig *rig, const char *lock, const char *configuration)
{
    char *problem, *path = text_format("%s/conf/c.yaml", rig->project.root);
    put(&rig->project, "moonlet.lock", lock);
    put(&rig->project, "conf/c.yaml", configuration);
    cr_assert_eq(lockfile_read(&rig->lockfile, rig->project.root, &rig->project.problems, &problem), 0);
    configuration_load(&rig->configuration, &(struct configuration_request){.files = &path, .file_count = 1},
                       &rig->fatal);
    modules_find(&rig->modules, &rig->lockfile, &rig->configuration, &rig->project.problems, &rig->fatal);
    free(path);
}

static void drop_modules(struct module_rig *rig)
{
    modules_free(&rig->modules);
    lockfile_free(&rig->lockfile);
    configuration_free(&rig->configuration);
    problems_free(&rig->fatal);
    drop(&rig->project);
}

Test(module, where_they_come_from)
{
    struct module_rig rig = {0};
    make(&rig.project);
    put(&rig.project, "mods/vendor/a/vendored/x.yaml", "namespace: v\nname: x\nkind: k\n");
    put(&rig.project, "mods/vendor/a/replaced/x.yaml", "namespace: wrong\nname: x\nkind: k\n");
    put(&rig.project, "mods/vendor/a/packed-v1.wapp", "");
    put(&rig.project, "local/old/f", "");
    put(&rig.project, "local/new/f", "");
    put(&rig.project, "local/extra/f", "");
    find_modules(&rig,
                 "directories: {modules: mods}\n"
                 "modules: [{name: a/vendored}, {name: a/replaced}, {name: a/packed, version: v1}, {name: a/gone}, "
                 "{name: ../x}]\n"
                 "replacements: [{from: a/replaced, to: local/old}, {from: a/missing, to: nowhere}, {from: a/both, to: "
                 "local/old}]\n",
                 "workspace: {replacements: {a/both: ../local/new, a/extra: ../local/extra, a/off: null}}\n");
    static const char *const expected[][2] = {{"a/both", "/local/new"},
                                              {"a/extra", "/local/extra"},
                                              {"a/replaced", "/local/old"},
                                              {"a/vendored", "/mods/vendor/a/vendored"}};
    cr_assert_eq(rig.fatal.count, 0, "%s", rig.fatal.count ? rig.fatal.items[0].text : "");
    cr_assert_eq(rig.modules.count, 4);
    for (size_t i = 0; i < 4; i++) {
        cr_assert_str_eq(rig.modules.items[i].name, expected[i][0]);
        cr_assert(strstr(rig.modules.items[i].directory, expected[i][1]), "%s", rig.modules.items[i].directory);
        cr_assert_eq(rig.modules.items[i].is_replacement, i < 3);
    }
    static const char *const problems[] = {"replacements are better kept", "the replacement of a/missing is missing",
                                           "a/packed is there as a pack only", "a/gone is not installed",
                                           "module ../x: its name must be ORG/MODULE"};
    cr_assert_eq(rig.project.problems.count, 5);
    for (size_t i = 0; i < 5; i++)
        cr_assert(strstr(rig.project.problems.items[i].text, problems[i]), "%s", rig.project.problems.items[i].text);
    drop_modules(&rig);
}

Test(module, wrong_replacements_of_the_configuration)
{
    struct module_rig rig = {0};
    make(&rig.project);
    find_modules(&rig, "",
                 "workspace:\n  replacements:\n    a/b: ../none\n    plain: ../conf\n    a/c: 5\n    a/../b: x\n");
    static const char *const expected[] = {"c.yaml:3: workspace.replacements: a/b: there is no directory ",
                                           "c.yaml:4: workspace.replacements: plain must be ORG/MODULE",
                                           "c.yaml:5: workspace.replacements: a/c must be a path, not an integer",
                                           "c.yaml:6: workspace.replacements: a/../b must be ORG/MODULE"};
    cr_assert_eq(rig.fatal.count, 4);
    for (size_t i = 0; i < 4; i++)
        cr_assert(strstr(rig.fatal.items[i].text, expected[i]), "%s", rig.fatal.items[i].text);
    drop_modules(&rig);
    make(&rig.project);
    rig = (struct module_rig){.project = rig.project};
    find_modules(&rig, "", "workspace: {replacements: [a]}\n");
    cr_assert_eq(rig.fatal.count, 1);
    cr_assert(strstr(rig.fatal.items[0].text, "workspace.replacements must be a map, not a list"));
    drop_modules(&rig);
}

Test(module, entries_belong_to_it_without_what_it_excludes)
{
    struct module_rig rig = {0};
    make(&rig.project);
    put(&rig.project, "local/wippy.yaml",
        "organization: a\nmodule: m\nexclude: ['tests/', './docs/*.yaml', '**/skip.yml']\n");
    put(&rig.project, "local/src/_index.yaml", "namespace: m\nname: kept\nkind: k\nf: file://x.txt\n");
    put(&rig.project, "local/src/x.txt", "text");
    put(&rig.project, "local/tests/deep/_index.yaml", "namespace: m\nname: tests\nkind: k\n");
    put(&rig.project, "local/docs/a.yaml", "namespace: m\nname: docs\nkind: k\n");
    put(&rig.project, "local/docs/deep/b.yaml", "namespace: m\nname: deep\nkind: k\n");
    put(&rig.project, "local/src/skip.yml", "namespace: m\nname: skip\nkind: k\n");
    put(&rig.project, "local/skip.yml", "namespace: m\nname: skip2\nkind: k\n");
    put(&rig.project, "local/.wippy/vendor/b/c/_index.yaml", "namespace: m\nname: nested\nkind: k\n");
    put(&rig.project, "src/_index.yaml", "namespace: app\nname: own\nkind: k\n");
    find_modules(&rig, "", "workspace: {replacements: {a/m: ../local}}\n");
    load(&rig.project, NULL);
    cr_assert_eq(definitions_load_module(&rig.project.entries, &rig.modules.items[0], NULL, &rig.project.problems), 0);
    cr_assert_eq(rig.project.problems.count, 0, "%s",
                 rig.project.problems.count ? rig.project.problems.items[0].text : "");
    static const char *const ids[] = {"app:own", "m:deep", "m:kept"};
    cr_assert_eq(rig.project.entries.count, 3);
    for (size_t i = 0; i < 3; i++) {
        const struct entry *entry = rig.project.entries.items[i];
        cr_assert_str_eq(entry->id, ids[i]);
        cr_assert_eq(entry->module != NULL, i > 0);
        if (i > 0) {
            cr_assert_str_eq(entry->module, "a/m");
            cr_assert_str_eq(entry->module_root, rig.modules.items[0].directory);
        }
    }
    cr_assert_str_eq(value_get_string(rig.project.entries.items[2]->data, "f"), "text");
    drop_modules(&rig);
}

Test(module, manifests_that_are_wrong_only_warn)
{
    static const char *const manifests[] = {"exclude: tests\n", "exclude: [5]\n", "exclude: [\n"};
    static const char *const problems[] = {"wippy.yaml:1: exclude must be a list",
                                           "wippy.yaml:1: exclude must be a list", "the manifest is ignored"};
    for (size_t i = 0; i < 3; i++) {
        struct module_rig rig = {0};
        make(&rig.project);
        put(&rig.project, "local/wippy.yaml", manifests[i]);
        find_modules(&rig, "", "workspace: {replacements: {a/m: ../local}}\n");
        check_problem(&rig.project, problems[i], "");
        cr_assert_eq(rig.modules.count, 1);
        drop_modules(&rig);
    }
}

Test(entry, many_entries)
{
    struct entries entries = {0};
    for (int i = 0; i < 3000; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        struct entry *entry =
            entry_new("ns", name, strdup("k"), value_new(VALUE_MAP, 1), value_new(VALUE_NULL, 1), "f", 1);
        cr_assert(entries_add(&entries, entry));
    }
    struct entry *again = entry_new("ns", "n7", strdup("k"), value_new(VALUE_MAP, 1), value_new(VALUE_NULL, 1), "f", 1);
    cr_assert_not(entries_add(&entries, again));
    entry_free(again);
    cr_assert_eq(entries_index(&entries, entries_find(&entries, "ns:n2999")), 2999);
    cr_assert_null(entries_find(&entries, "ns:n3000"));
    entries_free(&entries);
}
