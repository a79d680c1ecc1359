/* SPDX-License-Identifier: MIT */
/* envstore: see the header. Files are kept as the text they are and searched: they have a few dozen lines. */
#include "host/envstore.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/alloc.h"
#include "host/entry.h"
#include "host/envfields.h"
#include "host/envfile.h"
#include "host/problem.h"
#include "host/replace.h"
#include "host/text.h"
#include "host/value.h"

enum { LARGEST_FILE = 256 * 1024, DEEPEST_ROUTER = 1000 };

enum kind { KIND_MEMORY, KIND_FILE, KIND_OS, KIND_STATIC, KIND_ROUTER, KINDS };

static const char *const kind_names[KINDS] = {
    "env.storage.memory", "env.storage.file", "env.storage.os", "env.storage.static", "env.storage.router",
};

struct envstore {
    const struct entry *entry; /* borrowed, until the stores are linked */
    char *id;
    enum kind kind;
    struct value *values; /* memory, static: a map of strings */
    struct envstore **members;
    size_t member_count, member_capacity;
    const struct envstore *seen_by; /* the last router that has looked for members here */
    /* file */
    char *path;
    bool auto_create;
    mode_t file_mode, dir_mode;
    pthread_mutex_t disk; /* held while the file is read or replaced; before the lock of host/env.c */
    struct text content;  /* as it was read last */
    struct envstore_freshness freshness;
    int error;     /* of the last reading */
    char *problem; /* why it cannot be used, or NULL */
};

static int kind_of(const struct entry *entry)
{
    for (int i = 0; i < KINDS; i++)
        if (entry_is_kind(entry, kind_names[i]))
            return i;
    return -1;
}

bool envstore_is_kind(const struct entry *entry)
{
    return kind_of(entry) >= 0;
}

/* ---- fields ---- */

static void refuse(struct envstore *store, struct problems *problems, unsigned line, const char *text)
{
    const struct entry *entry = store->entry;
    problem_add(problems, LOG_ERROR, entry->file, line, entry->id, "%s", text);
    if (!store->problem)
        store->problem = alloc_string(text);
}

static void read_file_fields(struct envstore *store, struct problems *problems)
{
    const struct entry *entry = store->entry;
    const struct value *path = value_get(entry->data, "file_path");
    const char *text = value_string(path);
    if (!path || path->kind == VALUE_NULL)
        refuse(store, problems, entry->line, "file_path is missing");
    else if (!text || !*text || strlen(text) != path->string.length)
        refuse(store, problems, path->line, "file_path must be the path of a file");
    else
        store->path = alloc_string(text);
    store->auto_create = envfields_bool(entry, "auto_create", problems);
    store->file_mode = envfields_mode(entry, "file_mode", 0644, problems);
    store->dir_mode = envfields_mode(entry, "dir_mode", 0755, problems);
}

static void read_values(struct envstore *store, struct problems *problems)
{
    const struct entry *entry = store->entry;
    const struct value *values = value_get(entry->data, "values");
    if (!values || values->kind == VALUE_NULL)
        return;
    if (values->kind != VALUE_MAP) {
        refuse(store, problems, values->line, "values must be a map of names to values");
        return;
    }
    for (size_t i = 0; i < values->map.count; i++) {
        const struct value_pair *pair = &values->map.pairs[i];
        struct text text = {0};
        if (envfields_text(pair->value, &text))
            value_set(store->values, pair->key, value_new_string(text_string(&text), text.length, pair->line),
                      pair->line);
        else
            problem_add(problems, LOG_WARN, entry->file, pair->line, entry->id,
                        "values.%s must be a text, number or boolean, not %s; it is ignored", pair->key,
                        value_kind_name(pair->value));
        text_free(&text);
    }
}

struct envstore *envstore_new(const struct entry *entry, struct problems *problems)
{
    struct envstore *store = alloc_zeroed(sizeof *store);
    store->entry = entry;
    store->id = alloc_string(entry->id);
    store->kind = (enum kind)kind_of(entry);
    store->values = value_new(VALUE_MAP, 0);
    pthread_mutex_init(&store->disk, NULL);
    if (store->kind == KIND_FILE)
        read_file_fields(store, problems);
    else if (store->kind == KIND_STATIC)
        read_values(store, problems);
    return store;
}

