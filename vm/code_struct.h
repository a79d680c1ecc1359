/* SPDX-License-Identifier: MIT */
/* code_struct: what vm/ itself asks of a code version. */
#ifndef VM_CODE_STRUCT_H
#define VM_CODE_STRUCT_H

#include <stdbool.h>

#include <lua.h>

#include "vm/code.h"

struct template;

enum learn_stage { LEARN_AT_REST, LEARN_AT_END, LEARN_STAGES };

/* The template, built by the first caller; NULL and *error if that failed. Any worker. */
struct template *code_template(struct code *code, struct vm_error *error);

/* Once it has a template: do clones begin with their chunks run? */
bool code_is_preloaded(const struct code *code);

/*
 * A process of the code waits for the first time, or has ended without an error; its main thread L is at rest. One of the first few of either kind
 * is looked at, and the template made once more, with the libraries and types open that it has used: those that live long never end, and those
 * that wait once do half of their work afterwards.
 */
void code_learn(struct code *code, enum learn_stage stage, lua_State *L);

unsigned code_unit_count(const struct code *code);
const char *code_method(const struct code *code); /* "" if none was given */

/*
 * For boot.c: makes the imports of unit number `unit` (from 0) globals. The table of chunk results is in the registry under code_results_key.
 */
void code_set_globals(lua_State *L, const struct code *code, unsigned unit);
const void *code_results_key(void);

/* Sets the types that the chunk of unit number `unit`, the function at stack index `function`, uses as values. */
void code_set_types(lua_State *L, const struct code *code, unsigned unit, int function);

#endif
