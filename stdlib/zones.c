/* SPDX-License-Identifier: MIT */
/*
 * zones: see zones.h. A list that only grows: its head is published with release and read with acquire, and a zone is complete before. Files are
 * read outside of the lock; of two threads that read the same one, the second throws its zone away.
 */
#include "stdlib/zones.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sched/base/log.h"
#include "sched/base/memory.h"
#include "stdlib/zone.h"

enum { NAME_MAX_LENGTH = 200, PATH_MAX_LENGTH = 4096, FILE_MAX = 1 << 20 };

static const char local_name[] = "Local";

struct entry {
    struct entry *next;
    struct zone *zone;
};

struct zones {
    char *directory;
    struct zone *utc, *local;
    _Atomic(struct entry *) first;
    pthread_mutex_t lock; /* guards adding to the list */
};

/* ---- files ---- */

static int read_all(int fd, char *data, size_t size, size_t *length)
{
    *length = 0;
    while (*length < size) {
        ssize_t got = read(fd, data + *length, size - *length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : 0;
        *length += (size_t)got;
    }
    return -EFBIG; /* there is a byte more than expected */
}

/* The bytes of a regular file; the caller frees them. O_NONBLOCK: opening a FIFO must not wait. */
static int read_file(const char *path, char **data, size_t *length)
{
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOTDIR || errno == ENAMETOOLONG || errno == ELOOP ? -ENOENT : -errno;
    int error = fstat(fd, &info) < 0 ? -errno : !S_ISREG(info.st_mode) ? -ENOENT : 0;
    if (!error && info.st_size > FILE_MAX)
        error = -EFBIG;
    if (!error) {
        size_t size = (size_t)info.st_size + 1;
        *data = memory_alloc(size, "a time zone");
        error = read_all(fd, *data, size, length);
        if (error)
            free(*data);
    }
    close(fd);
    return error;
}

static int load(struct zone **out, const char *name, const char *path, char problem[static ZONES_PROBLEM])
{
    char *data = NULL;
    size_t length = 0;
    const char *what = NULL;
    int error = read_file(path, &data, &length);
    if (error) {
        snprintf(problem, ZONES_PROBLEM, "%.100s: %s", path, strerror(-error));
        return error;
    }
    error = zone_parse(out, name, data, length, &what);
    free(data);
    if (error)
        snprintf(problem, ZONES_PROBLEM, "%.100s: %s", path, error == -EINVAL ? what : "this is no time zone file");
    return error;
}

/* ---- the list ---- */

/* Parts of letters, digits, '_', '+' and '-', with one '/' between them: so no "..", nothing hidden, nothing absolute. */
static bool is_proper(const char *name, size_t length)
{
    char before = '/';
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                        c == '+' || c == '-';
        if (!is_plain && (c != '/' || before == '/'))
            return false;
        before = c;
    }
    return length <= NAME_MAX_LENGTH && before != '/';
}

static struct zone *find(const struct entry *entry, const char *name)
{
    while (entry && strcmp(zone_name(entry->zone), name) != 0)
        entry = entry->next;
    return entry ? entry->zone : NULL;
}

/* Takes the zone; returns it, or the one of that name that came first. */
static struct zone *publish(struct zones *zones, struct zone *zone)
{
    pthread_mutex_lock(&zones->lock);
    struct entry *first = atomic_load_explicit(&zones->first, memory_order_relaxed);
    struct zone *earlier = find(first, zone_name(zone));
    if (!earlier) {
        struct entry *entry = memory_zeroed(sizeof *entry, "a time zone");
        *entry = (struct entry){.next = first, .zone = zone};
        atomic_store_explicit(&zones->first, entry, memory_order_release); /* pairs with the acquire of zones_find */
    }
    pthread_mutex_unlock(&zones->lock);
    if (earlier)
        zone_free(zone);
    return earlier ? earlier : zone;
}

