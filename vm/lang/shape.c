/* SPDX-License-Identifier: MIT */
/* shape: reading sets of types; see shape.h. */
#include "vm/lang/shape.h"

#include <string.h>

#include "vm/lang/shape_pass.h"

static const struct shape_name *names_of(const struct shapes *shapes)
{
    return (const struct shape_name *)(const void *)(shape_all_words(shapes) + shapes->word_count);
}

const char *shape_text_of(const struct shapes *shapes, uint32_t name, size_t *length)
{
    const struct shape_name *names = names_of(shapes);
    if (length)
        *length = names[name].length;
    return (const char *)(names + shapes->name_count) + names[name].offset;
}

static size_t size_of_counts(const struct shapes *s)
{
    return sizeof *s + (size_t)s->node_count * sizeof(struct shape_node) + (size_t)s->word_count * sizeof(uint32_t) +
           (size_t)s->name_count * sizeof(struct shape_name) + s->text_size;
}

size_t shape_size(const struct shapes *shapes)
{
    return size_of_counts(shapes);
}

#define BUILTIN(k, y, m) [BUILTIN_##k] = {.kind = BUILTIN_##k, .yes = (y), .maybe = (m)}

const struct shapes *shape_builtins(void)
{
    static const struct {
        struct shapes head;
        struct shape_node nodes[BUILTINS];
        struct shape_name names[1];
        char text[4];
    } set = {
        .head = {.node_count = BUILTINS, .name_count = 1, .text_size = 4},
        .nodes = {BUILTIN(NIL, SHAPE_OF_NIL, 0), BUILTIN(BOOLEAN, SHAPE_OF_BOOLEAN, 0),
                  BUILTIN(NUMBER, SHAPE_OF_NUMBER, 0), BUILTIN(INTEGER, 0, SHAPE_OF_NUMBER),
                  BUILTIN(STRING, SHAPE_OF_STRING, 0), BUILTIN(ANY, SHAPE_OF_ALL, 0), BUILTIN(UNKNOWN, SHAPE_OF_ALL, 0),
                  BUILTIN(NEVER, 0, 0), BUILTIN(TABLE, SHAPE_OF_TABLE, 0), BUILTIN(FUNCTION, SHAPE_OF_FUNCTION, 0),
                  BUILTIN(THREAD, SHAPE_OF_THREAD, 0), BUILTIN(USERDATA, SHAPE_OF_USERDATA, 0),
                  BUILTIN(ERROR, 0, SHAPE_OF_USERDATA), BUILTIN(SELF, SHAPE_OF_ALL, 0)},
    };
    return &set.head;
}

/* ---- what words mean ---- */

static enum shape_reference field_word(uint32_t i)
{
    static const enum shape_reference of[SHAPE_FIELD_WORDS] = {SHAPE_IS_NAME, SHAPE_IS_NODE, SHAPE_IS_PLAIN};
    return of[i % SHAPE_FIELD_WORDS];
}

static enum shape_reference named_word(const struct shape_node *node, uint32_t i)
{
    if (i < SHAPE_NAMED_WORDS)
        return i == SHAPE_NAME ? SHAPE_IS_NAME : SHAPE_IS_PLAIN;
    return node->kind == SHAPE_INTERFACE ? field_word(i - SHAPE_NAMED_WORDS) : SHAPE_IS_NODE;
}

enum shape_reference shape_word(const struct shape_node *node, const uint32_t *words, uint32_t i)
{
    switch (node->kind) {
    case SHAPE_UNION:
    case SHAPE_INTERSECTION:
    case SHAPE_TUPLE:
    case SHAPE_MAP:
    case SHAPE_INSTANCE:
        return SHAPE_IS_NODE;
    case SHAPE_RECORD:
        return field_word(i);
    case SHAPE_FUNCTION:
        return i / SHAPE_FIELD_WORDS < node->scalar ? field_word(i) : SHAPE_IS_NODE;
    case SHAPE_ANNOTATED:
        if (i % SHAPE_ANNOTATION_WORDS == 0)
            return SHAPE_IS_NAME;
        return i % SHAPE_ANNOTATION_WORDS == 2 && (words[i - 1] & SHAPE_ARGUMENT_MASK) == SHAPE_ARG_STRING
                   ? SHAPE_IS_NAME
                   : SHAPE_IS_PLAIN;
    case SHAPE_PARAM:
        return i == 0 ? SHAPE_IS_NAME : SHAPE_IS_PLAIN;
    case SHAPE_ALIAS:
    case SHAPE_INTERFACE:
    case SHAPE_GENERIC:
        return named_word(node, i);
    case SHAPE_EXTERN:
        return i < SHAPE_EXTERN_NAMES ? SHAPE_IS_NAME : SHAPE_IS_NODE;
    case SHAPE_HOST:
    case SHAPE_UNRESOLVED:
        return SHAPE_IS_NAME;
    default:
        return SHAPE_IS_PLAIN;
    }
}

