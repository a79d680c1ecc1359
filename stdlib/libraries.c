/* SPDX-License-Identifier: MIT */
/*
 * libraries: the table. Global ones first, in the order of how often they are looked up; then the modules that an entry must list.
 */
#include "stdlib/libraries.h"

#include <stddef.h>

#include "stdlib/channel.h"
#include "stdlib/coroutine.h"
#include "stdlib/ctx.h"
#include "stdlib/env.h"
#include "stdlib/errors.h"
#include "stdlib/events.h"
#include "stdlib/funcs.h"
#include "stdlib/io.h"
#include "stdlib/json.h"
#include "stdlib/logger.h"
#include "stdlib/math.h"
#include "stdlib/metrics.h"
#include "stdlib/os.h"
#include "stdlib/payload.h"
#include "stdlib/pg.h"
#include "stdlib/process.h"
#include "stdlib/registry.h"
#include "stdlib/string.h"
#include "stdlib/system.h"
#include "stdlib/table.h"
#include "stdlib/time.h"
#include "stdlib/utf8.h"
#include "stdlib/uuid.h"

const struct library std_libraries[] = {
    {.name = "process", .is_global = true, .entries = std_process_entries},
    {.name = "channel", .is_global = true, .entries = std_channel_entries},
    {.name = "string", .is_global = true, .entries = std_string_entries},
    {.name = "table", .is_global = true, .entries = std_table_entries},
    {.name = "coroutine", .is_global = true, .entries = std_coroutine_entries},
    {.name = "math", .is_global = true, .entries = std_math_entries},
    {.name = "errors", .is_global = true, .entries = std_errors_entries},
    {.name = "os", .is_global = true, .entries = std_os_entries},
    {.name = "payload", .is_global = true, .entries = std_payload_entries},
    {.name = "utf8", .is_global = true, .entries = std_utf8_entries},
    {.name = "time", .entries = std_time_entries},
    {.name = "ctx", .entries = std_ctx_entries},
    {.name = "env", .entries = std_env_entries},
    {.name = "events", .entries = std_events_entries},
    {.name = "funcs", .entries = std_funcs_entries},
    {.name = "pg", .entries = std_pg_entries},
    {.name = "logger", .entries = std_logger_types, .open = std_open_logger},
    {.name = "io", .entries = std_io_entries},
    {.name = "json", .entries = std_json_entries},
    {.name = "registry", .entries = std_registry_entries},
    {.name = "system", .entries = std_system_entries},
    {.name = "metrics", .entries = std_metrics_entries},
    {.name = "uuid", .entries = std_uuid_entries},
    {.name = NULL},
};