void envstore_free(struct envstore *store)
{
    if (!store)
        return;
    pthread_mutex_destroy(&store->disk);
    text_free(&store->content);
    value_free(store->values);
    free(store->members);
    free(store->path);
    free(store->problem);
    free(store->id);
    free(store);
}

/* ---- routers ---- */

struct linker {
    struct envstore *router; /* that is being given its members */
    const struct entries *entries;
    struct envstore *const *stores;
    struct problems *problems;
    int depth;
};

static void complain(struct linker *linker, const struct entry *entry, const struct value *item, const char *what)
{
    const char *id = value_string(item);
    problem_add(linker->problems, LOG_ERROR, entry->file, item->line, entry->id, "storages: %s %s",
                id ? id : value_kind_name(item), what);
}

static void add_member(struct envstore *router, struct envstore *store)
{
    for (size_t i = 0; i < router->member_count; i++)
        if (router->members[i] == store)
            return;
    router->members =
        alloc_grow(router->members, router->member_count, &router->member_capacity, sizeof(struct envstore *));
    router->members[router->member_count++] = store;
}

/* Each router is visited once, so circles end. What is wrong inside another router is that one's to report. */
static void visit_router(struct linker *linker, struct envstore *router)
{
    const struct entry *entry = router->entry;
    const struct value *list = value_get(entry->data, "storages");
    bool is_own = router == linker->router;
    linker->depth++;
    router->seen_by = linker->router;
    for (size_t i = 0; list && list->kind == VALUE_LIST && i < list->list.count; i++) {
        const struct value *item = list->list.items[i];
        const char *id = value_string(item);
        const struct entry *target = id ? entries_resolve(linker->entries, entry, id) : NULL;
        struct envstore *store = target ? linker->stores[entries_index(linker->entries, target)] : NULL;
        if (store && store->kind != KIND_ROUTER)
            add_member(linker->router, store);
        else if (is_own && (!store || store == router))
            complain(linker, entry, item, store ? "leads back here" : "is no env.storage");
        else if (store && store->seen_by != linker->router && linker->depth == DEEPEST_ROUTER)
            complain(linker, entry, item, "is behind too many other routers");
        else if (store && store->seen_by != linker->router)
            visit_router(linker, store);
    }
    linker->depth--;
}

void envstore_link(struct envstore *store, const struct entries *entries, struct envstore *const *stores,
                   struct problems *problems)
{
    struct linker linker = {.router = store, .entries = entries, .stores = stores, .problems = problems};
    const struct value *list = value_get(store->entry->data, "storages");
    if (store->kind != KIND_ROUTER)
        return;
    if (list && list->kind != VALUE_NULL && list->kind != VALUE_LIST)
        refuse(store, problems, list->line, "storages must be a list of ids");
    else
        visit_router(&linker, store);
    if (!store->member_count && !store->problem)
        refuse(store, problems, list ? list->line : store->entry->line, "storages names no storage");
}

/* ---- values ---- */

static bool find_line(const struct text *content, const char *name, const char **value, size_t *length)
{
    const char *start = text_string(content), *end = start + content->length;
    struct envfile_line line = {.end = start};
    size_t name_length = strlen(name);
    bool found = false;
    while (envfile_next(&line, end)) {
        if (line.name_length != name_length || memcmp(line.name, name, name_length) != 0)
            continue;
        *value = line.value;
        *length = line.value_length;
        found = true;
    }
    return found;
}

static bool find_value(const struct envstore *store, const char *name, const char **value, size_t *length)
{
    if (store->kind == KIND_FILE)
        return find_line(&store->content, name, value, length);
    if (store->kind == KIND_OS) {
        *value = getenv(name); /* nobody changes the environment */
        *length = *value ? strlen(*value) : 0;
        return *value != NULL;
    }
    const struct value *found = value_get(store->values, name);
    *value = found ? found->string.data : NULL;
    *length = found ? found->string.length : 0;
    return found != NULL;
}

enum envstore_result envstore_get(const struct envstore *store, const char *name, const char **value, size_t *length,
                                  const char **problem)
{
    if (store->kind != KIND_ROUTER || store->problem) {
        *problem = store->problem;
        if (store->problem)
            return ENVSTORE_FAILED;
        return find_value(store, name, value, length) && *length ? ENVSTORE_FOUND : ENVSTORE_MISSING;
    }
    enum envstore_result result = ENVSTORE_MISSING;
    for (size_t i = 0; i < store->member_count; i++) {
        const char *reason;
        enum envstore_result one = envstore_get(store->members[i], name, value, length, &reason);
        if (one == ENVSTORE_FOUND)
            return one;
        if (one == ENVSTORE_FAILED && result == ENVSTORE_MISSING) {
            result = one;
            *problem = reason;
        }
    }
    return result;
}

