/* SPDX-License-Identifier: MIT */
/*
 * code: see code.h. Every unit is compiled once (compile.h); templates undump it. Units know each
 * other by index; `require` finds the unit of its caller by chunk name.
 */
#include "vm/code.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "sched/base/hash.h"
#include "sched/base/memory.h"
#include "vm/boot.h"
#include "vm/code_struct.h"
#include "vm/compile.h"
#include "vm/error.h"
#include "vm/fiber.h"
#include "vm/host_type.h"
#include "vm/lang/shape_build.h"
#include "vm/lazy.h"
#include "vm/lazy_learn.h"
#include "vm/preload.h"
#include "vm/process_struct.h"
#include "vm/refs.h"
#include "vm/state.h"
#include "vm/template.h"
#include "vm/typed.h"
#include "vm/vm_struct.h"

enum {
    REGISTRY_FIELDS = 4,
    LEARN_FROM = 4, /* the process that a template learns from: what runs once or twice is not worth another one */
};

struct unit {
    char *chunk_name; /* "=id" */
    const struct compiled *compiled;
    char **modules; /* NULL ended */
    char **aliases; /* NULL ended */
    unsigned *imports;
    const struct shapes *shapes; /* its types, linked; NULL: none */
    struct shapes *linked;       /* owned: those that name types of imports; else they are those of `compiled` */
    uint64_t version;            /* of source and imports */
};

struct code {
    struct vm *vm;
    char *method;
    unsigned count;
    struct unit *units;
    pthread_mutex_t lock; /* building the template */
    _Atomic(struct template *) template;
    bool is_preloaded;                       /* set before the template */
    _Atomic uint32_t samples[LEARN_STAGES];  /* processes that could be learned from */
    struct lazy_set learned;                 /* what templates have open from the first on */
    struct template *outgrown[LEARN_STAGES]; /* those made before; their clones use them still */
    struct refs refs;
};

/* ---- making and freeing ---- */

static size_t count_of(const char *const *list)
{
    size_t n = 0;
    while (list && list[n])
        n++;
    return n;
}

static char **copy_list(const char *const *list)
{
    size_t n = count_of(list);
    char **copy = memory_zeroed((n + 1) * sizeof *copy, "a program");
    for (size_t i = 0; i < n; i++)
        copy[i] = memory_string(list[i], "a program");
    return copy;
}

static void free_list(char **list)
{
    for (size_t i = 0; list && list[i]; i++)
        free(list[i]);
    free(list);
}

/* ---- types of imports ---- */

struct linking {
    const struct code *code;
    const struct unit *unit;
};

static const struct shapes *find_type(void *ctx, const char *module, const char *name, uint32_t *node, bool *is_host)
{
    const struct linking *linking = ctx;
    for (unsigned i = 0; linking->unit->aliases[i]; i++) {
        if (strcmp(linking->unit->aliases[i], module) != 0)
            continue;
        const struct shapes *shapes = linking->code->units[linking->unit->imports[i]].shapes;
        *node = shapes ? shape_export(shapes, name) : 0;
        return *node ? shapes : NULL;
    }
    *is_host = host_type_find(linking->code->vm->config.libraries, module, name) != NULL;
    return NULL;
}

/* Types of a source mean what its imports say, so they differ from those of the same source with other imports. */
static void link_unit(struct code *code, struct unit *unit)
{
    unit->shapes = unit->compiled->shapes;
    unit->version = unit->compiled->version;
    if (!unit->shapes || !shape_has_externs(unit->shapes))
        return;
    struct linking linking = {code, unit};
    struct shape_builder builder;
    shape_begin(&builder);
    for (unsigned i = 0; unit->aliases[i]; i++) {
        uint64_t version = code->units[unit->imports[i]].version;
        builder.salt = hash_bytes(builder.salt, &version, sizeof version);
    }
    builder.link = find_type;
    builder.link_ctx = &linking;
    builder.linked = unit->shapes;
    shape_import_all(&builder, unit->shapes);
    unit->shapes = unit->linked = shape_seal(&builder);
    unit->version ^= builder.salt;
    shape_end(&builder);
}

static int fill_unit(struct vm *vm, struct unit *unit, const struct code_unit_spec *spec, struct vm_error *error)
{
    size_t imports = count_of(spec->import_aliases);
    unit->modules = copy_list(spec->modules);
    unit->aliases = copy_list(spec->import_aliases);
    unit->imports = memory_zeroed((imports + 1) * sizeof *unit->imports, "a program");
    if (asprintf(&unit->chunk_name, "=%s", spec->id) < 0)
        memory_out(strlen(spec->id) + 2, "a program");
    if (imports)
        memcpy(unit->imports, spec->import_units, imports * sizeof *unit->imports);
    return compile_source(vm->compiled, &unit->compiled, spec->id, spec->source, spec->source_length, error);
}

