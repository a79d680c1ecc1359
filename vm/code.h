/* SPDX-License-Identifier: MIT */
/*
 * code: one version of a process entry with all its imports, compiled: what a spawn clones. Immutable once sealed, reference
 * counted, any thread. The template is built by the first spawn (code_template), once even if many ask at the same time.
 */
#ifndef VM_CODE_H
#define VM_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

struct code;
struct vm;
struct vm_error;

/* A chunk of the program: a library.lua entry, or (the last one) the process entry itself. */
struct code_unit_spec {
    const char *id;     /* entry id; chunk name of its errors */
    const char *source; /* Lua text */
    size_t source_length;
    const char *const *modules;        /* names of listed modules, NULL ended; may be NULL */
    const char *const *import_aliases; /* NULL ended; may be NULL */
    const unsigned *import_units;      /* index of the unit behind each alias; smaller than this unit's own */
};

struct code_spec {
    const char *method; /* NULL or "": a returned function, a returned table's `main`, else … see boot.c */
    const struct code_unit_spec *units; /* in load order: imports before importers */
    unsigned count;
};

/* Compiles; copies everything. 0 and one reference in *out; or -1 and *error (INVALID with file:line text for a syntax error, bytecode refused). */
int code_new(struct vm *vm, struct code **out, const struct code_spec *spec, struct vm_error *error);
struct code *code_ref(struct code *code);
void code_unref(struct code *code);
const char *code_id(const struct code *code);

/*
 * For `require` called from Lua: pushes the import that the calling chunk knows under `name`, or a module it lists; false: neither.
 */
bool code_require(lua_State *L, const char *name);

#endif