enum shape_reference shape_scalar(const struct shape_node *node)
{
    switch (node->kind) {
    case SHAPE_STRING:
        return SHAPE_IS_NAME;
    case SHAPE_OPTIONAL:
    case SHAPE_ARRAY:
    case SHAPE_RECORD:
    case SHAPE_ANNOTATED:
    case SHAPE_PARAM:
    case SHAPE_ALIAS:
    case SHAPE_GENERIC:
    case SHAPE_INSTANCE:
        return SHAPE_IS_NODE;
    default:
        return SHAPE_IS_PLAIN;
    }
}

/* ---- blocks from elsewhere ---- */

static bool in_bounds(const struct shapes *s, enum shape_reference what, uint32_t value)
{
    return what == SHAPE_IS_PLAIN || value < (what == SHAPE_IS_NODE ? s->node_count : s->name_count);
}

/* Do the words come in the groups that the kind wants? */
static bool has_form(const struct shape_node *n)
{
    uint32_t count = n->word_count, more = count - SHAPE_NAMED_WORDS;
    switch (n->kind) {
    case SHAPE_INTEGER:
    case SHAPE_FLOAT:
    case SHAPE_MAP:
    case SHAPE_PARAM:
    case SHAPE_HOST:
        return count == 2;
    case SHAPE_EXTERN:
        return count >= SHAPE_EXTERN_NAMES;
    case SHAPE_RECORD:
        return count % SHAPE_FIELD_WORDS == 0 && n->tag <= count / SHAPE_FIELD_WORDS;
    case SHAPE_FUNCTION:
        return n->scalar <= count / SHAPE_FIELD_WORDS;
    case SHAPE_ANNOTATED:
        return count % SHAPE_ANNOTATION_WORDS == 0;
    case SHAPE_ALIAS:
        return more == 0;
    case SHAPE_INTERFACE:
        return count >= SHAPE_NAMED_WORDS && more % SHAPE_FIELD_WORDS == 0;
    case SHAPE_GENERIC:
        return count >= SHAPE_NAMED_WORDS;
    case SHAPE_INSTANCE:
        return count >= 1;
    case SHAPE_UNRESOLVED:
        return count == 1;
    default:
        return true;
    }
}

/* Types without a name come after their parts, so they cannot contain themselves. */
static bool is_in_order(const struct shape_node *n, uint32_t index, enum shape_reference what, uint32_t value)
{
    bool is_named = n->kind == SHAPE_ALIAS || n->kind == SHAPE_INTERFACE || n->kind == SHAPE_GENERIC;
    return is_named || what != SHAPE_IS_NODE || value < index;
}

/* Are the parts of the kinds that readers take for granted? */
static bool has_parts(const struct shapes *s, const struct shape_node *n, const uint32_t *words)
{
    if (n->kind == SHAPE_INSTANCE)
        return shape_node(s, words[0])->kind == SHAPE_GENERIC;
    if (n->kind == SHAPE_GENERIC)
        for (uint32_t i = SHAPE_NAMED_WORDS; i < n->word_count; i++)
            if (shape_node(s, words[i])->kind != SHAPE_PARAM)
                return false;
    if (n->kind != SHAPE_RECORD)
        return true;
    const struct shape_node *tag = n->tag ? shape_node(s, words[(size_t)(n->tag - 1) * SHAPE_FIELD_WORDS + 1]) : NULL;
    return (!tag || (tag->kind >= SHAPE_TRUTH && tag->kind <= SHAPE_STRING)) &&
           (!n->scalar || shape_node(s, n->scalar)->kind == SHAPE_MAP);
}

static bool node_is_sound(const struct shapes *s, uint32_t index)
{
    const struct shape_node *n = shape_node(s, index);
    if (n->kind >= SHAPE_KINDS || (index < BUILTINS) != (n->kind < BUILTINS) ||
        (n->kind < BUILTINS && n->kind != index))
        return false;
    if (n->words > s->word_count || n->word_count > s->word_count - n->words || !has_form(n))
        return false;
    if (!in_bounds(s, shape_scalar(n), n->scalar))
        return false;
    if (n->kind != SHAPE_INSTANCE && !is_in_order(n, index, shape_scalar(n), n->scalar))
        return false;
    const uint32_t *words = shape_words(s, n);
    for (uint32_t i = 0; i < n->word_count; i++) {
        enum shape_reference what = shape_word(n, words, i);
        if (!in_bounds(s, what, words[i]) || !is_in_order(n, index, what, words[i]))
            return false;
    }
    return has_parts(s, n, words);
}

