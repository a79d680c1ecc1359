/* SPDX-License-Identifier: MIT */
/*
 * compile: see compile.h. A text is known by two hashes under secret seeds, of its id and itself together: sources are not kept, and
 * nobody can make two that are taken for each other.
 *
 * I1  An item is in its bucket as long as it has a reference; `lock` guards buckets and references.
 */
#include "vm/compile.h"

#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>

#include "sched/base/compiler.h"
#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "sched/base/rng.h"
#include "vm/error.h"
#include "vm/lang/ast_root.h"
#include "vm/lang/erase.h"
#include "vm/lang/parser.h"
#include "vm/lang/shape_build.h"
#include "vm/vm.h"

enum { BUCKETS = 1024 };

struct key {
    uint64_t hash[2];
};

struct item {
    struct compiled compiled;
    struct key key;
    struct item *next;
    size_t refs;
    unsigned char *dump;   /* owned */
    struct shapes *shapes; /* owned */
    size_t capacity;
};

struct compile_cache {
    pthread_mutex_t lock;
    uint64_t seeds[2];
    struct item *buckets[BUCKETS];
};

struct compile_cache *compile_cache_new(void)
{
    struct compile_cache *cache = memory_zeroed(sizeof *cache, "the cache of compiled sources");
    pthread_mutex_init(&cache->lock, NULL);
    cache->seeds[0] = rng_entropy();
    cache->seeds[1] = rng_entropy();
    return cache;
}

void compile_cache_free(struct compile_cache *cache)
{
    pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* ---- Lua's part ---- */

static int write_dump(lua_State *L, const void *data, size_t length, void *ctx)
{
    (void)L;
    struct item *item = ctx;
    if (item->capacity - item->compiled.length < length) {
        item->capacity = item->capacity * 2 + length;
        item->dump = memory_resize(item->dump, item->capacity, "a compiled source");
    }
    memcpy(item->dump + item->compiled.length, data, length);
    item->compiled.length += length;
    return 0;
}

/* Leaves the chunk on the stack, or a message. */
static int load_text(lua_State *L, const struct erased *erased, const char *id)
{
    const char *name = lua_pushfstring(L, "=%s", id);
    int result = luaL_loadbufferx(L, erased->text, erased->length, name, "t");
    if (result == LUA_OK && erased->is_wrapped)
        result = lua_pcall(L, 0, 1, 0);
    return result;
}

/* Limits of Lua that types used as values come nearer to. */
static const char *advise(const struct erased *erased, const char *message)
{
    if (!erased->is_wrapped)
        return "";
    if (strstr(message, ": too many upvalues"))
        return "; the types that a function uses as values count as one more variable from outside: keep some of the "
               "others in a table";
    if (strstr(message, ": too many C levels"))
        return "; a source that uses types as values has two levels less: give an inner part a name of its own";
    return "";
}

static int dump_text(struct item *item, const struct erased *erased, const char *id, struct vm_error *error)
{
    lua_State *L = luaL_newstate();
    if (!L)
        memory_out(0, "a state to compile in");
    int result = load_text(L, erased, id);
    if (result == LUA_OK)
        lua_dump(L, write_dump, item, 0);
    else
        vm_error_set(error, ERROR_INVALID, "%s%s", lua_tostring(L, -1), advise(erased, lua_tostring(L, -1)));
    lua_close(L);
    item->compiled.dump = item->dump;
    item->compiled.has_types = erased->is_wrapped;
    return result == LUA_OK ? 0 : -1;
}

/* ---- ours ---- */

static void explain(const struct ast *ast, const char *id, struct vm_error *error)
{
    const struct diagnostic *first = &ast->diagnostics.items[0];
    struct source_position at = source_position(&ast->source, first->start);
    char more[32] = "";
    if (ast->diagnostics.count > 1)
        snprintf(more, sizeof more, " (and %u more)", ast->diagnostics.count - 1);
    vm_error_set(error, ERROR_INVALID, "%s:%u:%u: %s%s%s%s", id, at.line, at.column, first->message,
                 first->help ? "; " : "", first->help ? first->help : "", more);
}

static int translate(struct item *item, const char *id, const char *source, size_t length, struct vm_error *error)
{
    if (length && source[0] == LUA_SIGNATURE[0]) {
        vm_error_set(error, ERROR_INVALID, "%s: source is bytecode, which is not accepted; give Lua text", id);
        return -1;
    }
    int result = -1;
    struct ast *ast = parser_parse(source, length);
    if (ast->diagnostics.count) {
        explain(ast, id, error);
    } else {
        struct erased erased;
        erase_types(ast, &erased);
        result = dump_text(item, &erased, id, error);
        erased_destroy(&erased);
        item->compiled.shapes = item->shapes = shape_of_source(ast, item->key.hash);
        item->compiled.version = item->key.hash[0];
    }
    ast_free(ast);
    return result;
}

/* ---- the cache ---- */

static struct item **bucket_of(struct compile_cache *cache, struct key key)
{
    return &cache->buckets[key.hash[0] % BUCKETS];
}

static struct item *find(struct compile_cache *cache, struct key key)
{
    struct item *item = *bucket_of(cache, key);
    while (item && (item->key.hash[0] != key.hash[0] || item->key.hash[1] != key.hash[1]))
        item = item->next;
    return item;
}

static struct key key_of(const struct compile_cache *cache, const char *id, const char *source, size_t length)
{
    struct key key;
    for (int i = 0; i < 2; i++)
        key.hash[i] = hash_bytes(hash_bytes(cache->seeds[i], id, strlen(id)), source, length);
    return key;
}

/* Takes one more reference to what is known under the key; NULL: nothing is. */
static struct item *acquire(struct compile_cache *cache, struct key key)
{
    pthread_mutex_lock(&cache->lock);
    struct item *item = find(cache, key);
    if (item)
        item->refs++;
    pthread_mutex_unlock(&cache->lock);
    return item;
}

static void free_item(struct item *item)
{
    free(item->dump);
    free(item->shapes);
    free(item);
}

/* Another thread may have compiled the same text meanwhile: then that one counts. */
static struct item *publish(struct compile_cache *cache, struct item *item)
{
    struct item **bucket = bucket_of(cache, item->key);
    pthread_mutex_lock(&cache->lock);
    struct item *known = find(cache, item->key);
    if (!known) {
        item->next = *bucket;
        *bucket = item;
        known = item;
    }
    known->refs++;
    pthread_mutex_unlock(&cache->lock);
    if (known != item)
        free_item(item);
    return known;
}

int compile_source(struct compile_cache *cache, const struct compiled **out, const char *id, const char *source,
                   size_t length, struct vm_error *error)
{
    struct key key = key_of(cache, id, source, length);
    struct item *item = acquire(cache, key);
    if (!item) {
        item = memory_zeroed(sizeof *item, "a compiled source");
        item->key = key;
        if (translate(item, id, source, length, error) != 0) {
            free_item(item);
            return -1;
        }
        item = publish(cache, item);
    }
    *out = &item->compiled;
    return 0;
}

void compile_release(struct compile_cache *cache, const struct compiled *compiled)
{
    struct item *item = container_of((struct compiled *)compiled, struct item, compiled), **place;
    pthread_mutex_lock(&cache->lock);
    bool is_last = --item->refs == 0;
    if (is_last) {
        for (place = bucket_of(cache, item->key); *place != item;)
            place = &(*place)->next;
        *place = item->next;
    }
    pthread_mutex_unlock(&cache->lock);
    if (is_last)
        free_item(item);
}
