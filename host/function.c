/* SPDX-License-Identifier: MIT */
/* function: see the header. */
#include "host/function.h"

#include <stdint.h>
#include <string.h>

#include "host/encode.h"
#include "host/entry.h"
#include "host/problem.h"
#include "host/text.h"
#include "host/value.h"
#include "stdlib/funcs_options.h"
#include "vm/codec.h"
#include "vm/pool.h"
#include "vm/vm.h"

enum { DEFAULT_WORKERS = 8, DEFAULT_MAX_SIZE = 16, WAITING_PER_WORKER = 64, MOST_STATES = 100000 };

/* The numbers of a pool block; 0: not given. */
struct numbers {
    uint32_t size, workers, buffer, max_size, warm_start;
    bool has_size, has_buffer, has_others; /* others: workers, max_size, warm_start */
};

struct reader {
    const struct value *pool;
    const struct value *where;
    char **problem;
};

static bool complain(struct reader *r, const struct value *where, char *problem)
{
    r->where = where;
    *r->problem = problem;
    return false;
}

static bool read_number(struct reader *r, const char *name, uint32_t *number, bool *is_given)
{
    const struct value *value = value_get(r->pool, name);
    if (!value || value->kind == VALUE_NULL)
        return true;
    if (value->kind != VALUE_INT || value->integer < 0 || value->integer > MOST_STATES)
        return complain(r, value,
                        text_format("pool.%s must be a whole number from 0 to %d, not %s", name, MOST_STATES,
                                    value->kind == VALUE_INT ? "this one" : value_kind_name(value)));
    *number = (uint32_t)value->integer;
    if (is_given)
        *is_given = true;
    return true;
}

static bool read_numbers(struct reader *r, struct numbers *n)
{
    return read_number(r, "size", &n->size, &n->has_size) && read_number(r, "workers", &n->workers, &n->has_others) &&
           read_number(r, "buffer", &n->buffer, &n->has_buffer) &&
           read_number(r, "max_size", &n->max_size, &n->has_others) &&
           read_number(r, "warm_start", &n->warm_start, &n->has_others);
}

static uint32_t or_default(uint32_t number, uint32_t other)
{
    return number ? number : other;
}

static void make_static(const struct numbers *n, struct pool_config *config)
{
    uint32_t workers = or_default(n->workers, or_default(n->size, DEFAULT_WORKERS));
    *config = (struct pool_config){
        .most = workers, .least = workers, .queue = n->has_buffer ? n->buffer : workers * WAITING_PER_WORKER};
}

static bool make_adaptive(struct reader *r, const struct numbers *n, struct pool_config *config)
{
    *config = (struct pool_config){
        .most = or_default(n->max_size, DEFAULT_MAX_SIZE), .least = n->warm_start, .queue = UINT32_MAX};
    if (config->least <= config->most)
        return true;
    return complain(r, value_get(r->pool, "warm_start"),
                    text_format("pool.warm_start (%u) is more than max_size (%u)", config->least, config->most));
}

static bool choose(struct reader *r, const char *type, const struct numbers *n, struct pool_config *config)
{
    bool is_static = type ? !strcmp(type, "static") : n->workers > 0 || (n->has_size && !n->has_others);
    if (is_static) {
        make_static(n, config);
        return true;
    }
    if (!type || !strcmp(type, "lazy")) {
        *config = (struct pool_config){.most = or_default(n->max_size, DEFAULT_MAX_SIZE), .queue = UINT32_MAX};
        return true;
    }
    if (!strcmp(type, "inline")) {
        *config = (struct pool_config){.queue = UINT32_MAX, .is_inline = true};
        return true;
    }
    if (!strcmp(type, "adaptive"))
        return make_adaptive(r, n, config);
    return complain(r, value_get(r->pool, "type"),
                    text_format("pool.type '%s' is unknown; there are lazy, static, inline and adaptive", type));
}

bool function_read_pool(const struct entry *entry, struct pool_config *config, const struct value **where,
                        char **problem)
{
    struct reader r = {.pool = value_get(entry->data, "pool"), .problem = problem};
    struct numbers numbers = {0};
    const struct value *type = value_get(r.pool, "type");
    bool ok = true;
    if (r.pool && r.pool->kind != VALUE_MAP && r.pool->kind != VALUE_NULL)
        ok = complain(&r, r.pool,
                      text_format("pool must be a map like {max_size: 16}, not %s", value_kind_name(r.pool)));
    else if (type && type->kind != VALUE_NULL && !value_string(type))
        ok = complain(&r, type, text_format("pool.type must be a name, not %s", value_kind_name(type)));
    ok = ok && read_numbers(&r, &numbers) && choose(&r, value_string(type), &numbers, config);
    *where = r.where;
    return ok;
}

struct call_options *function_read_options(const struct entry *entry, struct problems *problems)
{
    const struct value *map = value_get(entry->meta, "options");
    struct call_options *options = NULL;
    struct codec_bytes bytes;
    struct vm_error error;
    if (!map || map->kind != VALUE_MAP)
        return NULL;
    encode_value(&bytes, map);
    if (funcs_options_parse(&options, bytes.data, bytes.length, &error))
        problem_add(problems, LOG_WARN, entry->file, map->line, entry->id, "meta.options: %s; they are ignored",
                    error.message);
    codec_bytes_free(&bytes);
    return options;
}

char *function_read_default_host(const struct entry *entry)
{
    const char *host = value_get_string(entry->meta, "default_host");
    if (!host)
        host = value_string(value_path(entry->meta, "options.default_host"));
    return host ? entry_resolve_id(entry, host) : NULL;
}
