/* SPDX-License-Identifier: MIT */
/*
 * typed_check: see typed_check.h. enter looks at a value and says whether it is valid, or opens a frame for what has parts; step goes on with
 * the innermost frame, whose last part was valid.
 *
 * I1  While a frame is open the stack up to its `base` is left alone; a part lies above it.
 * I2  The loop stops (CHECK_MORE) only at the head of a frame's next part, or with that part on top (CHECK_CALL); the stack and the frames are
 *     all it needs to go on.
 * I3  A failure is final if no union is open: then the loop ends at once and leaves the frames as they are (check_push_error).
 *
 * A pair of table and type that is open already counts as valid, so values that contain themselves are looked at once. A cursor also keeps
 * what it found out about tables (`memo`), so that sharing and nested unions do not multiply the work; a verdict that leans on an
 * open pair is not kept.
 */
#include "vm/typed_check.h"

#include <lauxlib.h>

#include "sched/base/compiler.h"
#include "vm/codec_cursor.h"
#include "vm/lang/shape.h"
#include "vm/lazy.h"
#include "vm/type.h"
#include "vm/typed.h"

enum { TRY_STEPS = 4096, CLOCK_STEPS = 256, VALUES_LEFT = 8, STACK_NEEDED = VALUES_LEFT + 12 };
enum verdict { PASS, FAIL, OPENED, MORE, CALL };

void check_begin(struct check *c, const struct shapes *shapes, uint32_t node, int value, int names, int base)
{
    c->shapes = shapes;
    c->node = node;
    c->value = value;
    c->names = names;
    c->base = base;
    c->memo = 0;
    c->depth = c->levels = c->unions = 0;
    c->steps = 0;
    c->due = CLOCK_STEPS;
    c->is_resumable = false;
}

static enum verdict fail(lua_State *L, struct check *c, enum check_reason reason, uint32_t node, int value)
{
    check_fail(L, c, reason, node, value);
    return FAIL;
}

/* After so many values more: true every now and then, when it is time to stop. */
static inline bool is_over(struct check *c, uint32_t values)
{
    c->steps += values;
    if (likely(c->steps < c->due))
        return false;
    c->due = c->steps + CLOCK_STEPS;
    return c->is_resumable ? codec_is_time_up() : c->steps >= TRY_STEPS;
}

/* ---- opening what has parts ---- */

static bool is_container(unsigned kind)
{
    return kind >= SHAPE_TUPLE && kind <= SHAPE_MAP;
}

/* Is that pair open already? What is around it up to there leans on it then. */
static bool is_open(struct check *c, const void *table, uint32_t node)
{
    for (int i = c->depth; i-- > 0;) {
        if (c->frames[i].table != table || c->frames[i].node != node)
            continue;
        for (int j = i + 1; j < c->depth; j++)
            c->frames[j].assumed = true;
        return true;
    }
    return false;
}

/* What a read-only table or library stands for; else the table itself. */
static int see_through(lua_State *L, int value)
{
    if (likely(!lua_getmetatable(L, value)))
        return value;
    lua_pop(L, 1);
    return lazy_target(L, value) ? lua_gettop(L) : value;
}

static void make_room(lua_State *L, struct check *c, int top)
{
    luaL_checkstack(L, STACK_NEEDED, "type check");
    c->room = top + STACK_NEEDED;
}

/* `named`: the node as it was named, for messages. */
static enum verdict open(lua_State *L, struct check *c, uint32_t named, uint32_t node, int value)
{
    const struct shape_node *n = shape_node(c->shapes, node);
    struct check_frame *f = &c->frames[c->depth];
    if (c->depth == CHECK_FRAMES || (is_container(n->kind) && c->levels == CHECK_LEVELS_MAX))
        return fail(L, c, CHECK_RECURSION, named, value);
    int top = lua_gettop(L);
    if (top + STACK_NEEDED > c->room)
        make_room(L, c, top);
    f->table = NULL;
    if (is_container(n->kind)) {
        const void *table = lua_topointer(L, value);
        if (is_open(c, table, node))
            return PASS;
        int known = c->memo ? check_recall(L, c, node, value) : -1;
        if (known > 0 || (known == 0 && c->unions))
            return known ? PASS : fail(L, c, CHECK_TYPE, node, value);
        f->table = table;
        int target = see_through(L, value);
        top += target != value;
        value = target;
        c->levels++;
    }
    f->node = node;
    f->named = named;
    f->kind = n->kind;
    f->next = f->matches = 0;
    f->state = CHECK_BEGIN;
    f->assumed = false;
    f->value = value;
    f->base = top;
    c->unions += n->kind == SHAPE_UNION;
    c->depth++;
    return OPENED;
}

