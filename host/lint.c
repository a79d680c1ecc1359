/* SPDX-License-Identifier: MIT */
/* lint: see the header. */
#include "host/lint.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "host/entry.h"
#include "host/finding.h"
#include "host/options.h"
#include "host/value.h"
#include "vm/lang/ast_root.h"
#include "vm/lang/parser.h"

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

static bool matches(const char *namespace, size_t length, const char *pattern)
{
    size_t size = strlen(pattern);
    bool below = false;
    if (size >= 3 && !strcmp(pattern + size - 3, ".**"))
        below = true, size -= 3;
    else if (size >= 2 && !strcmp(pattern + size - 2, ".*"))
        below = true, size -= 2;
    if (length < size || memcmp(namespace, pattern, size) != 0)
        return false;
    return length == size || (below && namespace[size] == '.');
}

static bool is_selected(const struct entry *entry, const struct options_words *patterns)
{
    bool selected = !patterns->count;
    for (size_t i = 0; i < patterns->count && !selected; i++)
        selected = matches(entry->id, entry->namespace_length, patterns->items[i]);
    return selected && has_lua(entry);
}

void lint_entry(struct findings *findings, const struct entry *entry)
{
    const struct value *source = value_get(entry->data, "source");
    findings->entries++;
    if (is_bytecode(entry))
        return;
    char *wrong = entry_check_source(entry);
    if (wrong) {
        findings_add_problem(findings, entry, "P0001", wrong);
        free(wrong);
        return;
    }
    struct ast *ast = parser_parse(source->string.data, source->string.length);
    for (uint32_t i = 0; i < ast->diagnostics.count; i++)
        findings_add(findings, entry, &ast->source, &ast->diagnostics.items[i]);
    ast_free(ast);
}

void lint_entries(struct findings *findings, const struct entries *entries, const struct options_words *patterns)
{
    for (size_t i = 0; i < entries->count; i++)
        if (is_selected(entries->items[i], patterns))
            lint_entry(findings, entries->items[i]);
}
