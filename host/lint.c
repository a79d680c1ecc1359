/* SPDX-License-Identifier: MIT */
/* lint: see the header. */
#include "host/lint.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/application.h"
#include "host/entry.h"
#include "host/finding.h"
#include "host/options.h"
#include "host/place.h"
#include "host/report.h"
#include "host/text.h"
#include "host/value.h"
#include "stdlib/libraries.h"
#include "vm/compile.h"
#include "vm/error.h"
#include "vm/lang/ast_root.h"
#include "vm/lang/ignore.h"
#include "vm/lang/parser.h"
#include "vm/vm.h"

enum { PROGRESS_STEP = 256 };

static bool begins_with(const char *text, const char *start)
{
    return !strncmp(text, start, strlen(start));
}

static bool has_lua(const struct entry *entry)
{
    static const char *const kinds[] = {"function.lua", "library.lua", "process.lua", "workflow.lua"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (begins_with(entry->kind, kinds[i]))
            return true;
    return false;
}

/* "function.lua.bc" and the like. */
static bool is_bytecode(const struct entry *entry)
{
    return strcmp(strstr(entry->kind, ".lua"), ".lua") != 0;
}

/* ---- which entries ---- */

/* "a.b" is that namespace; "a.b.*" and "a.b.**" are it and those below; stars alone are all. */
static bool matches(const struct entry *entry, const char *pattern)
{
    size_t size = strcspn(pattern, "*"), length = entry->namespace_length;
    bool below = pattern[size];
    size -= below && size;
    if (length < size || memcmp(entry->id, pattern, size) != 0)
        return false;
    return length == size || (below && (!size || entry->id[size] == '.'));
}

static bool is_selected(const struct entry *entry, const struct options_words *patterns)
{
    bool selected = !patterns->count;
    for (size_t i = 0; i < patterns->count && !selected; i++)
        selected = matches(entry, patterns->items[i]);
    return selected && has_lua(entry);
}

/* Probably a slip: nothing is checked, and nothing found. */
static void warn_of_patterns(const struct entries *entries, const struct options_words *patterns)
{
    for (size_t i = 0; i < patterns->count; i++) {
        size_t j = 0;
        while (j < entries->count && !(has_lua(entries->items[j]) && matches(entries->items[j], patterns->items[i])))
            j++;
        if (j == entries->count)
            fprintf(stderr, "moonlet: --ns %s: there is no Lua entry in such a namespace\n", patterns->items[i]);
    }
}

/* ---- one entry ---- */

/* Unless a comment says that it shall not be reported. */
static void add_finding(struct findings *findings, const struct entry *entry, const struct ast *ast,
                        const struct diagnostic *found)
{
    if (!ignore_covers(&ast->source, source_position(&ast->source, found->start).line, found->code))
        findings_add(findings, entry, &ast->source, found);
}

static bool is_global_library(const char *name, bool *is_library)
{
    for (const struct library *library = std_libraries; library->name; library++)
        if (!strcmp(library->name, name)) {
            *is_library = true;
            return library->is_global;
        }
    return false;
}

static bool is_declared(const struct entry *entry, const char *name)
{
    const struct value *modules = value_get(entry->data, "modules");
    for (size_t i = 0; modules && modules->kind == VALUE_LIST && i < modules->list.count; i++) {
        const char *module = value_string(modules->list.items[i]);
        if (module && !strcmp(module, name))
            return true;
    }
    return value_get(value_get(entry->data, "imports"), name) != NULL;
}

/* What the entry does not declare, `require` will not find. */
static void check_require(struct findings *findings, const struct entry *entry, const struct ast *ast,
                          const struct ast_require *require)
{
    bool is_library = false;
    const char *name = require->name.text;
    if (is_global_library(name, &is_library) || is_declared(entry, name))
        return;
    char *message = text_format("require(\"%s\") is not declared in _index.yaml imports or modules", name);
    const struct diagnostic diagnostic = {
        .code = "R0001",
        .message = message,
        .help = is_library ? "list it under 'modules' of the entry"
                           : "there is no such module; a library is imported: imports: {name: namespace:library}",
        .start = require->span.start,
        .end = require->span.end,
    };
    add_finding(findings, entry, ast, &diagnostic);
    free(message);
}

static void check_good(struct findings *findings, const struct entry *entry, const struct ast *ast)
{
    for (uint32_t i = 0; i < ast->remarks.count; i++)
        add_finding(findings, entry, ast, &ast->remarks.items[i]);
    for (const struct ast_require *require = ast->requires; require; require = require->next)
        check_require(findings, entry, ast, require);
}

bool lint_entry(struct findings *findings, const struct entry *entry)
{
    const struct value *source = value_get(entry->data, "source");
    char *wrong = entry_check_source(entry);
    if (wrong) {
        findings_add_problem(findings, entry, 1, "P0001", wrong);
        free(wrong);
        return false;
    }
    struct ast *ast = parser_parse(source->string.data, source->string.length);
    for (uint32_t i = 0; i < ast->diagnostics.count; i++)
        findings_add(findings, entry, &ast->source, &ast->diagnostics.items[i]);
    bool is_good = !ast->diagnostics.count;
    if (is_good)
        check_good(findings, entry, ast);
    ast_free(ast);
    return is_good;
}

/* Limits of Lua's compiler, as on the locals of a function, which the parser does not know. */
static void lint_limits(struct findings *findings, const struct entries *entries, const struct entry *entry,
                        struct compile_cache *cache)
{
    const struct value *source = value_get(entry->data, "source");
    const struct compiled *compiled;
    struct vm_error error;
    struct place place;
    if (!compile_source(cache, &compiled, entry->id, source->string.data, source->string.length, &error))
        compile_release(cache, compiled);
    else if (place_read(entries, error.message, &place) && !place.column)
        findings_add_problem(findings, entry, place.line ? place.line : 1, "P0001", place.text);
}

/* ---- all of them ---- */

static void show_progress(size_t done, size_t all)
{
    if (done % PROGRESS_STEP || !isatty(STDERR_FILENO))
        return;
    if (done)
        fprintf(stderr, "\rchecked %zu of %zu entries", done, all);
}

static void end_progress(size_t done)
{
    if (done >= PROGRESS_STEP && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

static size_t count_selected(const struct entries *entries, const struct options_words *patterns)
{
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++)
        count += is_selected(entries->items[i], patterns);
    return count;
}

static void lint_entries(struct findings *findings, const struct entries *entries, const struct options_words *patterns)
{
    size_t all = count_selected(entries, patterns);
    struct compile_cache *cache = compile_cache_new();
    for (size_t i = 0; i < entries->count; i++) {
        if (!is_selected(entries->items[i], patterns))
            continue;
        findings->entries++;
        if (is_bytecode(entries->items[i]))
            continue;
        if (lint_entry(findings, entries->items[i]))
            lint_limits(findings, entries, entries->items[i], cache);
        show_progress(findings->entries, all);
    }
    end_progress(all);
    compile_cache_free(cache);
}

int lint_application(const struct application *application, const struct options_lint *options, struct text *out)
{
    struct findings findings = {0};
    size_t counts[FINDING_SEVERITIES];
    warn_of_patterns(&application->entries, &options->namespaces);
    lint_entries(&findings, &application->entries, &options->namespaces);
    findings_filter(&findings, options->level, &options->codes);
    findings_sort(&findings);
    findings_count(&findings, counts);
    if (options->json)
        report_json(out, &findings, options->limit);
    else if (options->summary)
        report_summary(out, &findings);
    else
        report_table(out, &findings, options->limit,
                     isatty(STDOUT_FILENO) && !options->no_color && !getenv("NO_COLOR"));
    findings_free(&findings);
    return counts[DIAGNOSTIC_ERROR] || problems_has_errors(&application->problems) ? 1 : 0;
}
