/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <lua.h>

#include "vm/delta.h"
#include "vm/heap.h"
#include "vm/heap_layout.h"
#include "vm/window.h"

#ifdef SLAB_ASAN
enum { ASAN = 1 };
#else
enum { ASAN = 0 };
#endif

enum { WORD = sizeof(uint64_t), WORDS = WINDOW_SIZE / WORD, FLOAT = 3, INTEGER = 19 };

/* Heaps that no Lua has made, in two windows of one number: any word can be anything. */
static struct windows windows;
static struct window_cache places;
static struct heap *from, *to;
static struct heap_image image;
static _Alignas(64) char fresh[WINDOW_SIZE], fresh_there[WINDOW_SIZE]; /* for `from` and for `to` */
static uint64_t out[(DELTA_MAX + 7) / 8];

static struct delta *const delta = (struct delta *)out;

static void take_two(unsigned number)
{
    from = window_take(&places, &windows, number);
    to = window_take(&places, &windows, number);
    cr_assert(from && to);
}

static void begin(void)
{
    windows_init(&windows, 4, NULL);
    take_two(12);
}

static void end(void)
{
    window_give(&places, &windows, from);
    window_give(&places, &windows, to);
    window_flush(&places, &windows);
    windows_destroy(&windows);
}

/* The image of a heap at `at`: pointers, numbers, tags. */
static void sketch(char *copy, struct heap *at)
{
    uint64_t *words = (uint64_t *)copy;
    heap_image_sketch(copy, at, NULL, &image, NULL);
    for (size_t i = heap_user_offset() / WORD; i < (heap_user_offset() + image.size) / WORD; i++)
        words[i] = i % 3 == 0 ? (uintptr_t)at + i * 5 : i % 3 == 1 ? i % 2 * 16 + 3 : i * 0x9e3779b97f4a7c15u;
}

/* A heap in `from` whose image ends at `image_end`, in a first chunk of `room` bytes. */
static void make(size_t image_end, size_t room)
{
    image = (struct heap_image){.size = image_end - heap_user_offset(), .first_size = room, .lent = true};
    sketch(fresh, from);
    sketch(fresh_there, to);
    slab_unpoison(from, WINDOW_SIZE);
    slab_unpoison(to, WINDOW_SIZE);
    memset(from, INTEGER, WINDOW_SIZE);
    for (size_t i = 0; i < WORDS; i++)
        ((uint64_t *)from)[i] = INTEGER; /* of whoever was there before */
    heap_image_again(from, fresh, image.size);
}

static bool write_delta(void)
{
    return delta_write(delta, from, fresh);
}

static void apply(void)
{
    slab_unpoison(to, WINDOW_SIZE);
    memset(to, 0x55, WINDOW_SIZE);
    delta_apply(delta, to, fresh_there);
}

static bool is_inside(uint64_t value)
{
    return value >= (uintptr_t)from && value <= (uintptr_t)from + heap_room(from);
}

static uint64_t moved(uint64_t value)
{
    return is_inside(value) ? value - (uintptr_t)from + (uintptr_t)to : value;
}

/* Each word of the moved heap is what it was, or where what it points to is now. */
static void check_moved(void)
{
    const uint64_t *here = (const uint64_t *)from, *there = (const uint64_t *)to;
    cr_assert_eq(heap_end(to), heap_end(from));
    for (size_t i = 0; i < heap_end(from) / WORD; i++)
        cr_assert_eq(there[i], moved(here[i]), "word %zu", i);
}

static size_t words_of_bits(void)
{
    return (heap_image_end(from) / WORD + 63) / 64;
}

/* What decides how much is written cannot be anything. */
static bool is_control(size_t word)
{
    size_t sizes = offsetof(struct heap, slow_takes) + sizeof(uint32_t);
    return word == offsetof(struct heap, bump) / WORD || word == sizes / WORD ||
           word == offsetof(struct heap, image_end) / WORD;
}

/* Ends of images: whole groups, whole lines, parts of both. */
static const size_t ends[] = {1024, 1032, 1080, 1088, 1096, 1528, 1536, 2040, 2048, 2056, 8 * 1021};
enum { ENDS = sizeof ends / sizeof *ends };

