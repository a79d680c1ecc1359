/* SPDX-License-Identifier: MIT */
/* settings: see the header. One table says everything about a key; reading is a loop over it. */
#include "host/settings.h"

#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/configuration.h"
#include "host/scalar.h"
#include "host/suggest.h"
#include "host/text.h"
#include "host/units.h"
#include "host/value.h"

#define NS_PER_SECOND 1000000000ull

enum type { TYPE_BOOL, TYPE_INT, TYPE_FRACTION, TYPE_DURATION, TYPE_TEXT, TYPE_ADDRESS, TYPE_CHOICE, TYPE_TEXTS };

struct setting {
    const char *path;
    enum type type;
    size_t offset;
    int64_t least, most;        /* TYPE_INT */
    const char *const *choices; /* TYPE_CHOICE: the value is the position */
};

#define AT(field) offsetof(struct settings, field)
#define BOOL(path, field)                      \
    {                                          \
        path, TYPE_BOOL, AT(field), 0, 0, NULL \
    }
#define INT(path, field, least, most)                \
    {                                                \
        path, TYPE_INT, AT(field), least, most, NULL \
    }
#define OTHER(path, type, field)          \
    {                                     \
        path, type, AT(field), 0, 0, NULL \
    }
#define CHOICE(path, field, choices)                \
    {                                               \
        path, TYPE_CHOICE, AT(field), 0, 0, choices \
    }

enum { MOST = 1 << 30 };

static const char *const encodings[] = {"console", "json", NULL};
static const char *const histories[] = {"memory", "sqlite", "postgres", "nil", NULL};
static const char *const cache_modes[] = {"readwrite", "readonly", "off", NULL};
static const char *const protocols[] = {"http/protobuf", "grpc", NULL};

