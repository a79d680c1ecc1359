/* SPDX-License-Identifier: MIT */
/*
 * shape_import: types of other sets, and instances of generic types. What is copied from one set is remembered in a list of its numbers here,
 * so that a type that is in it twice is copied once.
 */
#include <stdlib.h>
#include <string.h>

#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "vm/lang/shape_build.h"
#include "vm/lang/shape_pass.h"
#include "vm/lang/shape_source.h"

/*
 * Instances that a set may need, and words of all of them together; a generic type that needs ever larger ones of itself stops there, and
 * those beyond have no body: nothing is valid. Methods that interfaces may take from those of other units, and keys: beyond, they keep
 * them as bases, and keys are any. Types of sources nest less deeply than
 * IMPORT_DEPTH_MAX, and what does can be compared (shape_same.c, shape_relate.c).
 */
enum {
    EXPANSIONS_MAX = 1000,
    SUBSTITUTED_MAX = 2000000,
    INHERITED_MAX = 200000,
    WORDS_INLINE = 64,
    WORDS_OF_NODE = 6,
    IMPORT_DEPTH_MAX = 290,
    KEYS_DEPTH_MAX = 20
};

static const char purpose[] = "types";

struct shape_source {
    struct shape_source *next;
    const struct shapes *shapes;
    uint32_t numbers[]; /* here, by number there; 0: not yet */
};

void shape_drop_sources(struct shape_builder *b)
{
    while (b->sources) {
        struct shape_source *source = b->sources;
        b->sources = source->next;
        free(source);
    }
}

static struct shape_source *source_of(struct shape_builder *b, const struct shapes *from)
{
    struct shape_source *source = b->sources;
    while (source && source->shapes != from)
        source = source->next;
    if (source)
        return source;
    source = memory_zeroed(sizeof *source + from->node_count * sizeof(uint32_t), purpose);
    source->shapes = from;
    source->next = b->sources;
    return b->sources = source;
}

/* Room for the words of one node. */
struct word_list {
    uint32_t fixed[WORDS_INLINE];
    uint32_t *at;
};

static void open_words(struct word_list *list, uint32_t count)
{
    list->at = count <= WORDS_INLINE ? list->fixed : memory_alloc(count * sizeof *list->at, purpose);
}

static void close_words(struct word_list *list)
{
    if (list->at != list->fixed)
        free(list->at);
}

static uint32_t import_name(struct shape_builder *b, const struct shapes *from, uint32_t name)
{
    size_t length;
    const char *text = shape_text_of(from, name, &length);
    return shape_add_name(b, text, length);
}

/* ---- from other sets ---- */

static uint32_t import(struct shape_builder *b, struct shape_source *source, uint32_t node);

static uint32_t import_word(struct shape_builder *b, struct shape_source *source, enum shape_reference what,
                            uint32_t word)
{
    if (what == SHAPE_IS_NODE)
        return word ? import(b, source, word) : 0;
    return what == SHAPE_IS_NAME ? import_name(b, source->shapes, word) : word;
}

/* `module.name`, which means nothing. */
static uint32_t import_unresolved(struct shape_builder *b, const char *module, const char *name)
{
    size_t length = strlen(module) + strlen(name) + 1;
    char *both = memory_alloc(length + 1, purpose);
    memcpy(both, module, strlen(module));
    both[strlen(module)] = '.';
    memcpy(both + strlen(module) + 1, name, strlen(name) + 1);
    uint32_t word = shape_add_name(b, both, length);
    free(both);
    return shape_add(b, SHAPE_UNRESOLVED, 0, 0, &word, 1);
}

