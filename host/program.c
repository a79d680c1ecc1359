/* SPDX-License-Identifier: MIT */
/*
 * program: a depth-first walk over imports puts libraries before their importers, each once, and meets circles as entries that
 * are still being walked. What the walk collects is a code_spec, whose strings stay in the entries.
 */
#include "host/program.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/function.h"
#include "host/place.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "sched/base/compiler.h"
#include "vm/call.h"
#include "vm/call_options.h"
#include "vm/code.h"
#include "vm/error.h"
#include "vm/lazy.h"
#include "vm/pool.h"

enum { MOST_UNITS = 4000, DEEPEST = 200, LONGEST_ID = 255 };

struct builder {
    const struct entries *entries;
    const struct library *libraries;
    struct problems *problems;
    struct vm *vm;
    const struct entry **walk; /* from the entry that is built to the one being visited */
    size_t depth;
    const struct entry **members; /* of the units, in load order */
    struct code_unit_spec *units;
    size_t count, member_capacity, unit_capacity;
    struct vm_error error;
    const struct entry *wrong;       /* the entry the error is about */
    const struct value *wrong_value; /* or NULL */
};

printf_like(5, 6) static int refuse(struct builder *b, const char *kind, const struct entry *entry,
                                    const struct value *value, const char *fmt, ...)
{
    va_list args;
    struct text text = {0};
    va_start(args, fmt);
    text_vprintf(&text, fmt, args);
    va_end(args);
    vm_error_set(&b->error, kind, "%s", text_string(&text));
    text_free(&text);
    b->wrong = entry;
    b->wrong_value = value;
    return -1;
}

static bool is_library(const struct builder *b, const char *name)
{
    for (const struct library *library = b->libraries; library->name; library++)
        if (!strcmp(library->name, name))
            return true;
    return false;
}

/* A module that does not exist only warns: the program may never touch it. */
static int read_modules(struct builder *b, const struct entry *entry, struct code_unit_spec *unit)
{
    const struct value *list = value_get(entry->data, "modules");
    if (!list || list->kind == VALUE_NULL)
        return 0;
    if (list->kind != VALUE_LIST)
        return refuse(b, ERROR_INVALID, entry, list, "modules must be a list of names, not %s", value_kind_name(list));
    const char **names = alloc_zeroed((list->list.count + 1) * sizeof *names);
    unit->modules = names;
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        names[i] = value_string(item);
        if (!names[i])
            return refuse(b, ERROR_INVALID, entry, item, "modules must be a list of names; one is %s",
                          value_kind_name(item));
        if (!is_library(b, names[i]))
            problem_add(b->problems, LOG_WARN, entry->file, item->line, entry->id,
                        "lists module '%s', which does not exist in this version; require fails", names[i]);
    }
    return 0;
}

static int refuse_cycle(struct builder *b, const struct entry *entry, const struct entry *importer,
                        const struct value *value)
{
    struct text names = {0};
    size_t from = 0;
    while (b->walk[from] != entry)
        from++;
    for (size_t i = from; i < b->depth; i++)
        text_printf(&names, "%s -> ", b->walk[i]->id);
    refuse(b, ERROR_INVALID, importer, value, "imports go in a circle: %s%s", text_string(&names), entry->id);
    text_free(&names);
    return -1;
}

static bool is_being_walked(const struct builder *b, const struct entry *entry)
{
    for (size_t i = 0; i < b->depth; i++)
        if (b->walk[i] == entry)
            return true;
    return false;
}

static int visit(struct builder *b, const struct entry *entry, unsigned *index);

/* Resolves one import of `entry` to the index of its unit. */
static int visit_import(struct builder *b, const struct entry *entry, const struct value_pair *pair, unsigned *index)
{
    const char *reference = value_string(pair->value);
    if (!reference)
        return refuse(b, ERROR_INVALID, entry, pair->value, "import '%s' must be the id of a library, not %s",
                      pair->key, value_kind_name(pair->value));
    const struct entry *target = entries_resolve(b->entries, entry, reference);
    if (!target)
        return refuse(b, ERROR_NOT_FOUND, entry, pair->value, "import '%s': there is no entry %s", pair->key,
                      reference);
    if (is_being_walked(b, target))
        return refuse_cycle(b, target, entry, pair->value);
    if (!entry_is_kind(target, "library.lua"))
        return refuse(b, ERROR_INVALID, entry, pair->value, "import '%s': %s is a %s, not a library.lua", pair->key,
                      target->id, target->kind);
    return visit(b, target, index);
}

static int read_imports(struct builder *b, const struct entry *entry, struct code_unit_spec *unit)
{
    const struct value *map = value_get(entry->data, "imports");
    if (!map || map->kind == VALUE_NULL)
        return 0;
    if (map->kind != VALUE_MAP)
        return refuse(b, ERROR_INVALID, entry, map, "imports must be a map of names to library ids, not %s",
                      value_kind_name(map));
    const char **aliases = alloc_zeroed((map->map.count + 1) * sizeof *aliases);
    unsigned *indexes = alloc_zeroed((map->map.count + 1) * sizeof *indexes);
    unit->import_aliases = aliases;
    unit->import_units = indexes;
    for (size_t i = 0; i < map->map.count; i++) {
        aliases[i] = map->map.pairs[i].key;
        if (visit_import(b, entry, &map->map.pairs[i], &indexes[i]))
            return -1;
    }
    return 0;
}