static const struct setting table[] = {
    CHOICE("logger.encoding", logger.encoding, encodings),
    OTHER("logger.mode", TYPE_TEXT, logger.mode),
    OTHER("logger.level", TYPE_TEXT, logger.level),
    BOOL("logmanager.propagate_downstream", logmanager.propagate_downstream),
    BOOL("logmanager.stream_to_events", logmanager.stream_to_events),
    INT("logmanager.min_level", logmanager.min_level, -1, 2),
    BOOL("profiler.enabled", profiler.is_enabled),
    OTHER("profiler.address", TYPE_ADDRESS, profiler.address),
    OTHER("profiler.read_timeout", TYPE_DURATION, profiler.read_timeout_ns),
    OTHER("profiler.write_timeout", TYPE_DURATION, profiler.write_timeout_ns),
    OTHER("profiler.idle_timeout", TYPE_DURATION, profiler.idle_timeout_ns),
    BOOL("security.strict_mode", security.strict_mode),
    BOOL("registry.enable_history", registry.enable_history),
    CHOICE("registry.history_type", registry.history_type, histories),
    OTHER("registry.history_path", TYPE_TEXT, registry.history_path),
    OTHER("registry.history_dsn", TYPE_TEXT, registry.history_dsn),
    OTHER("registry.history_schema", TYPE_TEXT, registry.history_schema),
    OTHER("relay.node_name", TYPE_TEXT, relay.node_name),
    INT("supervisor.host.buffer_size", supervisor.buffer_size, 1, MOST),
    INT("supervisor.host.worker_count", supervisor.worker_count, 1, MOST),
    INT("functions.host.buffer_size", functions.buffer_size, 1, MOST),
    INT("functions.host.worker_count", functions.worker_count, 0, MOST),
    INT("lua.proto_cache_size", lua.proto_cache_size, 0, MOST),
    INT("lua.main_cache_size", lua.main_cache_size, 0, MOST),
    BOOL("lua.type_system.enabled", lua.types_enabled),
    BOOL("lua.type_system.strict", lua.types_strict),
    BOOL("lua.cache.enabled", lua.cache_enabled),
    OTHER("lua.cache.dir", TYPE_TEXT, lua.cache_dir),
    CHOICE("lua.cache.mode", lua.cache_mode, cache_modes),
    BOOL("lua.cache.compile.enabled", lua.cache_compile),
    BOOL("lua.cache.typecheck.enabled", lua.cache_typecheck),
    INT("lua.eval.cache_size", lua.eval_cache_size, 0, MOST),
    OTHER("lua.eval.cache_ttl", TYPE_DURATION, lua.eval_cache_ttl_ns),
    BOOL("lua.expr.cache_enabled", lua.expr.is_enabled),
    INT("lua.expr.capacity", lua.expr.capacity, 0, MOST),
    BOOL("lua.json.cache_enabled", lua.json.is_enabled),
    INT("lua.json.capacity", lua.json.capacity, 0, MOST),
    INT("finder.query_cache_size", finder.query_cache_size, 0, MOST),
    INT("finder.regex_cache_size", finder.regex_cache_size, 0, MOST),
    OTHER("shutdown.timeout", TYPE_DURATION, shutdown.timeout_ns),
    INT("metrics.buffer.size", metrics.buffer_size, 1, MOST),
    BOOL("metrics.interceptor.enabled", metrics.interceptor_enabled),
    BOOL("prometheus.enabled", prometheus.is_enabled),
    OTHER("prometheus.address", TYPE_ADDRESS, prometheus.address),
    OTHER("dispatcher.http.timeout", TYPE_DURATION, http_client.timeout_ns),
    INT("dispatcher.http.max_idle_conns", http_client.max_idle_conns, 0, MOST),
    INT("dispatcher.http.max_idle_per_host", http_client.max_idle_per_host, 0, MOST),
    OTHER("dispatcher.http.idle_conn_timeout", TYPE_DURATION, http_client.idle_conn_timeout_ns),
    INT("dispatcher.http.max_clients", http_client.max_clients, 0, MOST),
    BOOL("lsp.enabled", lsp.is_enabled),
    OTHER("lsp.address", TYPE_ADDRESS, lsp.address),
    BOOL("lsp.http_enabled", lsp.http_enabled),
    OTHER("lsp.http_address", TYPE_ADDRESS, lsp.http_address),
    OTHER("lsp.http_path", TYPE_TEXT, lsp.http_path),
    OTHER("lsp.http_allow_origin", TYPE_TEXT, lsp.http_allow_origin),
    INT("lsp.max_message_bytes", lsp.max_message_bytes, 1, MOST),
    BOOL("otel.enabled", otel.is_enabled),
    OTHER("otel.endpoint", TYPE_TEXT, otel.endpoint),
    CHOICE("otel.protocol", otel.protocol, protocols),
    OTHER("otel.service_name", TYPE_TEXT, otel.service_name),
    OTHER("otel.service_version", TYPE_TEXT, otel.service_version),
    BOOL("otel.insecure", otel.insecure),
    OTHER("otel.sample_rate", TYPE_FRACTION, otel.sample_rate),
    OTHER("otel.propagators", TYPE_TEXTS, otel.propagators),
    BOOL("otel.traces_enabled", otel.traces_enabled),
    BOOL("otel.metrics_enabled", otel.metrics_enabled),
    BOOL("otel.http.enabled", otel.http_enabled),
    BOOL("otel.http.extract_headers", otel.http_extract_headers),
    BOOL("otel.http.inject_headers", otel.http_inject_headers),
    BOOL("otel.process.enabled", otel.process_enabled),
    BOOL("otel.process.trace_lifecycle", otel.process_trace_lifecycle),
    BOOL("otel.interceptor.enabled", otel.interceptor_enabled),
    INT("otel.interceptor.order", otel.interceptor_order, -MOST, MOST),
    BOOL("otel.queue.enabled", otel.queue_enabled),
    BOOL("otel.temporal.enabled", otel.temporal_enabled),
    OTHER("network_service.state_dir", TYPE_TEXT, network_service.state_dir),
    OTHER("network_service.default_network", TYPE_TEXT, network_service.default_network),
    BOOL("extensions.enabled", extensions.is_enabled),
    OTHER("extensions.paths", TYPE_TEXTS, extensions.paths),
    OTHER("modules.registry_url", TYPE_TEXT, modules.registry_url),
    BOOL("cluster.enabled", cluster.is_enabled),
    OTHER("cluster.name", TYPE_TEXT, cluster.name),
    OTHER("cluster.failure_domain", TYPE_TEXT, cluster.failure_domain),
};

