/* SPDX-License-Identifier: MIT */
/*
 * template_image: layout and relocation of a build.
 *
 * The blocks of the image are numbered by address; block 0 is head and user area of the heap. A word points into a
 * block from its first byte to one past its last: Lua keeps such end pointers (`lastfree` of a table, the limits of a
 * stack), and no two blocks of a build touch.
 */
#include "vm/template_image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/fault.h"
#include "vm/heap.h"
#include "vm/template_build.h"

/*
 * What an empty state consists of, and running code hardly touches, lies together, so that the rest can be fetched without it: of the first block
 * what comes behind the thread and the global state up to the names of metamethods, which is a cache of strings that C has named; the string
 * table, unless it has grown; and the strings, which are those names, but for the two that are looked up all the time, and the compiler's words.
 */
enum { BARE_HOT = 720, STRING_TABLE_MIN = 128 * sizeof(void *) };

struct piece {
    uint64_t start; /* in the region */
    uint64_t size;
    uint64_t offset; /* from the heap, in a clone */
    size_t words;    /* that may be pointers */
};

struct layout {
    struct template_image *image;
    struct piece *pieces;
    size_t count;
    size_t capacity; /* of image->words */
    struct fault_plan *fault;
};

static void *allocate(struct fault_plan *fault, size_t size)
{
    return fault_hit(fault, FAULT_MALLOC) ? NULL : malloc(size);
}

static size_t count_live(const struct template_build *build)
{
    size_t count = 0;
    struct template_block *block = template_build_live(build, build->first);
    for (; block; block = template_build_live(build, template_block_next(block)))
        count++;
    return count;
}

static bool is_string(struct template_block *block, const char *text)
{
    size_t size = strlen(text) + 1;
    return block->is_string && block->size > size &&
           memcmp(template_block_data(block) + block->size - size, text, size) == 0;
}

static bool is_cold(const struct template_build *build, struct template_block *block)
{
    if ((char *)block >= build->bare)
        return false;
    return block->is_string ? !is_string(block, "__index") && !is_string(block, "__gc")
                            : block->size >= STRING_TABLE_MIN;
}

static void place(struct layout *layout, struct piece *piece, uint64_t *end)
{
    piece->offset = *end;
    *end += (piece->size + 7) & ~(uint64_t)7;
    layout->image->live += piece->size;
}

/* Decides where each block goes: the first one, what is cold, all others. */
static bool place_pieces(struct layout *layout, const struct template_build *build)
{
    size_t count = count_live(build) + 1, i = 1;
    struct piece *pieces = layout->pieces = allocate(layout->fault, count * sizeof(*pieces));
    if (!pieces)
        return false;
    layout->count = count;
    uint64_t end = heap_user_offset() + heap_user_size(build->config->user);
    layout->image->cold_from = end + BARE_HOT;
    pieces[0] = (struct piece){(uintptr_t)build->heap, end, 0, 0};
    struct template_block *block, *first = template_build_live(build, build->first);
    for (block = first; block; block = template_build_live(build, template_block_next(block)), i++) {
        pieces[i] = (struct piece){(uintptr_t)template_block_data(block), block->size, 0, template_block_words(block)};
        if (block == first || is_cold(build, block))
            place(layout, &pieces[i], &end);
    }
    layout->image->cold_to = end;
    for (i = 1; i < count; i++)
        if (pieces[i].offset == 0)
            place(layout, &pieces[i], &end);
    layout->image->size = end - heap_user_offset();
    return true;
}

/* What a word is in a clone: its offset from the heap, or -1 if it is no pointer. */
static int64_t relocate(const struct layout *layout, uint64_t word)
{
    size_t low = 0, high = layout->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (layout->pieces[middle].start <= word)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return -1;
    const struct piece *piece = &layout->pieces[low - 1];
    return word - piece->start <= piece->size ? (int64_t)(word - piece->start + piece->offset) : -1;
}

static bool add_word(struct layout *layout, uint32_t place)
{
    struct template_image *image = layout->image;
    if (image->word_count == layout->capacity) {
        size_t capacity = layout->capacity ? 2 * layout->capacity : 512;
        uint32_t *grown =
            fault_hit(layout->fault, FAULT_MALLOC) ? NULL : realloc(image->words, capacity * sizeof(*grown));
        if (!grown)
            return false;
        image->words = grown;
        layout->capacity = capacity;
    }
    image->words[image->word_count++] = place;
    return true;
}

/* Relocates `count` words of the image from `at` on. */
static bool relocate_words(struct layout *layout, char *at, size_t count)
{
    uint64_t *words = (uint64_t *)at;
    for (size_t i = 0; i < count; i++) {
        int64_t offset = relocate(layout, words[i]);
        if (offset < 0)
            continue;
        words[i] = (uint64_t)offset;
        if (!add_word(layout, (uint32_t)((uint64_t *)at + i - (uint64_t *)layout->image->bytes)))
            return false;
    }
    return true;
}

static bool copy_pieces(struct layout *layout, const struct template_build *build)
{
    struct template_image *image = layout->image;
    image->bytes = allocate(layout->fault, image->size);
    if (!image->bytes)
        return false;
    memset(image->bytes, 0, image->size);
    size_t user = heap_user_size(build->config->user);
    memcpy(image->bytes, heap_user(build->heap), user);
    if (!relocate_words(layout, image->bytes, user / sizeof(uint64_t)))
        return false;
    for (size_t i = 1; i < layout->count; i++) {
        const struct piece *piece = &layout->pieces[i];
        char *at = image->bytes + (piece->offset - heap_user_offset());
        memcpy(at, (const void *)(uintptr_t)piece->start, piece->size);
        if (!relocate_words(layout, at, piece->words))
            return false;
    }
    return true;
}

int template_image_init(struct template_image *image, const struct template_build *build)
{
    *image = (struct template_image){0};
    struct layout layout = {.image = image, .fault = build->config->fault};
    bool ok = place_pieces(&layout, build) && copy_pieces(&layout, build);
    free(layout.pieces);
    return ok ? 0 : -ENOMEM;
}

void template_image_destroy(struct template_image *image)
{
    free(image->bytes);
    free(image->words);
    *image = (struct template_image){0};
}