static int read_source(struct builder *b, const struct entry *entry, struct code_unit_spec *unit)
{
    const struct value *source = value_get(entry->data, "source");
    char *wrong = entry_check_source(entry);
    if (wrong) {
        refuse(b, ERROR_INVALID, entry, source, "%s", wrong);
        free(wrong);
        return -1;
    }
    unit->id = entry->id;
    unit->source = source->string.data;
    unit->source_length = source->string.length;
    return 0;
}

static void free_unit(struct code_unit_spec *unit)
{
    free((void *)unit->modules);
    free((void *)unit->import_aliases);
    free((void *)unit->import_units);
}

/* Adds the unit of the entry behind those of its imports, unless it is there. */
static int visit(struct builder *b, const struct entry *entry, unsigned *index)
{
    struct code_unit_spec unit = {0};
    for (size_t i = 0; i < b->count; i++)
        if (b->members[i] == entry)
            return *index = (unsigned)i, 0;
    if (b->depth == DEEPEST || b->count == MOST_UNITS)
        return refuse(b, ERROR_INVALID, entry, NULL, "imports are nested deeper than %d or more than %d", DEEPEST,
                      MOST_UNITS);
    b->walk[b->depth++] = entry;
    int result = read_source(b, entry, &unit);
    if (!result)
        result = read_modules(b, entry, &unit);
    if (!result)
        result = read_imports(b, entry, &unit);
    b->depth--;
    if (result) {
        free_unit(&unit);
        return result;
    }
    b->members = alloc_grow(b->members, b->count, &b->member_capacity, sizeof *b->members);
    b->units = alloc_grow(b->units, b->count, &b->unit_capacity, sizeof *b->units);
    b->members[b->count] = entry;
    b->units[b->count] = unit;
    *index = (unsigned)b->count++;
    return 0;
}

static char *explain(const struct builder *b)
{
    const struct entry *entry = b->wrong;
    char *text = place_rename(b->entries, b->error.message);
    if (text)
        return text;
    return problem_format(entry->file, b->wrong_value ? b->wrong_value->line : entry->line, entry->id, "%s",
                          b->error.message);
}

/* The entry whose source the parser refuses: only its messages name columns. */
static const struct entry *find_unreadable(const struct builder *b)
{
    struct place place;
    return place_read(b->entries, b->error.message, &place) && place.column ? place.entry : NULL;
}

static void refuse_program(struct builder *b, struct program *program)
{
    program->error = b->error;
    program->problem = explain(b);
    program->unreadable = find_unreadable(b);
    if (program->unreadable)
        problem_add_unreadable(b->problems, program->unreadable, program->problem);
    else
        problem_add(b->problems, LOG_ERROR, NULL, 0, NULL, "%s", program->problem);
}

static int read_method(struct builder *b, const struct entry *entry, const char **method)
{
    const struct value *value = value_get(entry->data, "method");
    *method = value_string(value);
    if (value && value->kind != VALUE_NULL && !*method)
        return refuse(b, ERROR_INVALID, entry, value, "method must be the name of a function, not %s",
                      value_kind_name(value));
    return 0;
}

static int build_code(struct builder *b, const struct entry *entry, struct code **out)
{
    struct code_spec spec = {0};
    unsigned index;
    if (read_method(b, entry, &spec.method) || visit(b, entry, &index))
        return -1;
    spec.units = b->units;
    spec.count = (unsigned)b->count;
    b->wrong = entry;
    return code_new(b->vm, out, &spec, &b->error);
}

static int build_pool(struct builder *b, const struct entry *entry, struct program *program)
{
    struct pool_config config;
    const struct value *where = NULL;
    char *problem = NULL;
    if (!function_read_pool(entry, &config, &where, &problem)) {
        refuse(b, ERROR_INVALID, entry, where, "%s", problem);
        free(problem);
        return -1;
    }
    b->wrong = entry;
    return pool_new(b->vm, &program->pool, entry->id, program->code, &config, &b->error);
}

static struct program *build(struct builder *b, const struct entry *entry)
{
    struct program *program = alloc_zeroed(sizeof *program);
    program->is_process = entry_is_process(entry);
    int result = build_code(b, entry, &program->code);
    if (!result && entry_is_function(entry))
        result = build_pool(b, entry, program);
    if (result) {
        if (program->code)
            code_unref(program->code);
        program->code = NULL;
        refuse_program(b, program);
        return program;
    }
    program->options = function_read_options(entry, b->problems);
    if (!program->pool)
        program->default_host = function_read_default_host(entry);
    return program;
}