/* The generic type of another unit with the arguments that stand behind its name here; 0: it is none, or takes another number of them. */
static uint32_t import_instance(struct shape_builder *b, struct shape_source *source, const struct shape_node *n,
                                uint32_t generic)
{
    uint32_t count = n->word_count - SHAPE_EXTERN_NAMES;
    if (b->nodes[generic].kind != SHAPE_GENERIC || b->nodes[generic].word_count - SHAPE_NAMED_WORDS != count)
        return 0;
    struct word_list args;
    open_words(&args, count);
    for (uint32_t i = 0; i < count; i++)
        args.at[i] = import(b, source, shape_words(source->shapes, n)[SHAPE_EXTERN_NAMES + i]);
    uint32_t new = shape_instance(b, generic, args.at, count);
    close_words(&args);
    return new;
}

/* Keys of what a type of another set stands for; see shape_of_keyof. */
static bool add_keys(struct shape_builder *b, struct shape_source *source, uint32_t node, int depth,
                     struct shape_list *keys)
{
    const struct shape_node *n = shape_node(source->shapes, shape_look(source->shapes, node, true));
    const uint32_t *words = shape_words(source->shapes, n);
    switch (n->kind) {
    case SHAPE_OPTIONAL:
        return depth < KEYS_DEPTH_MAX && add_keys(b, source, n->scalar, depth + 1, keys);
    case SHAPE_INTERSECTION:
        for (uint32_t i = 0; i < n->word_count; i++)
            if (depth == KEYS_DEPTH_MAX || !add_keys(b, source, words[i], depth + 1, keys))
                return false;
        return true;
    case SHAPE_RECORD:
        for (uint32_t i = 0; i < n->word_count; i += SHAPE_FIELD_WORDS)
            shape_list_add(keys, shape_add(b, SHAPE_STRING, 0, import_name(b, source->shapes, words[i]), NULL, 0));
        return !n->scalar || add_keys(b, source, n->scalar, depth + 1, keys);
    case SHAPE_MAP:
        shape_list_add(keys, import(b, source, words[0]));
        return true;
    case SHAPE_ARRAY:
        shape_list_add(keys, BUILTIN_INTEGER);
        return true;
    case BUILTIN_ANY:
    case BUILTIN_UNKNOWN:
    case BUILTIN_TABLE:
    case SHAPE_INTERFACE:
    case SHAPE_GENERIC:
        return false;
    default:
        return true;
    }
}

static uint32_t import_keys(struct shape_builder *b, struct shape_source *source, uint32_t node)
{
    struct shape_list keys = {0};
    uint32_t new = BUILTIN_ANY;
    if (b->inherited < INHERITED_MAX && add_keys(b, source, node, 0, &keys))
        new = keys.count == 0   ? (uint32_t)BUILTIN_NEVER
              : keys.count == 1 ? keys.at[0]
                                : shape_add(b, SHAPE_UNION, 0, 0, keys.at, keys.count);
    b->inherited += keys.count;
    shape_list_free(&keys);
    return new;
}

/* What goes through a channel is not checked: types of C modules do without their arguments. */
static uint32_t import_extern(struct shape_builder *b, struct shape_source *source, const struct shape_node *n)
{
    const uint32_t *words = shape_words(source->shapes, n);
    const char *module = shape_text_of(source->shapes, words[0], NULL);
    const char *name = shape_text_of(source->shapes, words[1], NULL);
    uint32_t found = 0;
    bool is_host = false;
    const struct shapes *from = b->link(b->link_ctx, module, name, &found, &is_host);
    if (n->flags & SHAPE_KEYS && (from || is_host))
        return from ? import_keys(b, source_of(b, from), found) : (uint32_t)BUILTIN_ANY;
    uint32_t node = from ? shape_import(b, from, found) : 0;
    if (node && n->word_count > SHAPE_EXTERN_NAMES)
        node = import_instance(b, source, n, node);
    if (node)
        return node;
    if (from || !is_host)
        return import_unresolved(b, module, name);
    uint32_t names[SHAPE_EXTERN_NAMES] = {import_name(b, source->shapes, words[0]),
                                          import_name(b, source->shapes, words[1])};
    return shape_add(b, SHAPE_HOST, 0, 0, names, SHAPE_EXTERN_NAMES);
}