static void destroy(struct refs *refs)
{
    struct code *code = container_of(refs, struct code, refs);
    for (unsigned i = 0; i < code->count; i++) {
        free(code->units[i].chunk_name);
        if (code->units[i].compiled)
            compile_release(code->vm->compiled, code->units[i].compiled);
        free(code->units[i].linked);
        free_list(code->units[i].modules);
        free_list(code->units[i].aliases);
        free(code->units[i].imports);
    }
    struct template *tmpl = atomic_load(&code->template);
    if (tmpl)
        template_unref(tmpl);
    for (int i = 0; i < LEARN_STAGES; i++)
        if (code->outgrown[i])
            template_unref(code->outgrown[i]);
    pthread_mutex_destroy(&code->lock);
    free(code->units);
    free(code->method);
    free(code);
}

int code_new(struct vm *vm, struct code **out, const struct code_spec *spec, struct vm_error *error)
{
    struct code *code = memory_zeroed(sizeof *code, "a program");
    code->units = memory_zeroed(spec->count * sizeof *code->units, "a program");
    code->method = memory_string(spec->method ? spec->method : "", "a program");
    refs_init(&code->refs, true, destroy);
    code->vm = vm;
    code->count = spec->count;
    pthread_mutex_init(&code->lock, NULL);
    for (unsigned i = 0; i < spec->count; i++)
        if (fill_unit(vm, &code->units[i], &spec->units[i], error) != 0) {
            code_unref(code);
            return -1;
        }
    for (unsigned i = 0; i < spec->count; i++)
        link_unit(code, &code->units[i]);
    *out = code;
    return 0;
}

struct code *code_ref(struct code *code)
{
    refs_take(&code->refs);
    return code;
}

void code_unref(struct code *code)
{
    refs_drop(&code->refs);
}

const char *code_id(const struct code *code)
{
    return code->units[code->count - 1].chunk_name + 1;
}

unsigned code_unit_count(const struct code *code)
{
    return code->count;
}

const char *code_method(const struct code *code)
{
    return code->method;
}

/* ---- template ---- */

static bool lists(char *const *list, const char *name)
{
    for (; *list; list++)
        if (strcmp(*list, name) == 0)
            return true;
    return false;
}

/* A module is reachable in a state if any chunk of its program lists it. */
static bool is_allowed(lua_State *L, const char *name)
{
    const struct code *code = state_of(L)->code;
    for (unsigned i = 0; code && i < code->count; i++)
        if (lists(code->units[i].modules, name))
            return true;
    return false;
}

/*
 * Gives the fresh state a registry with room for what a program waiting for messages keeps there. If it grew field by
 * field, it would leave holes in the heap of every process.
 */
static void widen_registry(lua_State *L)
{
    lua_createtable(L, LUA_RIDX_LAST, REGISTRY_FIELDS);
    for (lua_Integer i = 1; i <= LUA_RIDX_LAST; i++) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, i);
        lua_rawseti(L, -2, i);
    }
    lua_copy(L, -1, LUA_REGISTRYINDEX);
    lua_pop(L, 1);
}

static int undump_units(lua_State *L, const struct code *code)
{
    if (!lua_checkstack(L, (int)code->count + 8))
        return -ENOMEM;
    for (unsigned i = 0; i < code->count; i++)
        if (template_undump(L, code->units[i].compiled->dump, code->units[i].compiled->length,
                            code->units[i].chunk_name) != LUA_OK)
            return -EINVAL;
    return 0;
}

static void open_state(lua_State *L, void *user, struct code *code)
{
    state_init(user, NULL, code->vm, code); /* for what looks at the state meanwhile */
    widen_registry(L);
    lazy_install(L, code->vm->config.base, code->vm->config.libraries);
    lazy_set_allow(L, is_allowed);
    if (!lazy_set_is_empty(&code->learned))
        lazy_prepare(L, &code->learned);
}

/* Clones find it as new. */
static int close_state(struct state *state, int status, struct code *code)
{
    state_init(state, NULL, code->vm, code);
    return status;
}

/* Every process runs the chunks. */
static int set_up(lua_State *L, void *user, void *ctx)
{
    open_state(L, user, ctx);
    lua_pushcfunction(L, boot_main);
    return close_state(user, undump_units(L, ctx), ctx);
}

/* The chunks are run now. */
static int set_up_preloaded(lua_State *L, void *user, void *ctx)
{
    open_state(L, user, ctx);
    int status = undump_units(L, ctx);
    if (status == 0)
        preload_run(L);
    return close_state(user, status, ctx);
}

/* A chunk may be the entry point of a function, to be run at every call, if there is no method. */
static bool may_preload(const struct code *code)
{
    return code->method[0] && !code->vm->classic;
}

