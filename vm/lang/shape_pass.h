/* SPDX-License-Identifier: MIT */
/* shape_pass: what the files of the builder (shape_build.h) share. */
#ifndef LANG_SHAPE_PASS_H
#define LANG_SHAPE_PASS_H

#include <stdbool.h>
#include <stdint.h>

struct shape_builder;
struct shape_source;
struct shapes;

/* shape_build.c */
struct shape_unfilled;
void shape_do_later(struct shape_builder *builder, struct shape_unfilled item);

/* Returns where they begin. */
uint32_t shape_append_words(struct shape_builder *builder, const uint32_t *words, uint32_t count);

/* shape_import.c */
void shape_drop_sources(struct shape_builder *builder);

/* shape_mask.c: yes, maybe and tag of all nodes */
void shape_find_masks(struct shape_builder *builder);
/* Do those of a set whose numbers are within bounds say of each node what they say of its parts? */
bool shape_masks_are_sound(const struct shapes *shapes);

#endif
