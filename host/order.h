/* SPDX-License-Identifier: MIT */
/*
 * order: the start order of an application's entries: what an entry refers to comes before it; among those that may come next,
 * ids in byte order. A cycle is no error: its members start in id order, with a warning.
 */
#ifndef HOST_ORDER_H
#define HOST_ORDER_H

#include <stddef.h>

#include "host/reference.h"

struct entries;
struct problems;

struct order {
    size_t *sequence; /* positions in the entry table, first to start first */
    size_t count;
    struct references *references; /* of each entry, by position */
};

/*
 * `decoded`: the same entries, at the same positions, with their variables put in (host/decode.h), whose references count too; may be
 * NULL. A cycle through imports is reported by who builds the code, not here.
 */
void order_compute(struct order *order, const struct entries *entries, const struct entries *decoded,
                   struct problems *problems);
void order_free(struct order *order);

#endif
