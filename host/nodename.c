/* SPDX-License-Identifier: MIT */
/* nodename: see the header. The derived name is a hash of machine id (without one: host name) and working directory. */
#include "host/nodename.h"

#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/settings.h"
#include "host/text.h"
#include "host/walk.h"

static uint64_t hash(uint64_t state, const char *data, size_t length)
{
    for (size_t i = 0; i < length; i++)
        state = (state ^ (unsigned char)data[i]) * 1099511628211u;
    return state;
}

static void derive(char name[static NODENAME_MAX + 1])
{
    struct text machine = {0};
    char host[256] = "", directory[PATH_MAX] = "";
    if (walk_read_path("/etc/machine-id", &machine) || !machine.length) {
        if (gethostname(host, sizeof host - 1))
            host[0] = '\0';
        text_add_string(&machine, host);
    }
    if (!getcwd(directory, sizeof directory))
        directory[0] = '\0';
    uint64_t state = hash(14695981039346656037u, text_string(&machine), machine.length);
    state = hash(hash(state, "\n", 1), directory, strlen(directory));
    snprintf(name, NODENAME_MAX + 1, "node-%016" PRIx64, state);
    text_free(&machine);
}

const char *nodename_given(const struct settings *settings)
{
    static const char *const variables[] = {"MOONLET_NODE_ID", "WIPPY_NODE_ID", "WIPPY_RELAY_NODE_NAME"};
    const char *found = settings->relay.node_name;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0] && (!found || !*found); i++)
        found = getenv(variables[i]);
    return found && *found ? found : NULL;
}

const char *nodename_problem(const char *name)
{
    if (strlen(name) > NODENAME_MAX)
        return "is longer than 63 bytes";
    for (const unsigned char *c = (const unsigned char *)name; *c; c++)
        if (*c <= ' ' || *c == 0x7F || strchr("{}|@", *c))
            return "must not hold blanks, control characters or any of {}|@";
    return NULL;
}

void nodename_find(const struct settings *settings, char name[static NODENAME_MAX + 1])
{
    const char *given = nodename_given(settings);
    if (given)
        snprintf(name, NODENAME_MAX + 1, "%s", given);
    else
        derive(name);
}
