/* SPDX-License-Identifier: MIT */
/*
 * walk: finds the definition files below a directory, and opens files there without ever leaving it. Names are visited in byte order,
 * files of a directory before its subdirectories. Symbolic links to directories are not followed.
 */
#ifndef HOST_WALK_H
#define HOST_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct text;

enum {
    WALK_MAX_DEPTH = 64,
    WALK_MAX_FILE = 64 * 1024 * 1024, /* bytes */
};

/* What was found but not looked into. */
struct walk_miss {
    char *path; /* relative to the root */
    int error;  /* negative errno, for walk_explain */
};

struct walk {
    int fd;       /* of the root directory */
    char *root;   /* as given, without "./" in front and "/" behind */
    char **paths; /* relative to the root */
    size_t count, capacity;
    struct walk_miss
        *misses; /* directories that cannot be read, or are too deep; links of definition files that lead nowhere */
    size_t miss_count, miss_capacity;
};

/*
 * Collects all *.yaml, *.yml and *.json below `root`. `skip`: comma separated directory names that are left out (may be NULL);
 * node_modules always is. 0, or a negative errno when the root cannot be read. walk_close in any case.
 */
int walk_open(struct walk *walk, const char *root, const char *skip);
void walk_close(struct walk *walk);

/* "src/app/_index.yaml": how messages name a path of the walk; the caller frees it. */
char *walk_label(const struct walk *walk, const char *path);

/* Appends the content of a regular file below the root. 0 or a negative errno: -EXDEV when it would leave the root, -EFBIG. */
int walk_read(const struct walk *walk, const char *path, struct text *out);

/* The same for any path, which may lead anywhere: files that somebody names explicitly. */
int walk_read_path(const char *path, struct text *out);

/* Do both paths lead to one file or directory? False if one of them leads nowhere. */
bool walk_is_same(const char *a, const char *b);

/* The words for a negative errno of these functions. */
const char *walk_explain(int error);

#endif
