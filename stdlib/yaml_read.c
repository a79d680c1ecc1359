/* SPDX-License-Identifier: MIT */
/*
 * yaml_read: YAML text to a tape, by a recursive composer over libyaml's events.
 *
 *  - Depth is bounded (DATA_MAX_DEPTH), so the recursion is.
 *  - An anchor is the range of words that its node became; it is known when the node is complete, so a node cannot hold itself. An alias
 *    copies the words. Copies are paid from a budget per document: nine lists of nine aliases each ("billion laughs") end with an
 *    error, not in memory.
 *  - The pairs of a merged map follow as weak ones (DATA_WEAK): the map's own win wherever they stand, earlier sources before later.
 */
#include "stdlib/yaml.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "sched/base/compiler.h"
#include "stdlib/data_tape.h"
#include "stdlib/yaml_word.h"

struct anchor {
    char *name;
    size_t begin, end; /* words */
};

struct composer {
    yaml_parser_t parser;
    yaml_event_t event; /* the current one, valid while has_event */
    bool has_event;
    struct data_tape *tape;
    struct data_error *error;
    int depth;
    size_t alias_words; /* spent so far */
    struct anchor *anchors;
    size_t anchor_count;
};

/* A key of a map, to find those that are there twice. */
struct key {
    const unsigned char *data;
    uint32_t length;
};

static bool compose_node(struct composer *c);

printf_like(3, 4) static bool fail(struct composer *c, yaml_mark_t mark, const char *fmt, ...)
{
    char *message = c->error->message;
    size_t room = sizeof c->error->message;
    int length = snprintf(message, room, "line %zu, column %zu: ", mark.line + 1, mark.column + 1);
    va_list args;
    va_start(args, fmt);
    vsnprintf(message + length, room - (size_t)length, fmt, args);
    va_end(args);
    return false;
}

static bool fail_memory(struct composer *c)
{
    return fail(c, c->parser.mark, "out of memory");
}

static bool fail_parser(struct composer *c)
{
    const yaml_parser_t *p = &c->parser;
    const char *problem = p->problem ? p->problem : "cannot be read";
    if (p->error == YAML_MEMORY_ERROR)
        return fail_memory(c);
    if (p->error == YAML_READER_ERROR) {
        snprintf(c->error->message, sizeof c->error->message, "byte %zu: %s", p->problem_offset, problem);
        return false;
    }
    if (p->context)
        return fail(c, p->problem_mark, "%s %s", problem, p->context);
    return fail(c, p->problem_mark, "%s", problem);
}

/* Moves to the next event. */
static bool advance(struct composer *c)
{
    if (c->has_event)
        yaml_event_delete(&c->event);
    c->has_event = yaml_parser_parse(&c->parser, &c->event) == 1;
    return c->has_event || fail_parser(c);
}

/* ---- anchors ---- */

static const struct anchor *find_anchor(const struct composer *c, const char *name)
{
    for (size_t i = c->anchor_count; i > 0; i--)
        if (strcmp(c->anchors[i - 1].name, name) == 0)
            return &c->anchors[i - 1];
    return NULL;
}

/* The node whose words begin there and end here is complete; takes the name (NULL: it has no anchor). */
static bool remember(struct composer *c, char *name, size_t begin)
{
    if (!name)
        return true;
    if (!c->anchors && !(c->anchors = malloc(YAML_ANCHORS_MAX * sizeof *c->anchors))) {
        free(name);
        return fail_memory(c);
    }
    if (c->anchor_count == YAML_ANCHORS_MAX) {
        free(name);
        return fail(c, c->event.start_mark, "more than %d anchors", YAML_ANCHORS_MAX);
    }
    c->anchors[c->anchor_count++] = (struct anchor){.name = name, .begin = begin, .end = c->tape->word_count};
    return true;
}

static bool copy_anchor_name(struct composer *c, char **name)
{
    const yaml_event_t *event = &c->event;
    const yaml_char_t *anchor = event->type == YAML_SCALAR_EVENT           ? event->data.scalar.anchor
                                : event->type == YAML_SEQUENCE_START_EVENT ? event->data.sequence_start.anchor
                                : event->type == YAML_MAPPING_START_EVENT  ? event->data.mapping_start.anchor
                                                                           : NULL;
    *name = anchor ? strdup((const char *)anchor) : NULL;
    return !anchor || *name || fail_memory(c);
}

static bool spend(struct composer *c, size_t words)
{
    c->alias_words += words;
    return c->alias_words <= YAML_ALIAS_WORDS_MAX ||
           fail(c, c->event.start_mark, "aliases expand to more than %d values", YAML_ALIAS_WORDS_MAX);
}

static bool compose_alias(struct composer *c)
{
    const char *name = (const char *)c->event.data.alias.anchor;
    const struct anchor *anchor = find_anchor(c, name);
    if (!anchor)
        return fail(c, c->event.start_mark, "unknown anchor '%.100s'", name);
    if (!spend(c, anchor->end - anchor->begin))
        return false;
    data_tape_put_words(c->tape, anchor->begin, anchor->end);
    return true;
}

