/* SPDX-License-Identifier: MIT */
/* word: a hash table with chains, keyed by chance. */
#include "vm/lang/word.h"

#include <stdlib.h>
#include <string.h>

#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "sched/base/rng.h"
#include "vm/lang/arena.h"
#include "vm/lang/token.h"

enum { BUCKETS_AT_FIRST = 256 };

static const char *const keywords[] = {"and",      "break",  "do",   "else", "elseif", "end",  "false", "for",
                                       "function", "goto",   "if",   "in",   "local",  "nil",  "not",   "or",
                                       "repeat",   "return", "then", "true", "until",  "while"};

static const struct {
    const char *text;
    enum word_context context;
} contexts[] = {
    {"as", WORD_AS},       {"asserts", WORD_ASSERTS},     {"extends", WORD_EXTENDS},
    {"fun", WORD_FUN},     {"interface", WORD_INTERFACE}, {"is", WORD_IS},
    {"keyof", WORD_KEYOF}, {"readonly", WORD_READONLY},   {"require", WORD_REQUIRE},
    {"type", WORD_TYPE},   {"typeof", WORD_TYPEOF},
};

static const struct {
    const char *text;
    enum word_builtin builtin;
} builtins[] = {
    {"nil", BUILTIN_NIL},           {"boolean", BUILTIN_BOOLEAN}, {"number", BUILTIN_NUMBER},
    {"integer", BUILTIN_INTEGER},   {"string", BUILTIN_STRING},   {"any", BUILTIN_ANY},
    {"unknown", BUILTIN_UNKNOWN},   {"never", BUILTIN_NEVER},     {"table", BUILTIN_TABLE},
    {"function", BUILTIN_FUNCTION}, {"thread", BUILTIN_THREAD},   {"userdata", BUILTIN_USERDATA},
    {"error", BUILTIN_ERROR},       {"self", BUILTIN_SELF},       {"bool", BUILTIN_BOOLEAN},
    {"int", BUILTIN_INTEGER},
};

static void fill(struct words *words)
{
    for (unsigned i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        words_intern(words, keywords[i], strlen(keywords[i]))->keyword = (uint8_t)(TOKEN_AND + i);
    for (unsigned i = 0; i < sizeof contexts / sizeof contexts[0]; i++)
        words_intern(words, contexts[i].text, strlen(contexts[i].text))->context = (uint8_t)contexts[i].context;
    for (unsigned i = 0; i < sizeof builtins / sizeof builtins[0]; i++)
        words_intern(words, builtins[i].text, strlen(builtins[i].text))->builtin = (uint8_t)builtins[i].builtin;
}

void words_init(struct words *words, struct arena *arena)
{
    *words = (struct words){.arena = arena, .mask = BUCKETS_AT_FIRST - 1, .seed = rng_entropy()};
    words->buckets = memory_zeroed(BUCKETS_AT_FIRST * sizeof *words->buckets, "parsing a source");
    fill(words);
}

void words_destroy(struct words *words)
{
    free(words->buckets);
    words->buckets = NULL;
}

static void grow(struct words *words)
{
    uint32_t size = (words->mask + 1) * 2;
    struct word **buckets = memory_zeroed(size * sizeof *buckets, "parsing a source");
    for (uint32_t i = 0; i <= words->mask; i++)
        for (struct word *word = words->buckets[i], *next; word; word = next) {
            next = word->next;
            word->next = buckets[word->hash & (size - 1)];
            buckets[word->hash & (size - 1)] = word;
        }
    free(words->buckets);
    words->buckets = buckets;
    words->mask = size - 1;
}

struct word *words_intern(struct words *words, const char *text, size_t length)
{
    uint32_t h = (uint32_t)hash_bytes(words->seed, text, length);
    for (struct word *word = words->buckets[h & words->mask]; word; word = word->next)
        if (word->hash == h && word->length == length && !memcmp(word->text, text, length))
            return word;
    if (words->count > words->mask)
        grow(words);
    struct word *word = arena_alloc(words->arena, sizeof *word);
    word->text = arena_copy(words->arena, text, length);
    word->length = (uint32_t)length;
    word->hash = h;
    word->next = words->buckets[h & words->mask];
    words->buckets[h & words->mask] = word;
    words->count++;
    return word;
}

const char *word_builtin_name(enum word_builtin builtin)
{
    return builtin == BUILTIN_NONE || builtin >= BUILTINS ? NULL : builtins[builtin - 1].text;
}
