/* SPDX-License-Identifier: MIT */
/*
 * compile: typed Lua text to the bytecode that templates undump, once for each entry and text however many programs import it. The
 * cache knows what is in use; the last user's going removes it. Any thread.
 */
#ifndef VM_COMPILE_H
#define VM_COMPILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct compile_cache;
struct shapes;
struct vm_error;

struct compiled {
    const unsigned char *dump; /* with debug information; chunk name "=<id>" */
    size_t length;
    bool has_types;              /* its second upvalue (ERASE_TYPES_UPVALUE) is the table of its types */
    const struct shapes *shapes; /* its types, not linked to those of its imports; NULL: none */
    uint64_t version;            /* tells sources apart */
};

struct compile_cache *compile_cache_new(void);
/* All compiled sources have been released. */
void compile_cache_free(struct compile_cache *cache);

/*
 * 0 and a reference in *out; or -1 and *error: INVALID "id:line:column: text" for what the parser finds, "id:line: text" for what Lua's
 * compiler finds (its limits), and for bytecode.
 */
int compile_source(struct compile_cache *cache, const struct compiled **out, const char *id, const char *source,
                   size_t length, struct vm_error *error);
void compile_release(struct compile_cache *cache, const struct compiled *compiled);

#endif