static int find_file(struct zones *zones, const char *name, const struct zone **out, char problem[static ZONES_PROBLEM])
{
    char path[PATH_MAX_LENGTH];
    struct zone *zone = NULL;
    snprintf(path, sizeof path, "%s/%s", zones->directory, name);
    int error = load(&zone, name, path, problem);
    if (error == -ENOENT && access(zones->directory, F_OK) < 0)
        snprintf(problem, ZONES_PROBLEM, "%.100s does not exist: is the package tzdata installed?", zones->directory);
    if (!error)
        *out = publish(zones, zone);
    return error;
}

int zones_find(struct zones *zones, const char *name, size_t length, const struct zone **out,
               char problem[static ZONES_PROBLEM])
{
    char text[NAME_MAX_LENGTH + 1];
    if (!is_proper(name, length)) {
        snprintf(problem, ZONES_PROBLEM, "names are like Europe/Paris");
        return -ENOENT;
    }
    memcpy(text, name, length);
    text[length] = '\0';
    *out = find(atomic_load_explicit(&zones->first, memory_order_acquire), text);
    return *out ? 0 : find_file(zones, text, out, problem);
}

/* ---- local time ---- */

/* $TZ: empty, a file, the name of a zone, or a rule; a colon in front makes no difference. */
static int load_tz(struct zones *zones, const char *tz, char problem[static ZONES_PROBLEM])
{
    char path[PATH_MAX_LENGTH];
    if (*tz == ':')
        tz++;
    if (!*tz)
        zones->local = zone_of_rule(local_name, "UTC0");
    else if (*tz == '/')
        return load(&zones->local, local_name, tz, problem);
    snprintf(path, sizeof path, "%s/%s", zones->directory, tz);
    if (!zones->local && is_proper(tz, strlen(tz)) && load(&zones->local, local_name, path, problem) == 0)
        return 0;
    if (!zones->local)
        zones->local = zone_of_rule(local_name, tz);
    if (zones->local)
        return 0;
    snprintf(problem, ZONES_PROBLEM, "TZ is \"%.100s\", which is neither a zone nor a rule", tz);
    return -EINVAL;
}

static void load_local(struct zones *zones, const struct zones_config *config)
{
    char problem[ZONES_PROBLEM];
    int error =
        config->tz ? load_tz(zones, config->tz, problem) : load(&zones->local, local_name, config->localtime, problem);
    if (zones->local)
        return;
    zones->local = zone_of_rule(local_name, "UTC0");
    if (error != -ENOENT || config->tz) /* without that file local time is UTC, as everywhere */
        log_printf(config->log, LOG_WARN, "time", "local time is UTC: %s", problem);
}

/* ---- life ---- */

struct zones_config zones_default_config(struct log *log)
{
    const char *directory = getenv("TZDIR");
    return (struct zones_config){.tz = getenv("TZ"),
                                 .directory = directory && *directory ? directory : "/usr/share/zoneinfo",
                                 .localtime = "/etc/localtime",
                                 .log = log};
}

struct zones *zones_new(const struct zones_config *config)
{
    struct zones *zones = memory_zeroed(sizeof *zones, "the time zones");
    zones->directory = memory_string(config->directory, "the directory of time zones");
    pthread_mutex_init(&zones->lock, NULL);
    load_local(zones, config);
    zones->utc = zone_of_rule("UTC", "UTC0");
    publish(zones, zones->local);
    publish(zones, zones->utc);
    return zones;
}

void zones_free(struct zones *zones)
{
    if (!zones)
        return;
    struct entry *entry = atomic_load_explicit(&zones->first, memory_order_acquire);
    while (entry) {
        struct entry *next = entry->next;
        zone_free(entry->zone);
        free(entry);
        entry = next;
    }
    pthread_mutex_destroy(&zones->lock);
    free(zones->directory);
    free(zones);
}

const struct zone *zones_utc(const struct zones *zones)
{
    return zones->utc;
}

const struct zone *zones_local(const struct zones *zones)
{
    return zones->local;
}
