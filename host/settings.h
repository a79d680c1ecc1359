/* SPDX-License-Identifier: MIT */
/*
 * settings: what a configuration says about the host itself, section by section (docs/configuration.md has the table). Types and ranges are
 * checked; keys that are not known are ignored, for other versions may know them. Keys that this version has no use for yet are
 * read and kept all the same.
 */
#ifndef HOST_SETTINGS_H
#define HOST_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct configuration;
struct problems;
struct value;

enum settings_encoding { SETTINGS_CONSOLE, SETTINGS_JSON };
enum settings_history { SETTINGS_MEMORY, SETTINGS_SQLITE, SETTINGS_POSTGRES, SETTINGS_NIL };
enum settings_cache_mode { SETTINGS_READWRITE, SETTINGS_READONLY, SETTINGS_OFF };

/* A cache that is accepted without effect: ours are sized by themselves. */
struct settings_cache {
    bool is_enabled;
    int64_t capacity;
};

/* Strings and lists belong to the configuration; NULL: not given. Times are nanoseconds, 0 of a limit means none. */
struct settings {
    struct {
        unsigned encoding; /* enum settings_encoding */
        const char *mode, *level;
    } logger;
    struct {
        bool propagate_downstream, stream_to_events;
        int64_t min_level; /* enum log_level */
    } logmanager;
    struct {
        bool is_enabled;
        const char *address;
        uint64_t read_timeout_ns, write_timeout_ns, idle_timeout_ns;
    } profiler;
    struct {
        bool strict_mode;
    } security;
    struct {
        bool enable_history;
        unsigned history_type; /* enum settings_history */
        const char *history_path, *history_dsn, *history_schema;
    } registry;
    struct {
        const char *node_name; /* NULL: see nodename.h */
    } relay;
    struct {
        int64_t buffer_size, worker_count; /* 0: one per CPU */
    } supervisor, functions;
    struct {
        int64_t proto_cache_size, main_cache_size;
        bool types_enabled, types_strict;
        bool cache_enabled, cache_compile, cache_typecheck;
        const char *cache_dir;
        unsigned cache_mode; /* enum settings_cache_mode */
        int64_t eval_cache_size;
        uint64_t eval_cache_ttl_ns;
        struct settings_cache expr, json;
    } lua;
    struct {
        int64_t query_cache_size, regex_cache_size;
    } finder;
    struct {
        uint64_t timeout_ns;
    } shutdown;
    struct {
        int64_t buffer_size;
        bool interceptor_enabled;
    } metrics;
    struct {
        bool is_enabled;
        const char *address;
    } prometheus;
    struct {
        uint64_t timeout_ns, idle_conn_timeout_ns;
        int64_t max_idle_conns, max_idle_per_host, max_clients;
    } http_client;
    struct {
        bool is_enabled, http_enabled;
        const char *address, *http_address, *http_path, *http_allow_origin;
        int64_t max_message_bytes;
    } lsp;
    struct {
        bool is_enabled, insecure, traces_enabled, metrics_enabled;
        const char *endpoint, *service_name, *service_version;
        unsigned protocol; /* 0: http/protobuf, 1: grpc */
        double sample_rate;
        const struct value *propagators; /* list of strings */
        bool http_enabled, http_extract_headers, http_inject_headers;
        bool process_enabled, process_trace_lifecycle;
        bool interceptor_enabled, queue_enabled, temporal_enabled;
        int64_t interceptor_order;
    } otel;
    struct {
        const char *state_dir, *default_network;
    } network_service;
    struct {
        bool is_enabled;
        const struct value *paths; /* list of strings */
    } extensions;
    struct {
        const char *registry_url;
    } modules;
    struct {
        bool is_enabled;
        const char *name, *failure_domain;
    } cluster; /* its sections membership, internode and raft stay in the tree */
};

/* Defaults where the configuration says nothing. What is wrong is added to the problems as errors, all of it. */
void settings_read(struct settings *settings, const struct configuration *configuration, struct problems *problems);

/* Is this the path of a setting, or does it lead into a section whose keys are free? False: *nearest is one like it, or NULL. */
bool settings_is_path(const char *path, const char **nearest);

#endif
