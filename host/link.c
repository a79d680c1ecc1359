/* SPDX-License-Identifier: MIT */
/* link: see the header. Paths are normalised as text first, so that a `..` too many is reported as what it is. */
#include "host/link.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/text.h"
#include "host/value.h"
#include "host/walk.h"

static const char scheme[] = "file://";

/* Appends the segments of `path` to `out`, resolving `.` and `..`. False: it leaves the root. */
static bool add_segments(struct text *out, const char *path)
{
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && !strncmp(path, "..", 2)) {
            if (!out->length)
                return false;
            const char *slash = memrchr(out->data, '/', out->length);
            out->length = slash ? (size_t)(slash - out->data) : 0;
            out->data[out->length] = '\0';
        } else if (length && !(length == 1 && *path == '.')) {
            if (out->length)
                text_add_char(out, '/');
            text_add(out, path, length);
        }
        path += length + (path[length] == '/');
    }
    return true;
}

/* The path inside the root that a link means. False: outside. */
static bool resolve(const char *definition, const char *link, struct text *out)
{
    link += strlen(scheme);
    if (*link != '/') {
        const char *slash = strrchr(definition, '/');
        if (slash)
            text_add(out, definition, (size_t)(slash - definition));
    }
    return add_segments(out, link);
}

/* Replaces one string. NULL, or what went wrong (the caller frees it). */
static char *expand_string(const struct walk *walk, const char *definition, struct value *value)
{
    struct text path = {0}, content = {0};
    char *problem = NULL;
    if (strlen(value->string.data) != value->string.length)
        problem = alloc_string("a file:// path must not hold a NUL character");
    else if (!resolve(definition, value->string.data, &path))
        problem = text_format("%s leaves the source directory %s", value->string.data, walk->root);
    if (problem)
        goto out;
    int result = walk_read(walk, text_string(&path), &content);
    char *label = walk_label(walk, text_string(&path));
    if (result) {
        problem = text_format("%s: cannot read %s: %s", value->string.data, label, walk_explain(result));
        free(label);
        goto out;
    }
    free(value->string.data);
    free(value->string.origin);
    value->string.length = content.length;
    value->string.data = text_detach(&content);
    value->string.origin = label;
out:
    text_free(&path);
    text_free(&content);
    return problem;
}

int link_expand(const struct walk *walk, const char *path, struct value *value, char **problem, unsigned *line)
{
    if (value->kind == VALUE_STRING && !strncmp(value->string.data, scheme, strlen(scheme))) {
        *line = value->line;
        *problem = expand_string(walk, path, value);
        return *problem ? -1 : 0;
    }
    int result = 0;
    if (value->kind == VALUE_LIST)
        for (size_t i = 0; i < value->list.count && !result; i++)
            result = link_expand(walk, path, value->list.items[i], problem, line);
    if (value->kind == VALUE_MAP)
        for (size_t i = 0; i < value->map.count && !result; i++)
            result = link_expand(walk, path, value->map.pairs[i].value, problem, line);
    return result;
}
