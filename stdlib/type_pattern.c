/* SPDX-License-Identifier: MIT */
/* type_pattern: see type_pattern.h. Open addressing, by the text of the expression; one that is wrong is kept too. */
#include "stdlib/type_pattern.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "sched/base/compiler.h"
#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "sched/base/rng.h"
#include "stdlib/cxx/regex.h"
#include "vm/local.h"

enum { SLOTS = 512, KEPT_MAX = 256, MEMORY_MAX = 256 * 1024, EFFORT_MAX = 64 * 1024 * 1024 };

struct slot {
    char *pattern; /* NULL: free */
    size_t length;
    uint64_t hash;
    struct regex *regex; /* NULL: it is none */
};

struct shelf {
    struct local_item item;
    uint64_t seed;
    unsigned count;
    struct slot slots[SLOTS];
};

static const char key;

static void empty(struct shelf *shelf)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        regex_free(shelf->slots[i].regex);
        free(shelf->slots[i].pattern);
        shelf->slots[i] = (struct slot){0};
    }
    shelf->count = 0;
}

static void free_shelf(struct local_item *item)
{
    struct shelf *shelf = container_of(item, struct shelf, item);
    empty(shelf);
    free(shelf);
}

static struct shelf *shelf_of(lua_State *L)
{
    struct local_item *item = local_find(L, &key);
    if (item)
        return container_of(item, struct shelf, item);
    struct shelf *shelf = memory_zeroed(sizeof *shelf, "regular expressions");
    shelf->item.key = &key;
    shelf->item.free = free_shelf;
    shelf->seed = rng_entropy();
    local_add(L, &shelf->item);
    return shelf;
}

static struct slot *find(struct shelf *shelf, const char *pattern, size_t length, uint64_t hash)
{
    for (uint64_t i = hash;; i++) {
        struct slot *slot = &shelf->slots[i % SLOTS];
        bool is_it = slot->hash == hash && slot->length == length;
        if (!slot->pattern || (is_it && memcmp(slot->pattern, pattern, length) == 0))
            return slot;
    }
}

int type_pattern_match(lua_State *L, const char *pattern, size_t pattern_length, const char *text, size_t length)
{
    char problem[8]; /* nobody reads it: the checker explains */
    struct shelf *shelf = shelf_of(L);
    uint64_t hash = hash_bytes(shelf->seed, pattern, pattern_length);
    struct slot *slot = find(shelf, pattern, pattern_length, hash);
    if (!slot->pattern) {
        if (shelf->count == KEPT_MAX) {
            empty(shelf);
            slot = find(shelf, pattern, pattern_length, hash);
        }
        shelf->count++;
        slot->pattern = memory_alloc(pattern_length + 1, "a regular expression");
        memcpy(slot->pattern, pattern, pattern_length);
        slot->length = pattern_length;
        slot->hash = hash;
        slot->regex = regex_new(pattern, pattern_length, MEMORY_MAX, problem, sizeof problem);
    }
    if (!slot->regex)
        return -1;
    if (length > EFFORT_MAX / regex_steps(slot->regex))
        return 0;
    return regex_matches(slot->regex, text, length);
}