static bool is_named(const struct shape_node *n)
{
    return n->kind == SHAPE_ALIAS || n->kind == SHAPE_INTERFACE || n->kind == SHAPE_GENERIC;
}

/* The interface of another unit that the base of one of this unit names; NULL: it is none. */
static const struct shapes *find_interface(const struct shape_builder *b, const struct shape_source *source,
                                           uint32_t base, uint32_t *found)
{
    bool is_host;
    const struct shape_node *n = shape_node(source->shapes, shape_look(source->shapes, base, true));
    if (n->kind != SHAPE_EXTERN || n->word_count > SHAPE_EXTERN_NAMES || !b->link)
        return NULL;
    const uint32_t *names = shape_words(source->shapes, n);
    const struct shapes *from = b->link(b->link_ctx, shape_text_of(source->shapes, names[0], NULL),
                                        shape_text_of(source->shapes, names[1], NULL), found, &is_host);
    if (!from)
        return NULL;
    *found = shape_look(from, *found, true);
    return shape_node(from, *found)->kind == SHAPE_INTERFACE ? from : NULL;
}

enum { FLAT = 1, FILLED = 2 };

/*
 * Bases and methods of an interface, if FLAT with the methods of bases from other units in place of those. Only if FILLED are the types
 * there: the number of words must be known before.
 */
static void add_interface(struct shape_builder *b, struct shape_source *source, uint32_t node, unsigned how,
                          struct shape_list *list)
{
    const struct shape_node *n = shape_node(source->shapes, node);
    const uint32_t *words = shape_words(source->shapes, n);
    for (uint32_t i = SHAPE_NAMED_WORDS; i < n->word_count; i += SHAPE_FIELD_WORDS) {
        uint32_t other;
        bool may_be_flat = how & FLAT && !words[i];
        const struct shapes *from = may_be_flat ? find_interface(b, source, words[i + 1], &other) : NULL;
        if (from) {
            add_interface(b, source_of(b, from), other, how, list);
            continue;
        }
        uint32_t type = how & FILLED ? import(b, source, words[i + 1]) : (uint32_t)BUILTIN_ANY;
        shape_list_add_field(list, import_name(b, source->shapes, words[i]), type, words[i + 2]);
    }
}

static void add_header(struct shape_builder *b, const struct shape_source *source, const uint32_t *from,
                       struct shape_list *list)
{
    bool is_salted = b->link && source->shapes == b->linked;
    shape_list_add(list, from[SHAPE_ORIGIN_LOW] ^ (is_salted ? (uint32_t)b->salt : 0));
    shape_list_add(list, from[SHAPE_ORIGIN_HIGH] ^ (is_salted ? (uint32_t)(b->salt >> 32) : 0));
    shape_list_add(list, from[SHAPE_DECLARATION]);
    shape_list_add(list, import_name(b, source->shapes, from[SHAPE_NAME]));
}

/* A named type with nothing in it yet. */
static uint32_t import_named(struct shape_builder *b, struct shape_source *source, uint32_t node)
{
    const struct shape_node *n = shape_node(source->shapes, node);
    uint32_t known = b->node_count;
    bool is_flat = b->inherited < INHERITED_MAX;
    struct shape_list words = {0};
    add_header(b, source, shape_words(source->shapes, n), &words);
    if (n->kind == SHAPE_INTERFACE) {
        add_interface(b, source, node, is_flat ? FLAT : 0, &words);
        if (words.count > n->word_count)
            b->inherited += (words.count - n->word_count) / SHAPE_FIELD_WORDS;
        shape_sort_fields(b, &words, SHAPE_NAMED_WORDS);
    }
    for (uint32_t i = SHAPE_NAMED_WORDS; n->kind != SHAPE_INTERFACE && i < n->word_count; i++)
        shape_list_add(&words, 0);
    uint32_t new = shape_add(b, n->kind, 0, 0, words.at, words.count);
    shape_list_free(&words);
    source->numbers[node] = new;
    if (new >= known)
        shape_do_later(b, (struct shape_unfilled){new, source, node, is_flat});
    return new;
}

