/* SPDX-License-Identifier: MIT */
/* delta: see delta.h. */
#include "vm/delta.h"

#include <stdbool.h>
#include <string.h>

#include <lua.h>

#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "sched/base/compiler.h"
#include "vm/heap.h"
#include "vm/slab_asan.h"

enum { GROUP = 64 /* words, with one word of bits */ };

/* The tags of numbers in Lua 5.3, in the lower half of a word: LUA_TNUMFLT, and LUA_TNUMINT, which has one bit more. */
enum { TAG_NUMBER = LUA_TNUMBER, TAG_VARIANT = 1 << 4 };
/* In a userdata: words from the one with its type to its value. */
enum { HEAD = 3 };

struct writer {
    uint64_t *out;
    const uint64_t *first, *last; /* of the words that the heap uses */
    size_t room;
    bool is_doubtful; /* a word may be a pointer or a number */
};

static inline bool is_inside(uintptr_t base, size_t room, uint64_t word)
{
    return word - base <= room; /* an end pointer is one past the last byte */
}

/*
 * An address with a number's tag behind it may be an upvalue, of which three or nineteen closures are counted there. A closed one points to its value,
 * two words further on. All closures that have an open one point to it, and so does a list; not so many point to a number.
 */
static __attribute__((noinline)) bool is_upvalue(const uint64_t *at, const uint64_t *first, const uint64_t *last)
{
    if (*at == (uintptr_t)(at + 2))
        return true;
    uint64_t links = 0;
    for (const uint64_t *word = first; word <= last; word++)
        links += *word == (uintptr_t)at;
    return links > at[1];
}

/*
 * A number has its tag behind it; if it is the value of a userdata, the head of that has it, HEAD words before, next to the type and a byte of
 * marks. Nothing is behind the last word. No branches: there is no telling which words are addresses.
 */
static inline void write_word(struct writer *writer, const uint64_t *at)
{
    uint64_t word = *writer->out++ = *at;
    bool is_tagged = ((uint32_t)at[at < writer->last] & ~TAG_VARIANT) == TAG_NUMBER;
    bool is_user = ((uint32_t)at[-HEAD] & (0xFF00FF & ~(TAG_VARIANT << 16))) == (LUA_TUSERDATA | TAG_NUMBER << 16);
    if (unlikely(is_inside((uintptr_t)writer->first, writer->room, word) & (is_tagged | is_user)))
        writer->is_doubtful = writer->is_doubtful || is_user || !is_upvalue(at, writer->first, writer->last);
}

/* Bits for those of up to GROUP words that differ. */
static uint64_t compare(const uint64_t *now, const uint64_t *fresh, size_t count)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits |= (uint64_t)(now[i] != fresh[i]) << i;
    return bits;
}

#ifdef __x86_64__
/* The same for GROUP words, in a third of the time. */
__attribute__((target("avx2"))) static uint64_t compare_quickly(const uint64_t *now, const uint64_t *fresh)
{
    uint64_t same = 0;
    for (size_t i = 0; i < GROUP; i += 4) {
        __m256i a = _mm256_loadu_si256((const __m256i *)(now + i));
        __m256i equal = _mm256_cmpeq_epi64(a, _mm256_loadu_si256((const __m256i *)(fresh + i)));
        same |= (uint64_t)_mm256_movemask_pd(_mm256_castsi256_pd(equal)) << i;
    }
    return ~same;
}

static bool can_compare_quickly(void)
{
    return __builtin_cpu_supports("avx2");
}
#else
static uint64_t compare_quickly(const uint64_t *now, const uint64_t *fresh)
{
    return compare(now, fresh, GROUP);
}

static bool can_compare_quickly(void)
{
    return false;
}
#endif

/* Writes for each group of words its bits, then those that differ. */
static void write_image(struct writer *writer, const uint64_t *now, const uint64_t *fresh, size_t count)
{
    bool is_quick = can_compare_quickly();
    for (size_t i = 0; i < count; i += GROUP) {
        size_t left = count - i < GROUP ? count - i : GROUP;
        uint64_t bits =
            is_quick && left == GROUP ? compare_quickly(now + i, fresh + i) : compare(now + i, fresh + i, left);
        *writer->out++ = bits;
        for (; i == 0 && bits & ((1 << HEAD) - 1); bits &= bits - 1)
            *writer->out++ = now[__builtin_ctzll(bits)]; /* the heap's own, which nothing is before */
        for (; bits; bits &= bits - 1)
            write_word(writer, now + i + __builtin_ctzll(bits));
    }
}

/* False: a word is doubtful. */
static bool write_all(struct delta *out, const struct heap *heap, const char *fresh)
{
    const uint64_t *now = (const uint64_t *)heap, *then = (const uint64_t *)fresh;
    size_t image = heap_image_end(heap) / sizeof *now, end = heap_end(heap) / sizeof *now;
    struct writer writer = {.out = out->words, .first = now, .last = now + end - 1, .room = heap_room(heap)};
    slab_unpoison(heap, heap_end(heap));
    write_image(&writer, now, then, image);
    for (size_t i = image; i < end; i++)
        write_word(&writer, &now[i]);
    out->size = (uint32_t)((char *)writer.out - (char *)out);
    return !writer.is_doubtful;
}

bool delta_write(struct delta *out, struct heap *heap, const char *fresh)
{
    *out = (struct delta){
        .room = (uint32_t)heap_room(heap),
        .image = (uint32_t)heap_image_end(heap),
        .end = (uint32_t)heap_end(heap),
        .at = heap,
    };
    if (likely(write_all(out, heap, fresh)))
        return true;
    heap_wipe(heap); /* a link between free blocks may have what is left of a number behind it */
    return write_all(out, heap, fresh);
}

/* The word in a heap that is `moved` bytes behind where it was. */
static inline uint64_t move_word(const struct delta *delta, uint64_t word, uint64_t moved)
{
    return is_inside((uintptr_t)delta->at, delta->room, word) ? word + moved : word;
}

void delta_apply(const struct delta *delta, struct heap *to, const char *fresh)
{
    uint64_t moved = (uintptr_t)to - (uintptr_t)delta->at;
    size_t image = delta->image / sizeof(uint64_t), end = delta->end / sizeof(uint64_t);
    uint64_t *words = memcpy(to, fresh, delta->image);
    const uint64_t *in = delta->words;
    for (size_t group = 0; group < image; group += GROUP)
        for (uint64_t bits = *in++; bits; bits &= bits - 1, in++)
            words[group + (size_t)__builtin_ctzll(bits)] = move_word(delta, *in, moved);
    for (size_t i = image; i < end; i++, in++)
        words[i] = move_word(delta, *in, moved);
    slab_poison((char *)to + delta->end, delta->room - delta->end);
}

void *delta_moved(const struct delta *delta, const struct heap *to, void *address)
{
    uint64_t offset = (uintptr_t)address - (uintptr_t)delta->at;
    return offset <= delta->room ? (char *)to + offset : address;
}