/* ---- scalars and lists ---- */

static void put_word(struct data_tape *tape, const struct yaml_word *word, const char *text, size_t length)
{
    switch (word->kind) {
    case YAML_WORD_NULL:
        data_tape_put(tape, DATA_NULL);
        break;
    case YAML_WORD_BOOLEAN:
        data_tape_put(tape, word->boolean ? DATA_TRUE : DATA_FALSE);
        break;
    case YAML_WORD_INTEGER:
        data_tape_put_integer(tape, word->integer);
        break;
    case YAML_WORD_FLOAT:
        data_tape_put_number(tape, word->number);
        break;
    case YAML_WORD_STRING:
        data_tape_put_string(tape, text, length);
    }
}

static bool compose_scalar(struct composer *c)
{
    const char *text = (const char *)c->event.data.scalar.value;
    const char *tag = (const char *)c->event.data.scalar.tag;
    size_t length = c->event.data.scalar.length;
    struct yaml_word word = {.kind = YAML_WORD_STRING};
    if (!tag && c->event.data.scalar.plain_implicit)
        word = yaml_word_resolve(text, length);
    if (tag && strcmp(tag, "tag:yaml.org,2002:binary") == 0)
        return fail(c, c->event.start_mark, "!!binary values are not supported");
    if (tag && yaml_word_kind_of_tag(tag, &word.kind) && !yaml_word_resolve_as(text, length, word.kind, &word))
        return fail(c, c->event.start_mark, "'%.60s' does not fit its tag %.60s", text, tag);
    put_word(c->tape, &word, text, length);
    return true;
}

static bool compose_list(struct composer *c)
{
    size_t open = data_tape_open(c->tape, DATA_LIST), count = 0;
    for (;;) {
        if (!advance(c))
            return false;
        if (c->event.type == YAML_SEQUENCE_END_EVENT)
            break;
        if (!compose_node(c))
            return false;
        count++;
    }
    data_tape_close(c->tape, open, count);
    return true;
}

/* ---- maps ---- */

/* Puts the pairs of the map at word `map` as weak ones, first its own (or then its weak ones); returns how many. */
static size_t put_weak_pairs(struct composer *c, size_t map, bool weak)
{
    size_t count = 0;
    for (size_t at = map + 1; data_tag(c->tape->own_words[at]) != DATA_MAP_END; count++) {
        bool is_weak = data_tag(c->tape->own_words[at]) == DATA_WEAK;
        size_t key = at + is_weak, value = data_tape_skip(c->tape->own_words, key);
        at = data_tape_skip(c->tape->own_words, value);
        if (is_weak != weak)
            continue;
        data_tape_put(c->tape, DATA_WEAK);
        data_tape_put_words(c->tape, key, at);
        if (c->tape->is_full)
            break;
    }
    return count;
}

static bool merge_map(struct composer *c, size_t map, size_t *count)
{
    if (data_tag(c->tape->own_words[map]) != DATA_MAP)
        return fail(c, c->event.start_mark, "the value of '<<' must be a map or a list of maps");
    if (!spend(c, data_tape_skip(c->tape->own_words, map) - map))
        return false;
    *count += put_weak_pairs(c, map, false);
    if (!c->tape->is_full)
        put_weak_pairs(c, map, true);
    return !c->tape->is_full || fail_memory(c);
}

/* The value of '<<': its words are replaced by the pairs. */
static bool compose_merge(struct composer *c, size_t *count)
{
    size_t begin = c->tape->word_count;
    if (!advance(c) || !compose_node(c))
        return false;
    if (c->tape->is_full)
        return fail_memory(c);
    size_t end = c->tape->word_count;
    if (data_tag(c->tape->own_words[begin]) != DATA_LIST) {
        if (!merge_map(c, begin, count))
            return false;
    } else {
        for (size_t at = begin + 1; at < end - 1; at = data_tape_skip(c->tape->own_words, at))
            if (!merge_map(c, at, count))
                return false;
    }
    data_tape_remove_words(c->tape, begin, end);
    return true;
}

/* The key of a pair. *is_merge: it is a plain `<<`, and nothing was put. */
static bool compose_key(struct composer *c, bool *is_merge)
{
    size_t begin = c->tape->word_count;
    char *name;
    *is_merge = false;
    if (c->event.type == YAML_ALIAS_EVENT) {
        if (!compose_alias(c))
            return false;
        return c->tape->is_full || data_tag(c->tape->own_words[begin]) == DATA_STRING ||
               fail(c, c->event.start_mark, "a map key must be a text");
    }
    if (c->event.type != YAML_SCALAR_EVENT)
        return fail(c, c->event.start_mark, "a map key must be a text, not a list or map");
    const char *text = (const char *)c->event.data.scalar.value;
    *is_merge = strcmp(text, "<<") == 0 && c->event.data.scalar.plain_implicit;
    if (*is_merge)
        return true;
    data_tape_put_string(c->tape, text, c->event.data.scalar.length);
    return copy_anchor_name(c, &name) && remember(c, name, begin);
}

