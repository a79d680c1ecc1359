/* SPDX-License-Identifier: MIT */
/*
 * yaml: a recursive composer over libyaml's event stream.
 *
 *  - Depth is bounded (YAML_MAX_DEPTH), so the recursion is.
 *  - An alias copies the anchored tree. Each copy is paid from a budget per document: nine lists of nine aliases each
 *    ("billion laughs") end with an error, not in memory.
 *  - An anchor becomes known when its node is complete, so a node cannot hold an alias to itself.
 *  - A mapping collects its `<<` values and merges them below at its end: its own keys win, earlier sources before later.
 */
#include "host/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "host/alloc.h"
#include "host/scalar.h"
#include "host/value.h"
#include "sched/base/compiler.h"

struct anchor {
    char *name;
    const struct value *value; /* inside the tree being made, or in `kept` */
};

struct composer {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one; valid while has_event */
    bool has_event;
    const char *text; /* the whole input */
    unsigned depth;
    size_t alias_nodes; /* spent so far */
    struct anchor *anchors;
    size_t anchor_count, anchor_capacity;
    struct value *kept; /* list of copies of anchored trees, so that anchors outlive what a merge or an error frees */
    struct yaml_error *error;
};

static struct value *compose_node(struct composer *c);

printf_like(3, 4) static void *fail(struct composer *c, const yaml_mark_t *mark, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(c->error->message, sizeof c->error->message, fmt, args);
    va_end(args);
    c->error->line = (unsigned)mark->line + 1;
    c->error->column = (unsigned)mark->column + 1;
    return NULL;
}

static void *fail_parser(struct composer *c)
{
    const yaml_parser_t *p = &c->parser;
    const char *problem = p->problem ? p->problem : "cannot be read";
    if (p->error == YAML_MEMORY_ERROR)
        problem = "out of memory";
    if (p->error == YAML_READER_ERROR) {
        yaml_mark_t mark = {0};
        for (size_t i = 0; i < p->problem_offset; i++, mark.column++)
            if (c->text[i] == '\n') {
                mark.line++;
                mark.column = (size_t)-1;
            }
        return fail(c, &mark, "%s (byte %zu)", problem, p->problem_offset);
    }
    if (p->context)
        return fail(c, &p->problem_mark, "%s %s", problem, p->context);
    return fail(c, &p->problem_mark, "%s", problem);
}

/* Moves to the next event. False: the parser failed, *error says how. */
static bool advance(struct composer *c)
{
    if (c->has_event)
        yaml_event_delete(&c->event);
    c->has_event = yaml_parser_parse(&c->parser, &c->event) == 1;
    if (!c->has_event)
        fail_parser(c);
    return c->has_event;
}

static unsigned line_of(const struct composer *c)
{
    return (unsigned)c->event.start_mark.line + 1;
}

static struct anchor *find_anchor(struct composer *c, const char *name)
{
    for (size_t i = 0; i < c->anchor_count; i++)
        if (!strcmp(c->anchors[i].name, name))
            return &c->anchors[i];
    return NULL;
}

/* Remembers the tree under its anchor (taken); a name may be defined again. */
static void remember(struct composer *c, char *name, const struct value *value)
{
    struct value *copy = value_copy(value);
    value_append(c->kept, copy);
    struct anchor *anchor = find_anchor(c, name);
    if (anchor) {
        free(name);
        anchor->value = copy;
        return;
    }
    c->anchors = alloc_grow(c->anchors, c->anchor_count, &c->anchor_capacity, sizeof *c->anchors);
    c->anchors[c->anchor_count++] = (struct anchor){.name = name, .value = copy};
}

static struct value *compose_alias(struct composer *c)
{
    const char *name = (const char *)c->event.data.alias.anchor;
    struct anchor *anchor = find_anchor(c, name);
    if (!anchor)
        return fail(c, &c->event.start_mark, "unknown anchor '%.100s'", name);
    c->alias_nodes += value_size(anchor->value);
    if (c->alias_nodes > YAML_MAX_ALIAS_NODES)
        return fail(c, &c->event.start_mark, "aliases expand to more than %d values", YAML_MAX_ALIAS_NODES);
    return value_copy(anchor->value);
}

/* The kind a core tag names, -1 for other tags. */
static int kind_of_tag(const char *tag)
{
    static const struct {
        const char *tag;
        int kind;
    } tags[] = {
        {YAML_STR_TAG, VALUE_STRING}, {YAML_INT_TAG, VALUE_INT},   {YAML_FLOAT_TAG, VALUE_FLOAT},
        {YAML_BOOL_TAG, VALUE_BOOL},  {YAML_NULL_TAG, VALUE_NULL},
    };
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (!strcmp(tag, tags[i].tag))
            return tags[i].kind;
    return -1;
}