/* Why a type accepts no value of that kind. */
static enum check_reason refusal(const struct check *c, uint32_t node)
{
    const struct shape_node *n = shape_node(c->shapes, shape_look(c->shapes, node, true));
    bool is_unresolved = n->kind == SHAPE_UNRESOLVED || (n->kind == SHAPE_INSTANCE && !n->scalar);
    return is_unresolved ? CHECK_UNRESOLVED : CHECK_TYPE;
}

/* Is the value, without going into it, known to be of the type? */
static inline bool is_simple(lua_State *L, const struct check *c, uint32_t node, int value, int type)
{
    return shape_node(c->shapes, node)->yes >> type & 1 || (node == BUILTIN_INTEGER && lua_isinteger(L, value));
}

static inline bool has_parts(const struct shape_node *n)
{
    bool is_literals = n->kind == SHAPE_UNION && n->tag;
    if (n->kind == SHAPE_INTERFACE)
        return true;
    return n->kind >= SHAPE_UNION && n->kind <= SHAPE_ANNOTATED && n->kind != SHAPE_FUNCTION && !is_literals;
}

/* `type` is the lua_type of the value. */
static enum verdict enter_typed(lua_State *L, struct check *c, uint32_t node, int value, int type)
{
    uint32_t named = node;
    for (int hops = 0; hops < SHAPE_LOOKS_MAX; hops++, node = shape_node(c->shapes, node)->scalar) {
        const struct shape_node *n = shape_node(c->shapes, node);
        if (n->yes >> type & 1)
            return PASS;
        if (!(n->maybe >> type & 1))
            return fail(L, c, refusal(c, named), named, value);
        if (n->kind == SHAPE_ALIAS || n->kind == SHAPE_INSTANCE || n->kind == SHAPE_OPTIONAL)
            continue;
        if (n->kind == SHAPE_ANNOTATED && is_simple(L, c, n->scalar, value, type))
            return check_annotations(L, c, node, value) ? PASS : FAIL;
        if (has_parts(n))
            return open(L, c, named, node, value);
        return check_matches(L, c, n, value) ? PASS : fail(L, c, CHECK_TYPE, named, value);
    }
    return fail(L, c, CHECK_TYPE, named, value);
}

static enum verdict enter(lua_State *L, struct check *c, uint32_t node, int value)
{
    return enter_typed(L, c, node, value, lua_type(L, value));
}

/* ---- going on ---- */

static void keep_name(lua_State *L, const struct check *c, uint32_t name)
{
    lua_pop(L, 1);
    lua_pushstring(L, shape_text_of(c->shapes, name, NULL));
    lua_pushvalue(L, -1);
    lua_rawseti(L, c->names, name);
}

/* Pushes a name as a Lua string. Its text does not move, so even without a table Lua soon finds the string: by the address of the text. */
static inline void push_name(lua_State *L, const struct check *c, uint32_t name)
{
    if (!c->names)
        lua_pushstring(L, shape_text_of(c->shapes, name, NULL));
    else if (unlikely(lua_rawgeti(L, c->names, name) != LUA_TSTRING))
        keep_name(L, c, name);
}

static enum verdict absent(lua_State *L, struct check *c, const uint32_t *field)
{
    bool may_be = field[2] || shape_field_is_optional(c->shapes, field);
    return may_be ? PASS : fail(L, c, CHECK_MISSING, field[1], -1);
}

static enum verdict step_map(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *map,
                             const struct shape_node *record);

static enum verdict step_record(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    uint32_t count = n->word_count / SHAPE_FIELD_WORDS;
    const uint32_t *field = shape_words(c->shapes, n) + (size_t)f->next * SHAPE_FIELD_WORDS;
    if (f->state != CHECK_BEGIN)
        return step_map(L, c, f, shape_node(c->shapes, n->scalar), n);
    int at = f->base + VALUES_LEFT; /* values that need no frame are left on the stack for a while */
    for (; f->next < count; field += SHAPE_FIELD_WORDS) {
        if (unlikely(at == f->base + VALUES_LEFT)) {
            lua_settop(L, at = f->base);
            if (unlikely(is_over(c, VALUES_LEFT)))
                return MORE;
        }
        push_name(L, c, field[0]);
        int type = lua_rawget(L, f->value);
        at++;
        f->next++;
        if (likely(type != LUA_TNIL && is_simple(L, c, field[1], at, type)))
            continue;
        enum verdict verdict = type == LUA_TNIL ? absent(L, c, field) : enter_typed(L, c, field[1], at, type);
        if (verdict != PASS)
            return verdict;
    }
    if (!n->scalar)
        return PASS;
    return step_map(L, c, f, shape_node(c->shapes, n->scalar), n);
}

