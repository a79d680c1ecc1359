/* SPDX-License-Identifier: MIT */
/*
 * template_image: what a build leaves, as bytes that can be put anywhere: live blocks only, packed to 8 bytes behind
 * the user area, every pointer as an offset from the heap.
 */
#ifndef VM_TEMPLATE_IMAGE_H
#define VM_TEMPLATE_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct template;
struct template_build;

struct template_image {
    char *bytes; /* user area and blocks: what lies behind the head of a heap */
    size_t size;
    size_t live;               /* bytes of the blocks */
    size_t cold_from, cold_to; /* see struct heap_image */
    uint32_t *words;           /* places of the pointers, as word offsets from `bytes` */
    size_t word_count;
};

/* 0 or -ENOMEM; template_image_destroy in both cases. */
int template_image_init(struct template_image *image, const struct template_build *build);
void template_image_destroy(struct template_image *image);

/*
 * In template.c, for the self-test. Overwrites the image of a template (not a classic one), so that a clone that still
 * refers to it is found out. No clones after that.
 */
void template_poison(struct template *tmpl);

#endif
