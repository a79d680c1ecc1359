/* SPDX-License-Identifier: MIT */
/* scaffold: see the header. */
#include "host/scaffold.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "host/text.h"
#include "host/walk.h"

/* Quoted only where YAML would take it for something else. */
static void add_path(struct text *out, const char *key, const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-";
    bool is_plain = !path[strspn(path, plain)] && strspn(path, "0123456789.-") != strlen(path);
    text_printf(out, "  %s: %s", key, is_plain ? "" : "\"");
    if (is_plain)
        text_add_string(out, path);
    else
        text_add_json(out, path, strlen(path));
    text_add_string(out, is_plain ? "\n" : "\"\n");
}

static int write_new(const char *file, const struct text *content)
{
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -errno;
    ssize_t n = write(fd, content->data, content->length);
    int result = n == (ssize_t)content->length ? 0 : n < 0 ? -errno : -ENOSPC;
    if (close(fd) && !result)
        result = -errno;
    if (result)
        unlink(file);
    return result;
}

/* A lock file that the new one would hide, or that would hide it. NULL: none. */
static const char *find_rival(const char *file)
{
    static const char *const names[] = {"moonlet.lock", "wippy.lock"};
    for (size_t i = 0; i < 2; i++)
        if (!strcmp(file, names[i]) && !access(names[1 - i], F_OK))
            return names[1 - i];
    return NULL;
}

int scaffold_write_lock(const char *file, const char *source, const char *modules, char **message)
{
    struct text content = {0};
    file = file ? file : "moonlet.lock";
    source = source ? source : "./src";
    const char *rival = find_rival(file);
    if (walk_is_same(source, ".") || rival) {
        *message = rival ? text_format("there is a %s already, which says where the sources are", rival)
                         : text_format("--src-dir %s: must be a directory of its own, for the project's holds the "
                                       "modules too",
                                       source);
        return -1;
    }
    text_add_string(&content,
                    "# Where this application keeps its definitions and the modules it uses.\ndirectories:\n");
    add_path(&content, "src", source);
    add_path(&content, "modules", modules ? modules : ".wippy");
    int result = write_new(file, &content);
    text_free(&content);
    if (result == -EEXIST)
        *message = text_format("%s is there already", file);
    else if (result)
        *message = text_format("%s cannot be written: %s", file, strerror(-result));
    else
        *message = text_format("wrote %s: definitions go to %s", file, source);
    return result ? -1 : 0;
}
