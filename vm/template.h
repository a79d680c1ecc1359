/* SPDX-License-Identifier: MIT */
/*
 * template: spawn by copying a prepared state. A template is a state whose libraries and compiled chunks are loaded,
 * perhaps run (preload.h), kept as a byte image and the list of its pointer words. See template.c
 * for why that is safe, and for the code that all clones share.
 *
 * A template is immutable and may be cloned on many threads at once.
 */
#ifndef VM_TEMPLATE_H
#define VM_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct fault_plan;
struct heap;
struct slab_cache;
struct slab_depot;
struct template;
struct template_fitted;

/*
 * Fills a fresh state (GC stopped) in protected mode: opens libraries, calls template_undump for chunks, leaves what it
 * likes on the stack. Called twice, and must do the same both times; no finalizers, no tables with objects as keys but
 * strings, no calls of heap_alloc by itself. `user` is the heap's user area (already the target of the extra space
 * pointer); words in it that point into the state are relocated like all others. Returns 0, or a negative errno with a
 * message on top of the stack. Errors raised count as -EINVAL, memory errors as -ENOMEM.
 */
typedef int (*template_setup_f)(lua_State *L, void *user, void *ctx);

struct template_config {
    struct slab_depot *depot;
    struct fault_plan *fault;
    size_t user;       /* bytes of the user area */
    size_t lua_offset; /* offset in the user area of the lua_State pointer that the template fills in */
    template_setup_f setup;
    void *ctx;    /* only used while building, except on the classic path, where it must live as long as the template */
    bool classic; /* no image: every clone runs setup again */
    bool fixed_addresses;
    bool no_source; /* clones never load source text: what only the compiler needs is left out of the image */
};

/* 0 and *out; or a negative errno, with up to size bytes of explanation in `message`. */
int template_new(struct template **out, const struct template_config *config, char *message, size_t size);

/*
 * A template is shared: template_new gives the first reference, and the last one to go frees it. Its clones hold none, so whoever has clones of
 * it has a reference. Any thread.
 */
struct template *template_ref(struct template *tmpl);
void template_unref(struct template *tmpl);

/* Its config's. */
struct fault_plan *template_fault(const struct template *tmpl);

/*
 * Tells how much a clone came to need (heap_extent) by the time it went idle or ended. From the first few hundred of
 * these later clones get a first chunk that most will not outgrow, unless that were 2 KB more than the image. Any thread.
 */
void template_learn(struct template *tmpl, size_t extent);

/* A new state: heap with user area copied from the template's, GC credit given. NULL when memory is out. */
struct heap *template_clone(const struct template *tmpl, struct slab_cache *cache);
/* The same, faster where the worker has cloned it before. */
struct heap *template_clone_fitted(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted);

/*
 * For clones in memory of the caller. fresh: what one at `at` begins with, in a first chunk of `room` bytes; it stays until `fitted` is used again; NULL when
 * memory is out. fits: do so many bytes suffice, by what is known now? clone_to: a clone in them, NULL when memory is out or they do not.
 */
const char *template_fresh(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted,
                           struct heap *at, size_t room);
bool template_fits(const struct template *tmpl, size_t room);
struct heap *template_clone_to(struct template *tmpl, struct slab_cache *cache, struct template_fitted *fitted,
                               void *memory, size_t room);

/* A clone has gone to sleep, and could leave its memory or had to keep it. Are the next ones likely to leave it? Any thread. */
void template_learn_delta(struct template *tmpl, uint32_t size);
uint32_t template_delta_room(const struct template *tmpl);
void template_learn_sleep(struct template *tmpl, bool is_good);
bool template_sleeps(const struct template *tmpl);
/* What has been learned of that from clones of another one of the same program. */
void template_inherit(struct template *tmpl, const struct template *older);

/*
 * In setup: lua_load of a binary chunk made by our own compiler, its instructions and line tables shared between
 * clones. LUA_OK or a Lua status.
 */
int template_undump(lua_State *L, const void *dump, size_t length, const char *chunk_name);

/* In setup: from now on so many bytes are left, of what Lua takes (SIZE_MAX: all there is); beyond, memory is out. */
void template_leave(lua_State *L, size_t bytes);

/* In setup: is that an address in the memory that is going to be copied? */
bool template_holds(lua_State *L, const void *address);

/* Bytes of one clone's image and of what its clones share. */
size_t template_image_size(const struct template *tmpl);
size_t template_shared_size(const struct template *tmpl);

/*
 * Clones a test program to two addresses, poisons the template, runs, collects and compares. 0, or a negative errno:
 * cloning is not safe with this liblua and the classic path must serve.
 */
int template_self_test(struct slab_depot *depot, char *message, size_t size);

#endif
