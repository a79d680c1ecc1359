/* SPDX-License-Identifier: MIT */
/*
 * template_words: leaves the compiler's words out of an image. A Lua state keeps the reserved words and a few other
 * strings for ever, some 700 bytes that only the compiler looks at. Two links hold such a word: the one of the
 * collector's list of such objects and the one of its chain in the string table. What nothing else refers to is taken
 * out of both, just as the collector does with a dead string.
 *
 * The links are told apart by where they are. The first word of a string is the collector's link, the third is that of
 * the chain. The list's head is in the first block of a state, the chains' heads in the string table. A string that is
 * held in any other way stays, so with another layout than this, all would.
 *
 * The count of strings that the state keeps is left as it is: it decides about the size of the string table only.
 */
#include <stdlib.h>

#include "sched/base/fault.h"
#include "vm/heap.h"
#include "vm/template_build.h"

enum { WORD_NEXT = 0, WORD_CHAIN = 2, STRING_TABLE_MIN = 128 * sizeof(void *) };

/* A live string, and the words that refer to it. */
struct word {
    struct template_block *block;
    size_t references;
    uint64_t *next, *chain; /* the last of either kind that was seen */
};

struct words {
    struct word *list; /* by address */
    size_t count;
};

static bool collect_strings(struct words *words, const struct template_build *build)
{
    size_t count = 0;
    struct template_block *block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        count += block->is_string;
    words->count = 0;
    words->list = fault_hit(build->config->fault, FAULT_MALLOC) ? NULL : calloc(count + 1, sizeof(struct word));
    if (!words->list)
        return false;
    block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        if (block->is_string)
            words->list[words->count++].block = block;
    return true;
}

/* The string that a word points to or into, or NULL. */
static struct word *word_at(const struct words *words, uint64_t address)
{
    size_t low = 0, high = words->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if ((uintptr_t)template_block_data(words->list[middle].block) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    struct word *word = &words->list[low - 1];
    return address - (uintptr_t)template_block_data(word->block) <= word->block->size ? word : NULL;
}

static bool may_be_string_table(const struct template_block *block)
{
    return block->size >= STRING_TABLE_MIN && (block->size & (block->size - 1)) == 0;
}

/* Notes what the words of one block refer to; `block`: NULL for the user area. */
static void note(const struct words *words, const struct template_build *build, struct template_block *block,
                 uint64_t *at, size_t count)
{
    bool is_first = (char *)block == build->first;
    for (size_t i = 0; i < count; i++) {
        struct word *word = word_at(words, at[i]);
        if (!word)
            continue;
        word->references++;
        if (!block || at[i] != (uintptr_t)template_block_data(word->block))
            continue;
        if (block->is_string ? i == WORD_NEXT : is_first)
            word->next = &at[i];
        else if (block->is_string ? i == WORD_CHAIN : may_be_string_table(block))
            word->chain = &at[i];
    }
}

static void note_all(const struct words *words, const struct template_build *build)
{
    note(words, build, NULL, heap_user(build->heap), heap_user_size(build->config->user) / sizeof(uint64_t));
    struct template_block *block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        note(words, build, block, (uint64_t *)template_block_data(block), template_block_words(block));
}

/*
 * Only short strings are in chains. A long one has its length in the third word, and a vector of constants that refers to it may have the
 * size of a string table. The type is in the first byte of the second word; that of short strings has no variant bits.
 */
static bool is_short(const struct word *word)
{
    return (unsigned char)template_block_data(word->block)[sizeof(uint64_t)] == LUA_TSTRING;
}

/* Lets the links skip the string. Those that lead on from it are found in its successors. */
static void unlink_word(const struct words *words, struct word *word)
{
    uint64_t *data = (uint64_t *)template_block_data(word->block);
    *word->next = data[WORD_NEXT];
    *word->chain = data[WORD_CHAIN];
    struct word *next = word_at(words, data[WORD_NEXT]), *chained = word_at(words, data[WORD_CHAIN]);
    if (next)
        next->next = word->next;
    if (chained)
        chained->chain = word->chain;
    word->block->is_live = false;
}

bool template_build_drop_words(struct template_build *build)
{
    struct words words;
    if (!collect_strings(&words, build))
        return false;
    note_all(&words, build);
    for (size_t i = 0; i < words.count; i++) {
        struct word *word = &words.list[i];
        if (word->references == 2 && word->next && word->chain && is_short(word))
            unlink_word(&words, word);
    }
    free(words.list);
    return true;
}
