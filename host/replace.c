/* SPDX-License-Identifier: MIT */
/* replace: see the header. */
#include "host/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/text.h"

static int write_all(int fd, const char *data, size_t length)
{
    while (length) {
        ssize_t n = write(fd, data, length);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        data += n;
        length -= (size_t)n;
    }
    return 0;
}

/* The file that the path means in the end; a path that leads nowhere yet is its own. The caller frees it. */
static char *real_target(const char *path)
{
    char *real = realpath(path, NULL);
    return real ? real : alloc_string(path);
}

static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return alloc_string(".");
    return slash == path ? alloc_string("/") : alloc_copy(path, (size_t)(slash - path));
}

/* Makes the new name of the file outlive a crash. */
static int sync_directory(const char *directory)
{
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = fsync(fd) && errno != EINVAL ? -errno : 0; /* some file systems cannot */
    close(fd);
    return result;
}

static int fill(int fd, const char *target, const void *data, size_t length, mode_t mode)
{
    struct stat st;
    if (!stat(target, &st)) {
        mode = st.st_mode & 07777;
        (void)!fchown(fd, st.st_uid, st.st_gid); /* as far as the system lets us */
    }
    if (fchmod(fd, mode))
        return -errno;
    int result = write_all(fd, data, length);
    if (!result && fsync(fd))
        result = -errno;
    return result;
}

int replace_file(const char *path, const void *data, size_t length, mode_t mode)
{
    char *target = real_target(path), *directory = directory_of(target);
    char *temporary = text_format("%s/.moonlet-XXXXXX", directory);
    int fd = mkostemp(temporary, O_CLOEXEC), result = fd < 0 ? -errno : 0;
    if (fd >= 0) {
        result = fill(fd, target, data, length, mode);
        if (close(fd) && !result)
            result = -errno;
        if (!result && rename(temporary, target))
            result = -errno;
        if (result)
            unlink(temporary);
        else
            result = sync_directory(directory);
    }
    free(temporary);
    free(directory);
    free(target);
    return result;
}

int replace_make_directories(const char *path, mode_t mode)
{
    char *copy = alloc_string(path);
    int result = 0;
    for (char *slash = copy; !result && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        if (mkdir(copy, mode) && errno != EEXIST)
            result = -errno;
        *slash = '/';
    }
    free(copy);
    return result;
}