struct envstore *envstore_target(struct envstore *store)
{
    if (store->kind != KIND_ROUTER)
        return store;
    return store->member_count ? store->members[0] : NULL;
}

bool envstore_is_writable(const struct envstore *store)
{
    return store->kind == KIND_MEMORY || store->kind == KIND_FILE;
}

bool envstore_is_file(const struct envstore *store)
{
    return store->kind == KIND_FILE;
}

const char *envstore_id(const struct envstore *store)
{
    return store->id;
}

const char *envstore_problem(const struct envstore *store)
{
    return store->problem;
}

void envstore_set(struct envstore *store, const char *name, const char *value, size_t length)
{
    value_set(store->values, name, value_new_string(value, length, 0), 0);
}

/* ---- files ---- */

void envstore_each_file(struct envstore *store, void (*visit)(void *ctx, struct envstore *file), void *ctx)
{
    if (store->kind == KIND_FILE && store->path)
        visit(ctx, store);
    for (size_t i = 0; i < store->member_count; i++)
        envstore_each_file(store->members[i], visit, ctx);
}

struct envstore_freshness *envstore_freshness(struct envstore *store)
{
    return &store->freshness;
}

static int read_open(int fd, struct text *content)
{
    char chunk[16 * 1024];
    struct stat st;
    if (fstat(fd, &st))
        return -errno;
    if (!S_ISREG(st.st_mode))
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    for (;;) {
        ssize_t n = read(fd, chunk, sizeof chunk);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : 0;
        text_add(content, chunk, (size_t)n);
        if (content->length > LARGEST_FILE)
            return -EFBIG;
    }
}

/* *exists: the file is there. The caller holds `disk`. */
static int read_file(const struct envstore *store, struct text *content, bool *exists)
{
    int fd = open(store->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *exists = fd >= 0 || errno != ENOENT;
    if (fd < 0)
        return *exists ? -errno : 0;
    int result = read_open(fd, content);
    close(fd);
    return result;
}

void envstore_lock(struct envstore *store)
{
    pthread_mutex_lock(&store->disk);
}

void envstore_unlock(struct envstore *store)
{
    pthread_mutex_unlock(&store->disk);
}

int envstore_load(const struct envstore *store, struct text *content)
{
    bool exists;
    return read_file(store, content, &exists);
}

static char *explain(const struct envstore *store, const char *verb, int error)
{
    const char *reason = error == -EFBIG    ? "it is larger than 256 KB"
                         : error == -EINVAL ? "it is no regular file"
                                            : strerror(-error);
    return text_format("%s cannot be %s: %s", store->path, verb, reason);
}

char *envstore_write(const struct envstore *store, const char *name, const char *value, size_t length,
                     struct text *content, bool *is_invalid)
{
    struct text old = {0};
    bool exists;
    *is_invalid = false;
    if (!store->path)
        return alloc_string(store->problem);
    int result = read_file(store, &old, &exists);
    const char *wrong = result ? NULL : envfile_set(content, text_string(&old), old.length, name, value, length);
    text_free(&old);
    *is_invalid = wrong;
    if (wrong)
        return alloc_string(wrong);
    if (result)
        return explain(store, "read", result);
    if (!exists && !store->auto_create)
        return text_format("%s does not exist, and auto_create is off", store->path);
    if (content->length > LARGEST_FILE)
        return text_format("%s would become larger than 256 KB", store->path);
    if (!exists)
        result = replace_make_directories(store->path, store->dir_mode);
    if (!result)
        result = replace_file(store->path, text_string(content), content->length, store->file_mode);
    return result ? explain(store, "written", result) : NULL;
}

bool envstore_adopt(struct envstore *store, struct text *content, int error)
{
    bool is_new = error != store->error && error;
    text_free(&store->content);
    if (!error) {
        store->content = *content;
        *content = (struct text){0};
    }
    free(store->problem);
    store->problem = error ? explain(store, "read", error) : NULL;
    store->error = error;
    return is_new;
}