/* A node without a name, after its parts. */
static uint32_t import_parts(struct shape_builder *b, struct shape_source *source, const struct shape_node *n)
{
    const uint32_t *from = shape_words(source->shapes, n);
    struct word_list words;
    open_words(&words, n->word_count);
    for (uint32_t i = 0; i < n->word_count; i++)
        words.at[i] = import_word(b, source, shape_word(n, from, i), from[i]);
    uint32_t new;
    if (n->kind == SHAPE_INSTANCE)
        new = shape_instance(b, words.at[0], words.at + 1, n->word_count - 1);
    else
        new = shape_add(b, n->kind, n->flags & ~(unsigned)SHAPE_HAS_PARAM,
                        import_word(b, source, shape_scalar(n), n->scalar), words.at, n->word_count);
    close_words(&words);
    return new;
}

static uint32_t import(struct shape_builder *b, struct shape_source *source, uint32_t node)
{
    if (node < BUILTINS)
        return node;
    if (source->numbers[node])
        return source->numbers[node];
    const struct shape_node *n = shape_node(source->shapes, node);
    if (is_named(n))
        return import_named(b, source, node);
    if (b->depth == IMPORT_DEPTH_MAX) {
        b->is_too_deep = true;
        return BUILTIN_ANY;
    }
    b->depth++;
    bool is_linked = n->kind == SHAPE_EXTERN && b->link;
    uint32_t new = is_linked ? import_extern(b, source, n) : import_parts(b, source, n);
    b->depth--;
    return source->numbers[node] = new;
}

uint32_t shape_import(struct shape_builder *b, const struct shapes *from, uint32_t node)
{
    return import(b, source_of(b, from), node);
}

static uint32_t import_list(struct shape_builder *b, struct shape_source *source, uint32_t first, uint32_t count,
                            uint32_t stride)
{
    const uint32_t *from = shape_all_words(source->shapes) + first;
    uint32_t total = count * stride;
    uint32_t *copy = memory_alloc((total + 1) * sizeof *copy, purpose);
    for (uint32_t i = 0; i < total; i++)
        copy[i] = stride == 2 && i % 2 == 0 ? import_name(b, source->shapes, from[i]) : import(b, source, from[i]);
    shape_complete(b);
    uint32_t at = shape_append_words(b, copy, total);
    free(copy);
    return at;
}

void shape_import_all(struct shape_builder *b, const struct shapes *from)
{
    struct shape_source *source = source_of(b, from);
    b->uses = import_list(b, source, from->uses, from->use_count, 1);
    b->use_count = from->use_count;
    b->exports = import_list(b, source, from->exports, from->export_count, 2);
    b->export_count = from->export_count;
}

/* ---- instances ---- */

uint32_t shape_instance(struct shape_builder *b, uint32_t generic, const uint32_t *args, uint32_t count)
{
    struct word_list words;
    uint32_t known = b->node_count;
    open_words(&words, count + 1);
    words.at[0] = generic;
    memcpy(words.at + 1, args, count * sizeof *args);
    uint32_t new = shape_add(b, SHAPE_INSTANCE, 0, 0, words.at, count + 1);
    close_words(&words);
    if (new >= known && !(b->nodes[new].flags & SHAPE_HAS_PARAM))
        shape_do_later(b, (struct shape_unfilled){.node = new});
    return new;
}

