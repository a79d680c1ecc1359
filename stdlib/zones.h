/* SPDX-License-Identifier: MIT */
/*
 * zones: the time zones of a runtime by their names. A zone is read once, on first use, and lives as long as the runtime. Looking for one that
 * is there takes no lock. Any thread.
 */
#ifndef STDLIB_ZONES_H
#define STDLIB_ZONES_H

#include <stddef.h>

struct log;
struct zone;
struct zones;

struct zones_config {
    const char *tz;        /* what $TZ says; NULL: it is not set, and local time is that of `localtime` */
    const char *directory; /* the files of the zones */
    const char *localtime; /* the file of the local zone */
    struct log *log;       /* told when the local zone cannot be found, which is UTC then; may be NULL */
};

/* The settings of this machine: $TZ, $TZDIR or /usr/share/zoneinfo, /etc/localtime. */
struct zones_config zones_default_config(struct log *log);

struct zones *zones_new(const struct zones_config *config);
void zones_free(struct zones *zones); /* NULL is allowed */

const struct zone *zones_utc(const struct zones *zones);
const struct zone *zones_local(const struct zones *zones); /* its name is "Local" */

enum { ZONES_PROBLEM = 160 };

/*
 * The zone of an IANA name ("Europe/Paris"), "UTC" or "Local". 0 and *out; -ENOENT: there is none, also for names that lead out of the
 * directory; otherwise another negative errno. With an error, `problem` says more. Reads a file the first time.
 */
int zones_find(struct zones *zones, const char *name, size_t length, const struct zone **out,
               char problem[static ZONES_PROBLEM]);

#endif
