/* SPDX-License-Identifier: MIT */
/*
 * settings: what .moonlet.yaml (or .wippy.yaml) in the working directory says about the host itself:
 *
 *   logger: {encoding: json}         # or console
 *   logmanager: {min_level: 1}       # -1 debug, 0 info, 1 warn, 2 error
 *   shutdown: {timeout: 30s}
 *
 * Other sections and keys are ignored.
 */
#ifndef HOST_SETTINGS_H
#define HOST_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "sched/base/log.h"

struct settings {
    bool json_logs;
    enum log_level min_level;
    uint64_t shutdown_timeout_ns;
};

/* Defaults where no file says otherwise. 0, or -1 and *problem (the caller frees it): a file is there but cannot be used. */
int settings_read(struct settings *settings, char **problem);

#endif