Test(delta, what_has_not_changed_is_but_bits, .init = begin, .fini = end)
{
    for (size_t i = 0; i < ENDS; i++) {
        make(ends[i], 12 * 1024);
        cr_assert(heap_is_movable(from) && heap_is_lent(from));
        cr_assert(write_delta());
        cr_assert_eq(delta->size, sizeof *delta + words_of_bits() * WORD);
        cr_assert_eq(delta->room, 12 * 1024);
        cr_assert_eq(delta->image, ends[i]);
        cr_assert_eq(delta->end, ends[i]);
        cr_assert_eq(delta->at, from);
        for (size_t k = 0; k < words_of_bits(); k++)
            cr_assert_eq(delta->words[k], 0);
        apply();
        cr_assert_eq(memcmp(to, fresh_there, ends[i]), 0);
    }
}

/* Values about the bounds of the heap, and others. */
static size_t values_for(uint64_t *values)
{
    const uint64_t base = (uintptr_t)from, last = base + heap_room(from), layer = (uint64_t)1 << 32;
    const uint64_t all[] = {
        base,     base + 8,     base + 4097,  last - 1,     last,           0,     1,         base - 1, last + 1,
        last + 8, base + layer, base - layer, last + layer, (uint32_t)base, ~base, UINT64_MAX};
    memcpy(values, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* One word has that value: it comes back, as the only one, or the delta is refused as the tag behind says. */
static void check_word(size_t word, uint64_t value)
{
    uint64_t *words = (uint64_t *)from, was = words[word];
    uint64_t tag = (word + 1) * WORD < heap_end(from) ? (uint32_t)words[word + 1] : 0;
    bool is_doubtful =
        word >= 3 && is_inside(value) && (tag == FLOAT || tag == INTEGER) && value != (uintptr_t)&words[word + 2];
    words[word] = value;
    cr_assert_eq(write_delta(), !is_doubtful, "word %zu", word);
    size_t tail = (heap_end(from) - heap_image_end(from)) / WORD, changed = word * WORD < heap_image_end(from);
    cr_assert_leq(delta->size, sizeof *delta + (words_of_bits() + tail + changed + 8) * WORD);
    if (!is_doubtful) {
        apply();
        check_moved();
    }
    words[word] = was;
}

static void check_words(size_t first, size_t behind)
{
    uint64_t values[32];
    size_t count = values_for(values);
    for (size_t word = first; word < behind; word++) {
        if (is_control(word))
            continue;
        for (size_t i = 0; i < count; i++)
            check_word(word, values[i]);
        check_word(word, ((uint64_t *)from)[word] ^ (uint64_t)1 << 40);
        check_word(word, ((uint64_t *)from)[word] ^ 1 << 20);
    }
}

Test(delta, each_word_of_the_image_comes_back, .init = begin, .fini = end)
{
    for (size_t i = 0; i < ENDS; i++) {
        make(ends[i], 12 * 1024);
        check_words(1, 8);
        check_words(ends[i] / WORD - 70, ends[i] / WORD);
    }
    make(8 * 1021, 12 * 1024);
    check_words(1, 1021);
}

/* The first word of all is the end of what is used. */
Test(delta, the_first_word_comes_back, .init = begin, .fini = end)
{
    make(1032, 4096);
    *(char **)from += 24;
    slab_unpoison((char *)from + 1032, 24);
    memset((char *)from + 1032, 7, 24);
    cr_assert(write_delta());
    cr_assert_eq(delta->words[0], 1);
    apply();
    check_moved();
    cr_assert_eq(*(char **)to, (char *)to + 1056);
}

/* Allocates blocks until so many bytes behind the image are used; every word of them is that value. */
static void grow(size_t size, uint64_t value)
{
    for (size_t i = 0; i < size; i += 64) {
        uint64_t *block = heap_alloc(from, NULL, 0, size - i < 64 ? size - i : 64);
        cr_assert_not_null(block);
        for (size_t k = 0; k < (size - i < 64 ? size - i : 64) / WORD; k++)
            block[k] = value;
    }
    cr_assert_eq(heap_end(from), heap_image_end(from) + size);
}

Test(delta, each_word_of_the_tail_comes_back, .init = begin, .fini = end)
{
    static const size_t sizes[] = {8, 56, 64, 1000};
    for (size_t i = 0; i < 4; i++) {
        make(1080, 12 * 1024);
        grow(sizes[i], 0x1234567);
        check_words(1080 / WORD - 2, (1080 + sizes[i]) / WORD);
        cr_assert(write_delta());
        cr_assert_geq(delta->size, sizeof *delta + words_of_bits() * WORD + sizes[i]);
    }
}

/* No words behind the last one say what it is: they are somebody else's, or nobody's. */
Test(delta, what_lies_behind_is_not_looked_at)
{
    windows_init(&windows, 4, NULL);
    take_two(WINDOW_NUMBERS - 1);
    void *behind = mmap((char *)from + WINDOW_SIZE, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
                        -1, 0); /* something is there now */
    make(2048, WINDOW_SIZE);
    grow(WINDOW_SIZE - 2048, 5);
    check_words(WORDS - 3, WORDS);
    make(WINDOW_SIZE, WINDOW_SIZE);
    check_words(WORDS - 3, WORDS);
    if (behind != MAP_FAILED)
        munmap(behind, 4096);
    end();
}

/* Every word has changed, and each group too. */
Test(delta, a_heap_that_has_nothing_of_its_own_comes_back, .init = begin, .fini = end)
{
    make(WINDOW_SIZE - 8, WINDOW_SIZE);
    grow(8, 77);
    uint64_t *words = (uint64_t *)from;
    for (size_t i = 1; i < WORDS; i++)
        words[i] = is_control(i) ? words[i] : i * 0x123456789 + 1;
    cr_assert(write_delta());
    cr_assert_leq(delta->size, DELTA_MAX);
    cr_assert_geq(delta->size, DELTA_MAX - 64);
    apply();
    check_moved();
}

/* A word with an address in it and one behind it. Is there a delta? */
static bool is_clear(size_t word, uint64_t behind)
{
    uint64_t *words = (uint64_t *)from, was[2] = {words[word], words[word + 1]};
    words[word] = (uintptr_t)from + 800;
    words[word + 1] = behind;
    bool is_clear = write_delta();
    words[word] = was[0];
    words[word + 1] = was[1];
    return is_clear;
}

/* The tags of Lua: types, variants of them, marks of what is collected. */
Test(delta, numbers_are_told_by_their_tags, .init = begin, .fini = end)
{
    make(2048, 12 * 1024);
    grow(512, 5);
    static const size_t words[] = {2048 / WORD - 2, 1600 / WORD, 1592 / WORD, 2048 / WORD, 2560 / WORD - 2};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        for (uint64_t tag = 0; tag < 256; tag++) {
            bool is_number = tag == FLOAT || tag == INTEGER;
            cr_assert_eq(is_clear(words[i], tag), !is_number, "tag %d in word %zu", (int)tag, words[i]);
            cr_assert_eq(is_clear(words[i], tag | 0xabcdef01ull << 32), !is_number, "next to it lies a node's link");
            cr_assert(is_clear(words[i], tag | 1 << 8), "the tag has four bytes");
        }
    }
}

/* The value of a userdata has its tag in the head, behind the type and the marks of the collector. */
Test(delta, numbers_of_userdata_are_told_by_their_heads, .init = begin, .fini = end)
{
    make(2048, 12 * 1024);
    grow(512, 5);
    uint64_t *userdata = (uint64_t *)((char *)from + 2048 + 64);
    userdata[4] = (uintptr_t)from + 800;
    for (uint64_t type = 0; type < 16; type++) {
        for (uint64_t tag = 0; tag < 256; tag++) {
            bool is_number = type == LUA_TUSERDATA && (tag == FLOAT || tag == INTEGER);
            userdata[1] = type | tag << 16 | 0xabcdef01ull << 32 | (tag ^ 0x55) << 8;
            cr_assert_eq(write_delta(), !is_number, "type %d, tag %d", (int)type, (int)tag);
        }
    }
}

/* A closed upvalue: the address of its value, how many closures have it, its value. Three or nineteen of them are no tag. */
Test(delta, upvalues_are_no_numbers, .init = begin, .fini = end)
{
    make(2048, 12 * 1024);
    grow(512, 5);
    uint64_t *upvalue = (uint64_t *)((char *)from + 2048 + 64);
    for (uint64_t count = 0; count < 40; count++) {
        upvalue[0] = (uintptr_t)&upvalue[2];
        upvalue[1] = count;
        upvalue[2] = 17;
        upvalue[3] = INTEGER;
        cr_assert(write_delta(), "%d closures", (int)count);
        apply();
        check_moved();
        upvalue[2] = (uintptr_t)from + 100;
        cr_assert_not(write_delta(), "the value is a number");
    }
}

/* An open one: the address of a slot of a stack. As many closures as it counts point to it, and a list. */
Test(delta, open_upvalues_are_no_numbers, .init = begin, .fini = end)
{
    static const uint64_t counts[] = {FLOAT, INTEGER};
    for (size_t i = 0; i < 2; i++) {
        make(2048, 12 * 1024);
        grow(512, 5);
        uint64_t *upvalue = (uint64_t *)((char *)from + 2048 + 64), *links = upvalue + 8;
        upvalue[0] = (uintptr_t)from + 1600;
        upvalue[1] = counts[i];
        upvalue[2] = upvalue[3] = 0;
        for (uint64_t k = 0; k < counts[i] + 1; k++) {
            cr_assert_not(write_delta(), "%d of %d", (int)k, (int)counts[i]);
            links[k] = (uintptr_t)upvalue;
        }
        cr_assert(write_delta());
        apply();
        check_moved();
        for (int k = -16; k < 0; k += 14) { /* before it, and behind it */
            links[k] = (uintptr_t)from + 8;
            links[k + 1] = INTEGER;
            cr_assert_not(write_delta(), "there is a number too");
            links[k] = 5;
        }
        cr_assert(write_delta());
    }
}

/* Free blocks and fresh memory hold what is left of others, with the links between them; nobody is kept by that. */
Test(delta, what_is_left_in_free_memory_keeps_nobody, .init = begin, .fini = end)
{
    enum { BLOCKS = 6 };
    static const size_t sizes[] = {16, 48, 256, 1000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        void *blocks[BLOCKS];
        make(2048, 12 * 1024);
        for (size_t k = 0; k < BLOCKS; k++) {
            blocks[k] = heap_alloc(from, NULL, 0, sizes[i]);
            for (size_t word = 0; word < sizes[i] / WORD; word++)
                ((uint64_t *)blocks[k])[word] = word % 4 == 2 ? (uintptr_t)from + 100 : INTEGER;
        }
        uint64_t *live = heap_alloc(from, NULL, 0, 64);
        memset(live, 6, 64);
        cr_assert_eq(write_delta(), sizes[i] == 16);
        for (size_t k = 0; k < BLOCKS; k++)
            heap_alloc(from, blocks[k], sizes[i], 0);
        cr_assert(write_delta());
        apply();
        check_moved();
        cr_assert_eq(((uint64_t *)to)[live - (uint64_t *)from], live[0]);
        for (size_t k = 0; k < BLOCKS; k++) /* they can be used there */
            memset(heap_alloc(to, NULL, 0, sizes[i]), 1, sizes[i]);
        live[0] = (uintptr_t)from;
        live[1] = INTEGER;
        cr_assert_not(write_delta(), "what is used is not cleared");
    }
}

Test(delta, addresses_are_moved_alone, .init = begin, .fini = end)
{
    make(1024, 4096);
    cr_assert(write_delta());
    char *here = (char *)from, *there = (char *)to;
    cr_assert_eq(delta_moved(delta, to, here), there);
    cr_assert_eq(delta_moved(delta, to, here + 700), there + 700);
    cr_assert_eq(delta_moved(delta, to, here + 4096), there + 4096);
    cr_assert_eq(delta_moved(delta, to, here + 4097), here + 4097);
    cr_assert_eq(delta_moved(delta, to, here - 1), here - 1);
    cr_assert_eq(delta_moved(delta, to, there + 8), there + 8);
    cr_assert_null(delta_moved(delta, to, NULL));
}

/* What is free behind the end is poisoned for AddressSanitizer, and what is used is not. */
Test(delta, what_is_free_is_poisoned, .init = begin, .fini = end)
{
    make(1024, 4096);
    grow(200, 1);
    cr_assert(write_delta());
    apply();
    cr_assert_not(slab_is_poisoned((char *)to + 1223));
    cr_assert_eq(slab_is_poisoned((char *)to + 1224), ASAN);
    cr_assert_eq(slab_is_poisoned((char *)to + 4095), ASAN);
    cr_assert_not(slab_is_poisoned((char *)to + 4096));
}

/* Blocks are taken from where others have been when there is nothing fresh any more: what is used ends behind them all the same. */
Test(delta, what_lies_behind_freed_memory_comes_back, .init = begin, .fini = end)
{
    make(1024, 4096);
    char *freed = heap_alloc(from, NULL, 0, 1000);
    memset(heap_alloc(from, NULL, 0, 1000), 9, 1000);
    for (size_t i = 0; heap_end(from) < 4096; i++)
        *(uint64_t *)heap_alloc(from, NULL, 0, 8) = i;
    heap_alloc(from, freed, 1000, 0);
    memset(heap_alloc(from, NULL, 0, 40), 7, 40);
    cr_assert(from->bump > freed && from->bump < freed + 1000, "it is not used again");
    cr_assert(heap_is_movable(from));
    cr_assert(write_delta());
    apply();
    cr_assert_eq(memcmp((char *)to + 2048, (char *)from + 2048, 2048), 0);
    check_moved();
}

/* Or when free blocks have been joined, also with what has been freed in the image. */
Test(delta, what_lies_behind_joined_memory_comes_back, .init = begin, .fini = end)
{
    make(3072, 6144);
    char *inside = (char *)from + 3072;
    uint64_t *last = heap_alloc(from, NULL, 0, 1000);
    for (size_t i = 0; i < 125; i++)
        last[i] = i;
    while (heap_end(from) < 6144)
        heap_alloc(from, NULL, 0, 8);
    heap_alloc(from, (char *)from + 1024, 1024, 0);
    heap_alloc(from, (char *)from + 2048, 1024, 0);
    heap_reclaim(from);
    cr_assert_lt(from->bump, inside);
    cr_assert(write_delta());
    apply();
    check_moved();
    cr_assert_eq(((uint64_t *)to)[last + 124 - (uint64_t *)from], 124);
    heap_alloc(from, last, 1000, 0);
    for (char *block = (char *)from + 3072 + 1024; block < (char *)from + 6144; block += 8)
        heap_alloc(from, block, 8, 0);
    heap_reclaim(from);
    cr_assert_lt(from->bump, inside);
    cr_assert_eq(from->end, (char *)from + 6144, "all of the rest is free");
    cr_assert_eq(heap_end(from), heap_image_end(from));
    cr_assert(write_delta());
    apply();
    cr_assert_eq(to->bump - (char *)to, from->bump - (char *)from);
    cr_assert_not_null(heap_alloc(to, NULL, 0, 3500));
}

/* A heap leaves its place with all it has, so it must have all in it. */
Test(delta, what_has_memory_elsewhere_stays, .init = begin, .fini = end)
{
    struct slab_depot *depot = slab_depot_new(false, NULL);
    struct slab_cache *cache = slab_cache_new(depot);
    make(1024, 2048);
    heap_enter(from, cache);
    cr_assert(heap_is_movable(from));
    void *big = heap_alloc(from, NULL, 0, 10000);
    cr_assert_not(heap_is_movable(from), "a big block");
    heap_alloc(from, big, 10000, 0);
    cr_assert(heap_is_movable(from));
    for (int i = 0; i < 30; i++)
        heap_alloc(from, NULL, 0, 64);
    cr_assert_not(heap_is_movable(from), "a second chunk");
    cr_assert(heap_drop(from, cache, 1000));
    image = (struct heap_image){.size = 800};
    struct heap *heap = heap_image_take(cache, &image, NULL);
    heap_image_begin(heap, cache, &image, NULL);
    cr_assert_not(heap_is_movable(heap) || heap_is_lent(heap), "a chunk of the slabs");
    cr_assert(heap_drop(heap, cache, 1000));
    slab_cache_free(cache);
    slab_depot_free(depot);
}
