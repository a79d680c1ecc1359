/* SPDX-License-Identifier: MIT */
/*
 * walk: a depth-first walk over directory descriptors. Reading goes through openat2 with RESOLVE_BENEATH, so that neither `..` nor a
 * symbolic link leads out; where a sandbox forbids openat2, the caller's lexical check (link.c) is what is left.
 */
#include "host/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/text.h"

static bool has_suffix(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return length > tail && !strcmp(name + length - tail, suffix);
}

static bool is_candidate(const char *name)
{
    return has_suffix(name, ".yaml") || has_suffix(name, ".yml") || has_suffix(name, ".json");
}

static bool is_skipped(const char *name, const char *skip)
{
    if (!strcmp(name, "node_modules"))
        return true;
    size_t length = strlen(name);
    while (skip && *skip) {
        skip += strspn(skip, ", ");
        size_t word = strcspn(skip, ", ");
        if (word == length && !strncmp(skip, name, length))
            return true;
        skip += word;
    }
    return false;
}

static char *join(const char *directory, const char *name)
{
    return *directory ? text_format("%s/%s", directory, name) : alloc_string(name);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_listed(const struct dirent *entry)
{
    return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

static void add_path(struct walk *walk, char *path)
{
    walk->paths = alloc_grow(walk->paths, walk->count, &walk->capacity, sizeof(char *));
    walk->paths[walk->count++] = path;
}

static void add_miss(struct walk *walk, const char *path, int error)
{
    walk->misses = alloc_grow(walk->misses, walk->miss_count, &walk->miss_capacity, sizeof *walk->misses);
    walk->misses[walk->miss_count++] = (struct walk_miss){.path = alloc_string(path), .error = error};
}

static int visit(struct walk *walk, const char *directory, const char *skip, int depth);

static void visit_file(struct walk *walk, const char *path, const char *name)
{
    struct stat st;
    if (!is_candidate(name))
        return;
    if (fstatat(walk->fd, path, &st, 0)) {
        if (name[0] != '.') /* editors keep locks in hidden links that lead nowhere */
            add_miss(walk, path, -errno);
    } else if (S_ISREG(st.st_mode))
        add_path(walk, alloc_string(path));
}

static void visit_directory(struct walk *walk, const char *path, const char *name, const char *skip, int depth)
{
    struct stat st;
    if (fstatat(walk->fd, path, &st, AT_SYMLINK_NOFOLLOW) || !S_ISDIR(st.st_mode) || is_skipped(name, skip))
        return;
    int result = depth < WALK_MAX_DEPTH ? visit(walk, path, skip, depth + 1) : -ENAMETOOLONG;
    if (result)
        add_miss(walk, path, result);
}

/* Two passes over the names of a directory: its files, then what is below its directories. */
static int visit(struct walk *walk, const char *directory, const char *skip, int depth)
{
    struct dirent **names;
    int count = scandirat(walk->fd, *directory ? directory : ".", &names, is_listed, compare_names);
    if (count < 0)
        return -errno;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < count; i++) {
            char *path = join(directory, names[i]->d_name);
            if (pass)
                visit_directory(walk, path, names[i]->d_name, skip, depth);
            else
                visit_file(walk, path, names[i]->d_name);
            free(path);
        }
    }
    for (int i = 0; i < count; i++)
        free(names[i]);
    free(names);
    return 0;
}

static char *clean_root(const char *root)
{
    while (root[0] == '.' && root[1] == '/')
        root += 2 + strspn(root + 2, "/");
    char *copy = alloc_string(*root ? root : ".");
    size_t length = strlen(copy);
    while (length > 1 && copy[length - 1] == '/')
        copy[--length] = '\0';
    return copy;
}

int walk_open(struct walk *walk, const char *root, const char *skip)
{
    *walk = (struct walk){.root = clean_root(root)};
    walk->fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (walk->fd < 0)
        return -errno;
    return visit(walk, "", skip, 0);
}

void walk_close(struct walk *walk)
{
    if (walk->fd >= 0)
        close(walk->fd);
    for (size_t i = 0; i < walk->count; i++)
        free(walk->paths[i]);
    free(walk->paths);
    for (size_t i = 0; i < walk->miss_count; i++)
        free(walk->misses[i].path);
    free(walk->misses);
    free(walk->root);
}

char *walk_label(const struct walk *walk, const char *path)
{
    return strcmp(walk->root, ".") ? join(walk->root, path) : alloc_string(path);
}

static int open_beneath(int root, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd < 0 && (errno == ENOSYS || errno == EPERM))
        fd = openat(root, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static int read_all(int fd, struct text *out)
{
    char chunk[16 * 1024];
    size_t total = 0;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return 0;
        total += (size_t)n;
        if (total > WALK_MAX_FILE)
            return -EFBIG;
        text_add(out, chunk, (size_t)n);
    }
}

/* Closes the descriptor; a negative one is an error already. */
static int read_regular(int fd, struct text *out)
{
    if (fd < 0)
        return fd;
    struct stat st;
    int result = fstat(fd, &st) ? -errno : 0;
    if (!result && !S_ISREG(st.st_mode))
        result = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if (!result)
        result = read_all(fd, out);
    close(fd);
    return result;
}

int walk_read(const struct walk *walk, const char *path, struct text *out)
{
    return read_regular(open_beneath(walk->fd, *path ? path : "."), out);
}

int walk_read_path(const char *path, struct text *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    return read_regular(fd < 0 ? -errno : fd, out);
}

bool walk_is_same(const char *a, const char *b)
{
    struct stat one, other;
    return !stat(a, &one) && !stat(b, &other) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

const char *walk_explain(int error)
{
    if (error == -EXDEV)
        return "leads out of the source directory";
    if (error == -ENAMETOOLONG)
        return "it is more than 64 directories deep";
    if (error == -EINVAL)
        return "it is no regular file";
    if (error == -EFBIG)
        return "it is larger than 64 MB";
    return strerror(-error);
}