static bool names_are_sound(const struct shapes *s)
{
    const struct shape_name *names = names_of(s);
    const char *text = (const char *)(names + s->name_count);
    for (uint32_t i = 0; i < s->name_count; i++)
        if (names[i].offset >= s->text_size || names[i].length >= s->text_size - names[i].offset ||
            text[names[i].offset + names[i].length])
            return false;
    return s->name_count > 0;
}

bool shape_is_sound(const void *block, size_t size)
{
    const struct shapes *s = block;
    enum { COUNT_MAX = 1 << 24 };
    if (size < sizeof *s || s->node_count > COUNT_MAX || s->word_count > COUNT_MAX || s->name_count > COUNT_MAX)
        return false;
    if (size_of_counts(s) != size || s->node_count < BUILTINS || !names_are_sound(s))
        return false;
    for (uint32_t i = 0; i < s->node_count; i++)
        if (!node_is_sound(s, i))
            return false;
    if (s->uses > s->word_count || s->use_count > s->word_count - s->uses || s->export_count)
        return false;
    for (uint32_t i = 0; i < s->use_count; i++)
        if (shape_all_words(s)[s->uses + i] >= s->node_count)
            return false;
    return shape_masks_are_sound(s);
}

/* ---- questions ---- */

uint32_t shape_look(const struct shapes *shapes, uint32_t node, bool annotations)
{
    for (int i = 0; i < SHAPE_LOOKS_MAX; i++) {
        const struct shape_node *n = shape_node(shapes, node);
        bool is_through = n->kind == SHAPE_ALIAS || (n->kind == SHAPE_INSTANCE && n->scalar) ||
                          (annotations && n->kind == SHAPE_ANNOTATED);
        if (!is_through)
            return node;
        node = n->scalar;
    }
    return BUILTIN_NEVER;
}

uint32_t shape_name_of(const struct shapes *shapes, uint32_t node)
{
    const struct shape_node *n = shape_node(shapes, node);
    switch (n->kind) {
    case SHAPE_ALIAS:
    case SHAPE_INTERFACE:
    case SHAPE_GENERIC:
        return shape_words(shapes, n)[SHAPE_NAME];
    case SHAPE_INSTANCE:
        return shape_name_of(shapes, shape_words(shapes, n)[0]);
    case SHAPE_PARAM:
    case SHAPE_UNRESOLVED:
        return shape_words(shapes, n)[0];
    default:
        return 0;
    }
}

const uint32_t *shape_bases(const struct shapes *shapes, const struct shape_node *node, uint32_t *count)
{
    const uint32_t *first = shape_words(shapes, node) + SHAPE_NAMED_WORDS,
                   *end = shape_words(shapes, node) + node->word_count;
    *count = 0;
    for (const uint32_t *base = first; node->kind == SHAPE_INTERFACE && base < end && !base[0];
         base += SHAPE_FIELD_WORDS)
        ++*count;
    return first;
}

const uint32_t *shape_fields(const struct shapes *shapes, const struct shape_node *record, uint32_t *count)
{
    uint32_t bases = 0, skip = 0;
    if (record->kind == SHAPE_INTERFACE) {
        shape_bases(shapes, record, &bases);
        skip = SHAPE_NAMED_WORDS + bases * SHAPE_FIELD_WORDS;
    }
    *count = (record->word_count - skip) / SHAPE_FIELD_WORDS;
    return shape_words(shapes, record) + skip;
}

const uint32_t *shape_field(const struct shapes *shapes, const struct shape_node *record, const char *text,
                            size_t length)
{
    uint32_t low = 0, high;
    const uint32_t *fields = shape_fields(shapes, record, &high);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        size_t other_length;
        const char *other = shape_text_of(shapes, fields[middle * SHAPE_FIELD_WORDS], &other_length);
        int order = memcmp(text, other, length < other_length ? length : other_length);
        if (!order && length == other_length)
            return fields + (size_t)middle * SHAPE_FIELD_WORDS;
        if (order < 0 || (!order && length < other_length))
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

bool shape_has_externs(const struct shapes *shapes)
{
    for (uint32_t i = BUILTINS; i < shapes->node_count; i++)
        if (shape_node(shapes, i)->kind == SHAPE_EXTERN)
            return true;
    return false;
}

bool shape_field_is_optional(const struct shapes *shapes, const uint32_t *field)
{
    const struct shape_node *node = shape_node(shapes, shape_look(shapes, field[1], true));
    return field[2] || (node->kind >= BUILTINS && node->yes & SHAPE_OF_NIL) || node->kind == BUILTIN_NIL;
}

double shape_double(const uint32_t words[2])
{
    double value;
    memcpy(&value, words, sizeof value);
    return value;
}

int64_t shape_int64(const uint32_t words[2])
{
    int64_t value;
    memcpy(&value, words, sizeof value);
    return value;
}