static int compare_keys(const void *left, const void *right)
{
    const struct key *a = left, *b = right;
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    return memcmp(a->data, b->data, a->length);
}

/* Lists the own keys of the map at word `open`, whose end is not yet written; returns how many. */
static size_t list_keys(const struct data_tape *tape, size_t open, struct key *keys)
{
    size_t count = 0;
    for (size_t at = open + 1; at < tape->word_count;) {
        bool is_weak = data_tag(tape->own_words[at]) == DATA_WEAK;
        at += is_weak;
        const unsigned char *string = tape->own_strings + data_payload(tape->own_words[at]);
        at = data_tape_skip(tape->own_words, data_tape_skip(tape->own_words, at));
        if (is_weak)
            continue;
        memcpy(&keys[count].length, string, sizeof keys[count].length);
        keys[count++].data = string + sizeof keys[count].length;
    }
    return count;
}

static bool check_keys(struct composer *c, size_t open, size_t count, yaml_mark_t mark)
{
    if (count < 2 || c->tape->is_full)
        return true;
    struct key *keys = malloc(count * sizeof *keys);
    if (!keys)
        return fail_memory(c);
    count = list_keys(c->tape, open, keys);
    qsort(keys, count, sizeof *keys, compare_keys);
    bool ok = true;
    for (size_t i = 1; i < count && ok; i++)
        if (compare_keys(&keys[i - 1], &keys[i]) == 0)
            ok = fail(c, mark, "the map that begins here has the key '%.100s' twice", (const char *)keys[i].data);
    free(keys);
    return ok;
}

static bool compose_map(struct composer *c)
{
    yaml_mark_t mark = c->event.start_mark;
    size_t open = data_tape_open(c->tape, DATA_MAP), count = 0;
    for (;;) {
        bool is_merge;
        if (!advance(c))
            return false;
        if (c->event.type == YAML_MAPPING_END_EVENT)
            break;
        if (!compose_key(c, &is_merge))
            return false;
        if (is_merge ? !compose_merge(c, &count) : !advance(c) || !compose_node(c))
            return false;
        count += !is_merge;
    }
    if (!check_keys(c, open, count, mark))
        return false;
    data_tape_close(c->tape, open, count);
    return true;
}

/* ---- documents ---- */

static bool compose_nested(struct composer *c)
{
    if (c->depth == DATA_MAX_DEPTH)
        return fail(c, c->event.start_mark, "nested deeper than %d levels", DATA_MAX_DEPTH);
    c->depth++;
    bool ok = c->event.type == YAML_SEQUENCE_START_EVENT ? compose_list(c) : compose_map(c);
    c->depth--;
    return ok;
}

/* The node that begins with the current event; leaves its last event current. */
static bool compose_node(struct composer *c)
{
    char *name;
    size_t begin = c->tape->word_count;
    if (c->event.type == YAML_ALIAS_EVENT)
        return compose_alias(c);
    if (!copy_anchor_name(c, &name))
        return false;
    if (c->event.type == YAML_SCALAR_EVENT ? compose_scalar(c) : compose_nested(c))
        return remember(c, name, begin);
    free(name);
    return false;
}

/* STREAM-START [DOCUMENT-START node DOCUMENT-END] STREAM-END */
static bool compose_document(struct composer *c)
{
    if (!advance(c) || !advance(c))
        return false;
    if (c->event.type == YAML_STREAM_END_EVENT) {
        data_tape_put(c->tape, DATA_NULL);
        return true;
    }
    if (!advance(c) || !compose_node(c) || !advance(c) || !advance(c))
        return false;
    return c->event.type == YAML_STREAM_END_EVENT ||
           fail(c, c->event.start_mark, "a second document begins here, one is expected");
}

static void release(struct composer *c)
{
    if (c->has_event)
        yaml_event_delete(&c->event);
    yaml_parser_delete(&c->parser);
    for (size_t i = 0; i < c->anchor_count; i++)
        free(c->anchors[i].name);
    free(c->anchors);
}

static bool yaml_parse(struct data_tape *tape, struct data_error *error)
{
    struct composer composer = {.tape = tape, .error = error};
    if (!yaml_parser_initialize(&composer.parser)) {
        snprintf(error->message, sizeof error->message, "out of memory");
        return false;
    }
    yaml_parser_set_input_string(&composer.parser, (const unsigned char *)tape->text, tape->length);
    data_tape_begin(tape);
    bool ok = compose_document(&composer) && (data_tape_end(tape) || fail_memory(&composer));
    release(&composer);
    return ok;
}

/* libyaml reads about 12 MB/s. */
const struct data_format yaml_format = {.name = "YAML", .at_once = 8 * 1024, .parse = yaml_parse};