enum { COUNT = sizeof table / sizeof table[0] };

static const struct settings defaults = {
    .logmanager = {.propagate_downstream = true, .min_level = -1},
    .logger = {.mode = "development"},
    .profiler = {.address = "localhost:6060",
                 .read_timeout_ns = 15 * NS_PER_SECOND,
                 .write_timeout_ns = 15 * NS_PER_SECOND,
                 .idle_timeout_ns = 60 * NS_PER_SECOND},
    .registry = {.enable_history = true, .history_path = ".wippy/registry.db"},
    .supervisor = {.buffer_size = 1024, .worker_count = 16},
    .functions = {.buffer_size = 1024},
    .lua = {.proto_cache_size = 60000,
            .main_cache_size = 10000,
            .cache_dir = ".wippy/cache/lua",
            .cache_compile = true,
            .cache_typecheck = true,
            .eval_cache_size = 256,
            .expr = {true, 5000},
            .json = {true, 1000}},
    .finder = {.query_cache_size = 1000, .regex_cache_size = 100},
    .shutdown = {.timeout_ns = 30 * NS_PER_SECOND},
    .metrics = {.buffer_size = 10000},
    .lsp = {.address = ":7777",
            .http_address = ":7778",
            .http_path = "/lsp",
            .http_allow_origin = "*",
            .max_message_bytes = 8388608},
    .otel = {.insecure = true,
             .traces_enabled = true,
             .endpoint = "localhost:4318",
             .service_name = "wippy-runtime",
             .sample_rate = 1,
             .http_enabled = true,
             .http_extract_headers = true,
             .http_inject_headers = true,
             .process_enabled = true,
             .process_trace_lifecycle = true,
             .interceptor_enabled = true,
             .queue_enabled = true,
             .interceptor_order = 100},
    .network_service = {.state_dir = ".wippy/net"},
    .extensions = {.is_enabled = true},
};

/* [host]:port, the port a number. */
static bool is_address(const char *text)
{
    const char *colon = strrchr(text, ':');
    size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;
    return digits && digits <= 5 && !colon[1 + digits] && strtoul(colon + 1, NULL, 10) <= 65535;
}

static bool read_fraction(const struct value *value, double *fraction)
{
    double number = value->kind == VALUE_INT ? (double)value->integer : value->kind == VALUE_FLOAT ? value->number : -1;
    if (!(number >= 0 && number <= 1))
        return false;
    *fraction = number;
    return true;
}

static bool are_texts(const struct value *value)
{
    bool ok = value->kind == VALUE_LIST;
    for (size_t i = 0; ok && i < value->list.count; i++)
        ok = value_string(value->list.items[i]);
    return ok;
}

static bool choose(const struct setting *setting, const char *word, unsigned *chosen)
{
    for (unsigned i = 0; word && setting->choices[i]; i++) {
        if (strcmp(setting->choices[i], word) != 0)
            continue;
        *chosen = i;
        return true;
    }
    return false;
}

/* Stores the value in its field. False: it is not what the field takes, which stays as it was. */
static bool store(const struct setting *setting, const struct value *value, void *field)
{
    const char *text = value_string(value);
    switch (setting->type) {
    case TYPE_BOOL:
        if (value->kind == VALUE_BOOL)
            *(bool *)field = value->boolean;
        return value->kind == VALUE_BOOL;
    case TYPE_INT:
        if (value->kind != VALUE_INT || value->integer < setting->least || value->integer > setting->most)
            return false;
        *(int64_t *)field = value->integer;
        return true;
    case TYPE_FRACTION:
        return read_fraction(value, field);
    case TYPE_DURATION:
        return units_duration_of(value, field);
    case TYPE_ADDRESS:
    case TYPE_TEXT:
        if (!text || (setting->type == TYPE_ADDRESS && !is_address(text)))
            return false;
        *(const char **)field = text;
        return true;
    case TYPE_CHOICE:
        return choose(setting, text, field);
    case TYPE_TEXTS:
        if (!are_texts(value))
            return false;
        *(const struct value **)field = value;
        return true;
    }
    return false;
}