static struct value *compose_scalar(struct composer *c)
{
    const char *text = (const char *)c->event.data.scalar.value;
    const char *tag = (const char *)c->event.data.scalar.tag;
    size_t length = c->event.data.scalar.length;
    if (!tag)
        return c->event.data.scalar.plain_implicit ? scalar_resolve(text, length, line_of(c))
                                                   : value_new_string(text, length, line_of(c));
    if (!strcmp(tag, "tag:yaml.org,2002:binary"))
        return fail(c, &c->event.start_mark, "!!binary values are not supported");
    int kind = kind_of_tag(tag);
    if (kind < 0)
        return value_new_string(text, length, line_of(c));
    struct value *value = scalar_resolve_as(text, length, line_of(c), kind);
    return value ? value : fail(c, &c->event.start_mark, "'%.60s' does not fit its tag %.60s", text, tag);
}

static struct value *compose_list(struct composer *c)
{
    struct value *list = value_new(VALUE_LIST, line_of(c));
    while (advance(c) && c->event.type != YAML_SEQUENCE_END_EVENT) {
        struct value *item = compose_node(c);
        if (!item)
            goto fail_list;
        value_append(list, item);
    }
    if (c->has_event)
        return list;
fail_list:
    value_free(list);
    return NULL;
}

/* A `<<` value: a map, or a list of maps. Collected in `sources`; takes `value`. */
static bool collect_merge(struct composer *c, struct value *sources, struct value *value, const yaml_mark_t *mark)
{
    bool ok = value->kind == VALUE_MAP || value->kind == VALUE_LIST;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count; i++)
            ok = ok && value->list.items[i]->kind == VALUE_MAP;
    if (!ok) {
        value_free(value);
        fail(c, mark, "the value of '<<' must be a map or a list of maps");
        return false;
    }
    value_append(sources, value);
    return true;
}

static void apply_merges(struct value *map, const struct value *sources)
{
    for (size_t i = 0; i < sources->list.count; i++) {
        const struct value *source = sources->list.items[i];
        if (source->kind == VALUE_MAP)
            value_merge_below(map, source);
        else
            for (size_t j = 0; j < source->list.count; j++)
                value_merge_below(map, source->list.items[j]);
    }
}

/* The key of a pair as text, which the caller frees; *is_merge for a plain `<<`. NULL: failed. */
static char *compose_key(struct composer *c, bool *is_merge)
{
    *is_merge = false;
    if (c->event.type == YAML_ALIAS_EVENT) {
        struct anchor *anchor = find_anchor(c, (const char *)c->event.data.alias.anchor);
        if (anchor && anchor->value->kind == VALUE_STRING)
            return alloc_string(anchor->value->string.data);
        return fail(c, &c->event.start_mark, "a map key must be a text");
    }
    if (c->event.type != YAML_SCALAR_EVENT)
        return fail(c, &c->event.start_mark, "a map key must be a text, not a list or map");
    const char *text = (const char *)c->event.data.scalar.value;
    size_t length = c->event.data.scalar.length;
    if (memchr(text, '\0', length))
        return fail(c, &c->event.start_mark, "a map key must not hold a NUL character");
    *is_merge = !strcmp(text, "<<") && c->event.data.scalar.plain_implicit;
    char *key = alloc_copy(text, length);
    if (c->event.data.scalar.anchor) {
        struct value *value = value_new_string(text, length, line_of(c));
        remember(c, alloc_string((const char *)c->event.data.scalar.anchor), value);
        value_free(value);
    }
    return key;
}

/* One pair, the current event being its key. */
static bool compose_pair(struct composer *c, struct value *map, struct value *sources)
{
    bool is_merge, ok = false;
    yaml_mark_t mark = c->event.start_mark;
    char *key = compose_key(c, &is_merge);
    if (!key)
        return false;
    if (!is_merge && value_get(map, key)) {
        fail(c, &mark, "key '%.100s' is there twice", key);
        goto out;
    }
    if (!advance(c))
        goto out;
    struct value *value = compose_node(c);
    if (!value)
        goto out;
    if (is_merge) {
        ok = collect_merge(c, sources, value, &mark);
        goto out;
    }
    value_set(map, key, value, (unsigned)mark.line + 1);
    ok = true;
out:
    free(key);
    return ok;
}

static struct value *compose_map(struct composer *c)
{
    struct value *map = value_new(VALUE_MAP, line_of(c));
    struct value *sources = value_new(VALUE_LIST, 0);
    bool ok = true;
    while (ok && (ok = advance(c)) && c->event.type != YAML_MAPPING_END_EVENT)
        ok = compose_pair(c, map, sources);
    if (ok)
        apply_merges(map, sources);
    value_free(sources);
    if (ok)
        return map;
    value_free(map);
    return NULL;
}

