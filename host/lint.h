/* SPDX-License-Identifier: MIT */
/* lint: `moonlet lint`: looks at the Lua sources of an application without running it. */
#ifndef HOST_LINT_H
#define HOST_LINT_H

#include <stdbool.h>

struct application;
struct entry;
struct findings;
struct options_lint;
struct text;

/* Adds the syntax errors of one Lua entry; if there are none, what else is wrong with it as it is, and returns true. */
bool lint_entry(struct findings *findings, const struct entry *entry);

/*
 * The command: appends its output. Progress and what is wrong with the flags go to standard error, the former only on a terminal. Returns
 * the exit code.
 */
int lint_application(const struct application *application, const struct options_lint *options, struct text *out);

#endif