/* By that set-up; NULL and the message if it does not work. */
static struct template *build_by(struct code *code, template_setup_f setup, char *message, size_t size)
{
    struct template *tmpl = NULL;
    struct template_config config = {
        .depot = code->vm->depot,
        .fault = code->vm->config.fault,
        .user = sizeof(struct state),
        .lua_offset = offsetof(struct state, L),
        .setup = setup,
        .ctx = code,
        .classic = code->vm->classic,
        .fixed_addresses = code->vm->seeded,
        .no_source = true,
    };
    return template_new(&tmpl, &config, message, size) == 0 ? tmpl : NULL;
}

static struct template *build(struct code *code, struct vm_error *error)
{
    char message[200] = "";
    struct template *tmpl = may_preload(code) ? build_by(code, set_up_preloaded, message, sizeof message) : NULL;
    code->is_preloaded = tmpl != NULL;
    if (!tmpl)
        tmpl = build_by(code, set_up, message, sizeof message);
    if (!tmpl)
        vm_error_set(error, ERROR_INTERNAL, "%s: cannot prepare the process: %s", code_id(code), message);
    return tmpl;
}

struct template *code_template(struct code *code, struct vm_error *error)
{
    struct template *tmpl = atomic_load_explicit(&code->template, memory_order_acquire);
    if (__builtin_expect(tmpl != NULL, 1))
        return tmpl;
    pthread_mutex_lock(&code->lock);
    tmpl = atomic_load_explicit(&code->template, memory_order_relaxed);
    if (!tmpl && (tmpl = build(code, error)))
        atomic_store_explicit(&code->template, tmpl, memory_order_release); /* pairs with the acquire above */
    pthread_mutex_unlock(&code->lock);
    return tmpl;
}

bool code_is_preloaded(const struct code *code)
{
    return code->is_preloaded;
}

/* The template once more, with what the process has opened, if that is more than the clones of this one have open. */
static void build_learned(struct code *code, enum learn_stage stage, lua_State *L)
{
    char message[200];
    if (!lazy_learn(L, &code->learned))
        return;
    struct template *tmpl = build_by(code, code->is_preloaded ? set_up_preloaded : set_up, message, sizeof message);
    if (!tmpl)
        return; /* the one that is there still serves */
    code->outgrown[stage] = atomic_load_explicit(&code->template, memory_order_relaxed);
    template_inherit(tmpl, code->outgrown[stage]);
    atomic_store_explicit(&code->template, tmpl, memory_order_release); /* pairs with the acquire of code_template */
}

void code_learn(struct code *code, enum learn_stage stage, lua_State *L)
{
    _Atomic uint32_t *samples = &code->samples[stage];
    if (likely(atomic_load_explicit(samples, memory_order_relaxed) >= LEARN_FROM) || code->vm->classic)
        return;
    if (atomic_fetch_add_explicit(samples, 1, memory_order_relaxed) + 1 != LEARN_FROM)
        return;
    pthread_mutex_lock(&code->lock);
    build_learned(code, stage, L);
    pthread_mutex_unlock(&code->lock);
}

/* ---- imports ---- */

const void *code_results_key(void)
{
    static const char key;
    return &key;
}

static void push_result(lua_State *L, unsigned unit)
{
    lua_rawgetp(L, LUA_REGISTRYINDEX, code_results_key());
    lua_rawgeti(L, -1, (lua_Integer)unit + 1);
    lua_remove(L, -2);
}

void code_set_globals(lua_State *L, const struct code *code, unsigned index)
{
    const struct unit *unit = &code->units[index];
    if (!unit->aliases[0])
        return;
    lua_pushglobaltable(L);
    for (unsigned i = 0; unit->aliases[i]; i++) {
        lua_pushstring(L, unit->aliases[i]);
        push_result(L, unit->imports[i]);
        lua_rawset(L, -3);
    }
    lua_pop(L, 1);
}

void code_set_types(lua_State *L, const struct code *code, unsigned unit, int function)
{
    if (code->units[unit].compiled->has_types)
        typed_give_chunk(L, function, code->units[unit].shapes);
}

/* The unit whose chunk called the running C function; the entry's own if that cannot be told. */
static const struct unit *calling_unit(lua_State *L, const struct code *code)
{
    lua_Debug ar;
    for (int level = 1; lua_getstack(L, level, &ar); level++) {
        lua_getinfo(L, "S", &ar);
        for (unsigned i = 0; i < code->count; i++)
            if (strcmp(ar.source, code->units[i].chunk_name) == 0)
                return &code->units[i];
    }
    return &code->units[code->count - 1];
}

bool code_require(lua_State *L, const char *name)
{
    const struct code *code = state_of(L)->code;
    const struct unit *unit = calling_unit(L, code);
    for (unsigned i = 0; unit->aliases[i]; i++)
        if (strcmp(unit->aliases[i], name) == 0) {
            push_result(L, unit->imports[i]);
            return true;
        }
    return lists(unit->modules, name) && lazy_require(L, name);
}
