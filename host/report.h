/* SPDX-License-Identifier: MIT */
/*
 * report: findings as people and programs read them.
 *
 *   error: unexpected symbol near '='
 *     --> shop:cart:12:9 (src/cart.lua:12:9)
 *      |
 *   12 |   local tmp = = f()
 *      |               ^
 *      = help: …
 */
#ifndef HOST_REPORT_H
#define HOST_REPORT_H

#include <stdbool.h>
#include <stddef.h>

struct finding;
struct findings;
struct text;

/* One finding; syntax errors have no code in their first line. */
void report_finding(struct text *out, const struct finding *finding, bool colour);

/* Up to `limit` findings (0: all), each with an empty line behind it; and how many more there are. */
void report_list(struct text *out, const struct findings *findings, size_t limit, bool colour);

/* Up to `limit` findings (0: all) and a line over all of them. */
void report_table(struct text *out, const struct findings *findings, size_t limit, bool colour);

/* How many there are in each namespace and of each code, and the line over all of them. */
void report_summary(struct text *out, const struct findings *findings);

/* {"diagnostics": […], "total_entries": …, "error_count": …, "warning_count": …, "hint_count": …} */
void report_json(struct text *out, const struct findings *findings, size_t limit);

#endif