static char *copy_anchor(const yaml_event_t *event)
{
    const yaml_char_t *name = event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
                              : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                              : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.anchor
                                                                         : NULL;
    return name ? alloc_string((const char *)name) : NULL;
}

static struct value *compose_nested(struct composer *c)
{
    if (c->depth == YAML_MAX_DEPTH)
        return fail(c, &c->event.start_mark, "nested deeper than %d levels", YAML_MAX_DEPTH);
    c->depth++;
    struct value *value = c->event.type == YAML_SEQUENCE_START_EVENT ? compose_list(c) : compose_map(c);
    c->depth--;
    return value;
}

/* The node that begins with the current event; leaves its last event current. NULL: failed. */
static struct value *compose_node(struct composer *c)
{
    if (c->event.type == YAML_ALIAS_EVENT)
        return compose_alias(c);
    char *anchor = copy_anchor(&c->event);
    struct value *value = c->event.type == YAML_SCALAR_EVENT ? compose_scalar(c) : compose_nested(c);
    if (!value || !anchor) {
        free(anchor);
        return value;
    }
    c->alias_nodes += value_size(value);
    if (c->alias_nodes > YAML_MAX_ALIAS_NODES) {
        free(anchor);
        value_free(value);
        return fail(c, &c->event.start_mark, "anchored values are larger than %d values", YAML_MAX_ALIAS_NODES);
    }
    remember(c, anchor, value);
    return value;
}

/* STREAM-START DOCUMENT-START node DOCUMENT-END (DOCUMENT-START | STREAM-END) */
static struct value *compose_document(struct composer *c, bool *more)
{
    if (!advance(c) || !advance(c))
        return NULL;
    if (c->event.type == YAML_STREAM_END_EVENT)
        return value_new(VALUE_NULL, 1);
    if (!advance(c))
        return NULL;
    struct value *value = compose_node(c);
    if (!value)
        return NULL;
    if (!advance(c) || !advance(c)) {
        value_free(value);
        return NULL;
    }
    *more = c->event.type == YAML_DOCUMENT_START_EVENT;
    return value;
}

static void release(struct composer *c)
{
    if (c->has_event)
        yaml_event_delete(&c->event);
    yaml_parser_delete(&c->parser);
    for (size_t i = 0; i < c->anchor_count; i++)
        free(c->anchors[i].name);
    free(c->anchors);
    value_free(c->kept);
}

struct value *yaml_parse(const char *text, size_t length, bool *more, struct yaml_error *error)
{
    bool ignored;
    struct composer composer = {.error = error};
    *error = (struct yaml_error){0};
    more = more ? more : &ignored;
    *more = false;
    if (length > YAML_MAX_BYTES) {
        snprintf(error->message, sizeof error->message, "larger than %d MB", YAML_MAX_BYTES / 1024 / 1024);
        return NULL;
    }
    if (!yaml_parser_initialize(&composer.parser)) {
        snprintf(error->message, sizeof error->message, "out of memory");
        return NULL;
    }
    composer.kept = value_new(VALUE_LIST, 0);
    composer.text = text;
    yaml_parser_set_input_string(&composer.parser, (const unsigned char *)text, length);
    struct value *value = compose_document(&composer, more);
    release(&composer);
    return value;
}

/* The value of four hexadecimal digits, -1 if they are none. */
static int hex4(const char *s)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int c = s[i], lower = c | 32;
        int digit = c >= '0' && c <= '9' ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

/* Writes the pair \uD83D\uDE00 at `s` (12 bytes) as \U0001F600. Returns the bytes written; 0: there is no pair. */
static size_t join_surrogates(const char *s, size_t left, char *out)
{
    if (left < 12 || s[1] != 'u' || s[6] != '\\' || s[7] != 'u')
        return 0;
    int high = hex4(s + 2), low = hex4(s + 8);
    if (high < 0xD800 || high > 0xDBFF || low < 0xDC00 || low > 0xDFFF)
        return 0;
    char escape[16];
    int code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    snprintf(escape, sizeof escape, "\\U%08x", (unsigned)code);
    memcpy(out, escape, 10);
    return 10;
}

struct value *yaml_parse_json(const char *text, size_t length, bool *more, struct yaml_error *error)
{
    char *copy = alloc_zeroed(length + 1);
    size_t used = 0;
    for (size_t i = 0; i < length;) {
        size_t joined = text[i] == '\\' ? join_surrogates(text + i, length - i, copy + used) : 0;
        if (joined) {
            used += joined;
            i += 12;
            continue;
        }
        bool is_escape = text[i] == '\\' && i + 1 < length;
        copy[used++] = text[i++];
        if (is_escape)
            copy[used++] = text[i++];
    }
    struct value *value = yaml_parse(copy, used, more, error);
    free(copy);
    return value;
}