void programs_build(struct programs *programs, struct vm *vm, const struct entries *entries,
                    const struct library *libraries, struct problems *problems)
{
    *programs = (struct programs){
        .entries = entries, .vm = vm, .items = alloc_zeroed(entries->count * sizeof(struct program *))};
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *walk[DEEPEST];
        struct builder b = {.entries = entries, .libraries = libraries, .problems = problems, .vm = vm, .walk = walk};
        if (!entry_is_process(entries->items[i]) && !entry_is_function(entries->items[i]))
            continue;
        programs->items[i] = build(&b, entries->items[i]);
        for (size_t j = 0; j < b.count; j++)
            free_unit(&b.units[j]);
        free(b.units);
        free(b.members);
    }
}

void programs_free(struct programs *programs)
{
    for (size_t i = 0; programs->items && i < programs->entries->count; i++) {
        struct program *program = programs->items[i];
        if (!program)
            continue;
        if (program->pool) {
            pool_close(program->pool);
            pool_unref(program->pool);
        }
        if (program->code)
            code_unref(program->code);
        call_options_unref(program->options);
        free(program->default_host);
        free(program->problem);
        free(program);
    }
    free(programs->items);
    *programs = (struct programs){0};
}

const char *programs_problem(const struct programs *programs, const struct entry *entry)
{
    const struct program *program = programs->items[entries_index(programs->entries, entry)];
    return program ? program->problem : "it is no process";
}

char *programs_refusal(const struct programs *programs, const struct entry *entry, const struct entry **unreadable)
{
    const struct program *program = programs->items[entries_index(programs->entries, entry)];
    const struct entry *wrong = program ? program->unreadable : NULL;
    if (!wrong)
        return alloc_string(programs_problem(programs, entry));
    *unreadable = wrong;
    if (wrong == entry)
        return text_format("%s cannot run: its source has syntax errors", entry->id);
    return text_format("%s cannot run: the source of %s, which it imports, has syntax errors", entry->id, wrong->id);
}

static int refuse_unknown(struct vm_error *error, const char *message, const char *detail, const char *id,
                          size_t length)
{
    int shown = length < LONGEST_ID ? (int)length : LONGEST_ID;
    vm_error_set(error, ERROR_NOT_FOUND, "%s", message);
    snprintf(error->detail_key, sizeof error->detail_key, "%s", detail);
    snprintf(error->detail, sizeof error->detail, "%.*s", shown, id);
    return -1;
}

char *programs_explain(const struct programs *programs, const char *id, const char *message)
{
    char *text = place_rename(programs->entries, message);
    if (text)
        return text;
    const struct entry *entry = entries_find(programs->entries, id);
    const struct value *method = value_get(entry->data, "method");
    return problem_format(entry->file, method ? method->line : entry->line, id, "%s", message);
}

/* The program of that id; NULL: there is none. */
static const struct program *find(const struct programs *programs, const char *id, size_t length)
{
    ptrdiff_t place = entries_place(programs->entries, id, length);
    return place == ENTRIES_NONE ? NULL : programs->items[place];
}

int programs_resolve(void *ctx, const char *id, size_t length, struct code **out, struct vm_error *error)
{
    const struct program *program = find(ctx, id, length);
    if (!program || !program->is_process)
        return refuse_unknown(error, "factory not found", "factory_id", id, length);
    if (!program->code) {
        *error = program->error;
        return -1;
    }
    *out = code_ref(program->code);
    return 0;
}

/* A process without a default host is no function. */
static int refuse_process(struct vm_error *error, const char *id, size_t length)
{
    refuse_unknown(error, "", "target", id, length);
    snprintf(error->message, sizeof error->message,
             "function not found: %s is a process without meta.default_host, so it can only be spawned", error->detail);
    return -1;
}

static int resolve_host(const struct program *program, struct vm *vm, struct call_target *out, struct vm_error *error)
{
    const char *id = program->default_host;
    out->host = vm_host_find(vm, id, strlen(id));
    if (!out->host)
        return refuse_unknown(error, "host not found", "host_id", id, strlen(id));
    out->code = code_ref(program->code);
    return 0;
}

int programs_resolve_call(void *ctx, const char *id, size_t length, struct call_target *out, struct vm_error *error)
{
    const struct programs *programs = ctx;
    const struct program *program = find(programs, id, length);
    if (!program)
        return refuse_unknown(error, "function not found", "target", id, length);
    if (!program->code) {
        *error = program->error;
        return -1;
    }
    if (!program->pool && !program->default_host)
        return refuse_process(error, id, length);
    if (!program->pool && resolve_host(program, programs->vm, out, error))
        return -1;
    if (program->pool)
        out->pool = pool_ref(program->pool);
    out->options = call_options_ref(program->options);
    return 0;
}

void programs_warm(const struct programs *programs)
{
    for (size_t i = 0; i < programs->entries->count; i++)
        if (programs->items[i] && programs->items[i]->pool)
            pool_warm(programs->items[i]->pool);
}

bool programs_kind_of(void *ctx, const char *id, size_t length, char *kind, size_t size)
{
    const struct programs *programs = ctx;
    ptrdiff_t place = entries_place(programs->entries, id, length);
    if (place != ENTRIES_NONE)
        snprintf(kind, size, "%s", programs->entries->items[place]->kind);
    return place != ENTRIES_NONE;
}
