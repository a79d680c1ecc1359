/* SPDX-License-Identifier: MIT */
/*
 * value: the data of definition files: a tree of null, booleans, integers, floats, strings, lists and maps. Every node
 * remembers the line it began on; which file that is, its entry knows. Maps keep the order of the file; their keys are
 * strings and unique. A tree belongs to one owner, who frees it; nodes are never shared between trees.
 */
#ifndef HOST_VALUE_H
#define HOST_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum value_kind { VALUE_NULL, VALUE_BOOL, VALUE_INT, VALUE_FLOAT, VALUE_STRING, VALUE_LIST, VALUE_MAP };

struct value;

struct value_pair {
    char *key; /* ends in NUL; keys hold no other NUL */
    uint32_t hash;
    unsigned line;
    struct value *value;
};

struct value {
    enum value_kind kind;
    unsigned line;        /* from 1; 0: not from a file */
    unsigned char source; /* which of several files, as the reader numbers them (configuration.h); 0: nobody did */
    union {
        bool boolean;
        int64_t integer;
        double number;
        struct {
            char *data; /* ends in NUL, may hold others */
            size_t length;
            char *origin; /* the file whose content this is (file://), or NULL */
        } string;
        struct {
            struct value **items;
            size_t count, capacity;
        } list;
        struct {
            struct value_pair *pairs;
            size_t count, capacity;
        } map;
    };
};

struct value *value_new(enum value_kind kind, unsigned line);
struct value *value_new_string(const char *data, size_t length, unsigned line);
struct value *value_copy(const struct value *value);
void value_free(struct value *value); /* NULL is allowed */

/* "null", "a boolean", "an integer", … for messages; "nothing" for NULL. */
const char *value_kind_name(const struct value *value);

/* Nodes of the tree. */
size_t value_size(const struct value *value);

/* Adds to a list; takes the item. */
void value_append(struct value *list, struct value *item);

/* The value under a key of a map, or NULL. Also NULL when `map` is NULL or no map, so that lookups chain. */
struct value *value_get(const struct value *map, const char *key);

/* The same for a key of `length` bytes. */
struct value *value_get_bytes(const struct value *map, const char *key, size_t length);

/* Follows keys through nested maps: "meta.command.name". NULL when a step is missing. */
struct value *value_path(const struct value *map, const char *path);

/* Sets a key of a map, replacing (and freeing) what was there; takes the value. */
void value_set(struct value *map, const char *key, struct value *value, unsigned line);

/* The same for a key that the map is known not to have: takes no time for looking. */
void value_add(struct value *map, const char *key, struct value *value, unsigned line);

/* Takes the value out of the map: the caller owns it. NULL: no such key. */
struct value *value_remove(struct value *map, const char *key);

/* The string, or NULL for anything else (also for NULL); and the string under a key. */
const char *value_string(const struct value *value);
const char *value_get_string(const struct value *map, const char *key);

/* Adds to `map` copies of the keys that `under` has and `map` does not ("merged below"). Both are maps. */
void value_merge_below(struct value *map, const struct value *under);

/* Lays copies of what `over` holds upon `map`, leaf by leaf: maps are merged, everything else is replaced. Both are maps. */
void value_merge_over(struct value *map, const struct value *over);

/*
 * The map in which the last step of the dotted path is, made (as are maps on the way) if it is not there; *last: that step. NULL: a
 * step on the way is no map, or empty; *last is where the path goes wrong.
 */
struct value *value_open_path(struct value *map, const char *path, const char **last);

/* Same shape and content; lines and origins do not matter. */
bool value_is_equal(const struct value *a, const struct value *b);

#endif