static bool is_declared(lua_State *L, const struct check *c, const struct shape_node *record, int key)
{
    size_t length;
    if (lua_type(L, key) != LUA_TSTRING)
        return false;
    const char *text = lua_tolstring(L, key, &length);
    return shape_field(c->shapes, record, text, length) != NULL;
}

/* [key, value] above the base. The state says which of them is being looked at. `record`: the map is the rest of that record. */
static enum verdict step_map(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *map,
                             const struct shape_node *record)
{
    const uint32_t *words = shape_words(c->shapes, map);
    int key = f->base + 1, value = f->base + 2;
    enum verdict verdict = PASS;
    if (f->state == CHECK_BEGIN) {
        lua_settop(L, f->base);
        lua_pushnil(L);
        f->state = CHECK_NEXT;
    }
    for (;;) {
        if (f->state == CHECK_NEXT) {
            if (unlikely(is_over(c, 1)))
                return MORE;
            lua_settop(L, key);
            if (!lua_next(L, f->value))
                return PASS;
            if (record && is_declared(L, c, record, key))
                continue;
            f->state = CHECK_KEY;
            verdict = enter(L, c, words[0], key);
        } else if (f->state == CHECK_KEY) {
            f->state = CHECK_VALUE;
            lua_settop(L, value);
            verdict = enter(L, c, words[1], value);
        } else {
            f->state = CHECK_NEXT;
        }
        if (verdict != PASS)
            return verdict;
    }
}

static enum verdict step_array(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    const struct shape_node *element = shape_node(c->shapes, n->scalar);
    if (f->state == CHECK_BEGIN) {
        f->limit = (uint32_t)lua_rawlen(L, f->value);
        f->state = CHECK_NEXT;
    }
    while (f->next < f->limit) {
        if (unlikely(is_over(c, 1)))
            return MORE;
        lua_settop(L, f->base);
        int type = lua_rawgeti(L, f->value, ++f->next);
        if (type == LUA_TNIL || element->yes >> type & 1)
            continue;
        enum verdict verdict = enter(L, c, n->scalar, f->base + 1);
        if (verdict != PASS)
            return verdict;
    }
    return PASS;
}

static enum verdict step_tuple(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    while (f->next < n->word_count) {
        if (unlikely(is_over(c, 1)))
            return MORE;
        lua_settop(L, f->base);
        lua_rawgeti(L, f->value, ++f->next);
        enum verdict verdict = enter(L, c, shape_words(c->shapes, n)[f->next - 1], f->base + 1);
        if (verdict != PASS)
            return verdict;
    }
    return PASS;
}

static enum verdict step_intersection(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    while (f->next < n->word_count) {
        lua_settop(L, f->base);
        enum verdict verdict = enter(L, c, shape_words(c->shapes, n)[f->next++], f->value);
        if (verdict != PASS)
            return verdict;
    }
    return PASS;
}

/* Could the member accept the value, as far as can be seen without going into it? */
static bool may_match(lua_State *L, struct check *c, struct check_frame *f, uint32_t member)
{
    const struct shape_node *n = shape_node(c->shapes, shape_look(c->shapes, member, true));
    if (n->kind != SHAPE_RECORD || !n->tag || lua_type(L, f->value) != LUA_TTABLE)
        return true;
    const uint32_t *field = shape_words(c->shapes, n) + (size_t)(n->tag - 1) * SHAPE_FIELD_WORDS;
    int table = see_through(L, f->value);
    push_name(L, c, field[0]);
    int type = lua_rawget(L, table);
    const struct shape_node *literal = shape_node(c->shapes, field[1]);
    bool matches = literal->maybe >> type & 1 && check_matches(L, c, literal, lua_gettop(L));
    lua_settop(L, f->base);
    if (matches) {
        f->match = member;
        f->matches++;
    }
    return matches;
}

/* No member has accepted it. If it has the tag of one, that one says what is wrong. */
static enum verdict end_union(lua_State *L, struct check *c, struct check_frame *f)
{
    c->unions--;
    f->state = CHECK_FINAL;
    if (f->matches == 1)
        return enter(L, c, f->match, f->value);
    return fail(L, c, CHECK_TYPE, f->named, f->value);
}