/* The type with the arguments of the instance in place of parameters; anything once there are too many words. */
static uint32_t substitute(struct shape_builder *b, uint32_t node, uint32_t instance)
{
    struct shape_node n = b->nodes[node];
    if (!(n.flags & SHAPE_HAS_PARAM) || b->substituted > SUBSTITUTED_MAX)
        return node;
    b->substituted += WORDS_OF_NODE + n.word_count;
    if (n.kind == SHAPE_PARAM) {
        uint32_t position = b->words[n.words + 1];
        bool is_given = position + 1 < b->nodes[instance].word_count;
        return is_given ? b->words[b->nodes[instance].words + 1 + position] : (uint32_t)BUILTIN_ANY;
    }
    struct word_list words;
    open_words(&words, n.word_count);
    for (uint32_t i = 0; i < n.word_count; i++) {
        uint32_t word = b->words[n.words + i];
        bool is_node = shape_word(&n, b->words + n.words, i) == SHAPE_IS_NODE;
        words.at[i] = is_node ? substitute(b, word, instance) : word;
    }
    uint32_t new;
    if (n.kind == SHAPE_INSTANCE) {
        new = shape_instance(b, words.at[0], words.at + 1, n.word_count - 1);
    } else {
        uint32_t scalar = n.scalar;
        if (scalar && shape_scalar(&n) == SHAPE_IS_NODE)
            scalar = substitute(b, scalar, instance);
        new = shape_add(b, n.kind, n.flags & ~(unsigned)SHAPE_HAS_PARAM, scalar, words.at, n.word_count);
    }
    close_words(&words);
    return new;
}

static void expand(struct shape_builder *b, uint32_t instance)
{
    uint32_t body = b->nodes[b->words[b->nodes[instance].words]].scalar;
    if (b->expansions++ >= EXPANSIONS_MAX || b->substituted > SUBSTITUTED_MAX)
        return;
    body = substitute(b, body, instance);
    b->nodes[instance].scalar = b->substituted > SUBSTITUTED_MAX ? 0 : body;
}

static void fill_interface(struct shape_builder *b, struct shape_source *source, const struct shape_unfilled *item)
{
    struct shape_list words = {0};
    add_interface(b, source, item->from, item->is_flat ? FLAT | FILLED : FILLED, &words);
    shape_sort_fields(b, &words, 0);
    if (words.count)
        memcpy(b->words + b->nodes[item->node].words + SHAPE_NAMED_WORDS, words.at, words.count * sizeof *words.at);
    shape_list_free(&words);
}

static void fill_in(struct shape_builder *b, const struct shape_unfilled *item)
{
    struct shape_source *source = (struct shape_source *)item->source;
    const struct shape_node *n = shape_node(source->shapes, item->from);
    const uint32_t *from = shape_words(source->shapes, n);
    if (n->kind == SHAPE_INTERFACE) {
        fill_interface(b, source, item);
        return;
    }
    for (uint32_t i = SHAPE_NAMED_WORDS; i < n->word_count; i++) {
        uint32_t word = import_word(b, source, shape_word(n, from, i), from[i]);
        b->words[b->nodes[item->node].words + i] = word;
    }
    uint32_t body = import_word(b, source, shape_scalar(n), n->scalar);
    b->nodes[item->node].scalar = body;
}

/* Bodies first, for instances are made of them. */
void shape_complete(struct shape_builder *b)
{
    while (b->unfilled_count) {
        uint32_t instances = 0;
        for (uint32_t i = 0; i < b->unfilled_count; i++) {
            struct shape_unfilled item = b->unfilled[i];
            if (item.source)
                fill_in(b, &item);
            else
                b->unfilled[instances++] = item;
        }
        b->unfilled_count = instances;
        for (uint32_t i = 0; i < instances; i++)
            expand(b, b->unfilled[i].node);
        memmove(b->unfilled, b->unfilled + instances, (b->unfilled_count - instances) * sizeof *b->unfilled);
        b->unfilled_count -= instances;
    }
}

void shape_use(struct shape_builder *b, uint32_t node)
{
    shape_complete(b);
    b->uses = shape_append_words(b, &node, 1);
    b->use_count = 1;
}
