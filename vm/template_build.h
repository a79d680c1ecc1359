/* SPDX-License-Identifier: MIT */
/*
 * template_build: one run of a template's setup on a heap made for being copied, and what is found in it afterwards.
 *
 * The region lies at an address whose low 32 bits are between 0x40000000 and 0xC0000000. It begins with a heap head and
 * the user area; then come blocks, each behind a head of its own, so that a pointer one past the end of a block is no
 * pointer to the next. A freed block is never used again: what still points to it points to nothing that lives.
 */
#ifndef VM_TEMPLATE_BUILD_H
#define VM_TEMPLATE_BUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

#include "vm/template.h"

struct heap;

enum { TEMPLATE_REGION = 64 << 20 };

/* The head of a block in the region. */
struct template_block {
    uint32_t size;
    uint32_t whole; /* bytes to the next head */
    bool is_live;
    bool is_string;  /* its content, behind the object's head, is never a pointer */
    uint32_t vector; /* index of its template_vector + 1; 0: none */
};

/* An allocation of lua_load without a type: a vector of a function prototype. In order of allocation. */
struct template_vector {
    uint32_t size;
    bool is_shared; /* first build: live and free of pointers; second build: it is in the shared memory */
};

struct template_build {
    const struct template_config *config;
    struct heap *heap; /* the shell at the start of the region */
    char *first;       /* head of the first block */
    char *bump;        /* behind the last block */
    char *bare;        /* behind the last one of an empty state */
    char *end;         /* where blocks must end: that of the region, or before (template_leave) */
    lua_State *L;
    bool undumping; /* vectors are being allocated */
    bool out_of_memory;
    struct template_vector *vectors;
    size_t count, capacity;
    const struct template_build *model; /* second build: the first one, which says what is shared */
    char *shared, *shared_bump;         /* second build: memory for it, NULL if nothing is */
    size_t shared_size;                 /* in whole pages */
};

/*
 * Maps the region and runs setup. `model`: NULL, or the finished first build. 0, or a negative errno with the message;
 * in both cases template_build_destroy follows. On success GC is at rest, running, with its credit given.
 */
int template_build_init(struct template_build *build, const struct template_config *config,
                        const struct template_build *model, char *message, size_t size);
void template_build_destroy(struct template_build *build);

/* After the first build: sets is_shared of its vectors. */
void template_build_find_shared(struct template_build *build);

/* After the second build: false if what it put into the shared memory is not what the first one found there. */
bool template_build_check_shared(const struct template_build *build);

/*
 * template_words.c: takes the strings that only the compiler needs out of a finished build. False: not enough memory,
 * and nothing has changed.
 */
bool template_build_drop_words(struct template_build *build);

/*
 * The live block at or behind the head at `at`; NULL: no more. The first is at `first`, the next one at
 * template_block_next.
 */
struct template_block *template_build_live(const struct template_build *build, char *at);

static inline char *template_block_next(struct template_block *block)
{
    return (char *)block + block->whole;
}

static inline char *template_block_data(struct template_block *block)
{
    return (char *)(block + 1);
}

/* Words of the block that may be pointers. */
size_t template_block_words(const struct template_block *block);

/*
 * Setup in protected mode on a fresh state of either path: GC stopped, extra space and lua_offset set, then collected,
 * restarted and given its credit. Values setup left are on the stack. 0, or a negative errno with the message.
 */
int template_setup(const struct template_config *config, lua_State *L, void *user, char *message, size_t size);

#endif