/* "true or false", "a number from -1 to 2", …; the caller frees it. */
static char *describe(const struct setting *setting)
{
    struct text text = {0};
    switch (setting->type) {
    case TYPE_BOOL:
        return alloc_string("true or false");
    case TYPE_INT:
        if (!strcmp(setting->path, "logmanager.min_level"))
            return alloc_string("a number from -1 (debug) to 2 (error)");
        return setting->most == MOST ? text_format("a whole number, %lld or more", (long long)setting->least)
                                     : text_format("a whole number from %lld to %lld", (long long)setting->least,
                                                   (long long)setting->most);
    case TYPE_FRACTION:
        return alloc_string("a number from 0 to 1");
    case TYPE_DURATION:
        return alloc_string("a duration like \"30s\"");
    case TYPE_TEXT:
        return alloc_string("a text");
    case TYPE_ADDRESS:
        return alloc_string("an address like \"localhost:8080\"");
    case TYPE_TEXTS:
        return alloc_string("a list of texts");
    case TYPE_CHOICE:
        for (size_t i = 0; setting->choices[i]; i++)
            text_printf(&text, "%s%s", !i ? "" : setting->choices[i + 1] ? ", " : " or ", setting->choices[i]);
        return text_detach(&text);
    }
    return text_detach(&text);
}

/* What came from the environment is a text; it may stand for a number. */
static struct value *reinterpret(const struct setting *setting, const struct value *value)
{
    bool wants_text = setting->type == TYPE_TEXT || setting->type == TYPE_ADDRESS || setting->type == TYPE_CHOICE;
    if (wants_text || !value_string(value) || !value->string.origin)
        return NULL;
    return scalar_coerce(value->string.data, value->string.length);
}

/* A section on the way to the setting that is no map; NULL: all are, or there is none. */
static const struct value *find_wrong_section(const struct configuration *configuration, const char *path, int *length)
{
    const struct value *at = configuration->root;
    const char *start = path;
    for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
        char *key = alloc_copy(path, (size_t)(dot - path));
        at = value_get(at, key);
        free(key);
        *length = (int)(dot - start);
        if (!at || at->kind == VALUE_NULL)
            return NULL;
        if (at->kind != VALUE_MAP)
            return at;
    }
    return NULL;
}

static void read_setting(struct settings *settings, const struct configuration *configuration,
                         const struct setting *setting, struct problems *problems)
{
    const struct value *value = value_path(configuration->root, setting->path);
    if (!value || value->kind == VALUE_NULL)
        return;
    struct value *other = reinterpret(setting, value);
    if (!store(setting, other ? other : value, (char *)settings + setting->offset)) {
        char *wanted = describe(setting);
        configuration_complain(configuration, problems, value, "%s must be %s", setting->path, wanted);
        free(wanted);
    }
    value_free(other);
}

/* Each wrong section is reported once: with the first setting that lies in it. */
static void check_sections(const struct configuration *configuration, struct problems *problems)
{
    const struct value *last = NULL;
    for (size_t i = 0; i < COUNT; i++) {
        int length = 0;
        const struct value *wrong = find_wrong_section(configuration, table[i].path, &length);
        if (wrong && wrong != last)
            configuration_complain(configuration, problems, wrong, "%.*s must be a map, not %s", length, table[i].path,
                                   value_kind_name(wrong));
        last = wrong ? wrong : last;
    }
}

void settings_read(struct settings *settings, const struct configuration *configuration, struct problems *problems)
{
    *settings = defaults;
    check_sections(configuration, problems);
    for (size_t i = 0; i < COUNT; i++)
        read_setting(settings, configuration, &table[i], problems);
}

static bool leads_to_free_keys(const char *path)
{
    static const char *const sections[] = {"vars.", "override.", "disable.", "workspace.replacements.", "cluster."};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
        if (!strncmp(path, sections[i], strlen(sections[i])))
            return true;
    return !strcmp(path, "version");
}

bool settings_is_path(const char *path, const char **nearest)
{
    const char *paths[COUNT];
    *nearest = NULL;
    for (size_t i = 0; i < COUNT; i++) {
        paths[i] = table[i].path;
        if (!strcmp(paths[i], path))
            return true;
    }
    if (leads_to_free_keys(path))
        return true;
    *nearest = suggest_nearest(path, paths, COUNT);
    return false;
}