static enum verdict step_union(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    if (f->state == CHECK_FINAL)
        return PASS;
    if (f->state == CHECK_VALUE) { /* a member has */
        c->unions--;
        f->state = CHECK_FINAL;
        return PASS;
    }
    while (f->next < n->word_count) {
        if (unlikely(is_over(c, 1)))
            return MORE;
        lua_settop(L, f->base);
        uint32_t member = shape_words(c->shapes, n)[f->next++];
        enum verdict verdict = may_match(L, c, f, member) ? enter(L, c, member, f->value) : FAIL;
        if (verdict == FAIL)
            continue;
        f->state = CHECK_VALUE;
        return verdict == PASS ? step_union(L, c, f, n) : verdict;
    }
    lua_settop(L, f->base);
    return end_union(L, c, f);
}

static enum verdict step_annotated(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    enum verdict verdict = PASS;
    if (f->state == CHECK_BEGIN) {
        f->state = CHECK_NEXT;
        verdict = enter(L, c, n->scalar, f->value);
    }
    if (verdict != PASS)
        return verdict;
    lua_settop(L, f->base);
    return check_annotations(L, c, f->node, f->value) ? PASS : FAIL;
}

/* Begins to look at the next base or method. */
static enum verdict read_method(lua_State *L, struct check *c, struct check_frame *f, const uint32_t *method)
{
    lua_settop(L, f->base);
    f->next++;
    if (!method[0])
        return enter(L, c, method[1], f->value);
    f->state = CHECK_CALLED;
    return check_read(L, f->value, shape_text_of(c->shapes, method[0], NULL)) ? PASS : CALL;
}

static enum verdict step_interface(lua_State *L, struct check *c, struct check_frame *f, const struct shape_node *n)
{
    const uint32_t *methods = shape_words(c->shapes, n) + SHAPE_NAMED_WORDS;
    uint32_t count = (n->word_count - SHAPE_NAMED_WORDS) / SHAPE_FIELD_WORDS;
    for (;;) {
        if (f->state == CHECK_CALLED) {
            f->state = CHECK_NEXT;
            if (!lua_isfunction(L, -1))
                return fail(L, c, lua_isnil(L, -1) ? CHECK_MISSING : CHECK_TYPE, BUILTIN_FUNCTION, -1);
        }
        if (f->next == count)
            return PASS;
        if (is_over(c, 1))
            return MORE;
        enum verdict verdict = read_method(L, c, f, methods + (size_t)f->next * SHAPE_FIELD_WORDS);
        if (verdict != PASS)
            return verdict;
    }
}

static enum verdict step(lua_State *L, struct check *c)
{
    struct check_frame *f = &c->frames[c->depth - 1];
    const struct shape_node *n = shape_node(c->shapes, f->node);
    switch (f->kind) {
    case SHAPE_RECORD:
        return step_record(L, c, f, n);
    case SHAPE_ARRAY:
        return step_array(L, c, f, n);
    case SHAPE_MAP:
        return step_map(L, c, f, n, NULL);
    case SHAPE_TUPLE:
        return step_tuple(L, c, f, n);
    case SHAPE_UNION:
        return step_union(L, c, f, n);
    case SHAPE_INTERSECTION:
        return step_intersection(L, c, f, n);
    case SHAPE_INTERFACE:
        return step_interface(L, c, f, n);
    default:
        return step_annotated(L, c, f, n);
    }
}

static void close_frame(lua_State *L, struct check *c, bool is_valid)
{
    struct check_frame *f = &c->frames[--c->depth];
    c->levels -= is_container(f->kind);
    if (c->memo && f->table && !(is_valid && f->assumed))
        check_remember(L, c, f, is_valid);
}

/* Goes back to the innermost union that has members left. */
static void back_up(lua_State *L, struct check *c)
{
    for (;;) {
        struct check_frame *f = &c->frames[c->depth - 1];
        if (f->kind == SHAPE_UNION && f->state != CHECK_FINAL)
            break;
        close_frame(L, c, false);
    }
    c->frames[c->depth - 1].state = CHECK_BEGIN;
}

enum check_status check_run(lua_State *L, struct check *c)
{
    enum verdict verdict = OPENED;
    c->steps++;
    if (c->depth == 0) {
        make_room(L, c, lua_gettop(L));
        verdict = enter(L, c, c->node, c->value);
    }
    for (;;) {
        switch (verdict) {
        case MORE:
            return CHECK_MORE;
        case CALL:
            return CHECK_CALL;
        case OPENED:
            verdict = step(L, c);
            break;
        case PASS:
            if (c->depth == 0)
                return CHECK_VALID;
            close_frame(L, c, true);
            verdict = c->depth ? OPENED : PASS;
            break;
        case FAIL:
            if (c->unions == 0)
                return CHECK_INVALID;
            back_up(L, c);
            verdict = OPENED;
            break;
        }
    }
}
