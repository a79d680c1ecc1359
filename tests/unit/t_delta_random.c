/* SPDX-License-Identifier: MIT */
/* links: vm */
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/window_rig.h"

/* Programs that go on elsewhere in the middle of what they do. */
enum { TEXT = 512, SLOTS = 3 };

static struct rig rig;

/* How an object of each kind is made of x, and used with d. What that returns depends on no address. */
static const char *const kinds[][2] = {
    {"return {x, x / 2, rep(format('text %d ', x), x % 6 + 1)}",
     "o[1] = o[1] + d o[#o + 1] = #o < 9 and d or nil return o[1] .. o[2] .. o[3]"},
    {"return function(d) x = x + d return x end", "return o(d)"},
    {"return create(function(d) while true do x = x + d d = yield(x) end end)",
     "return select(2, assert(resume(o, d)))"},
    {"return {['k' .. x % 5] = x, [x + 0.5] = 'half', [true] = 1 / x, n = x}",
     "local sum = 0 for k, v in pairs(o) do sum = sum + #tostring(k) * #tostring(v) end\n"
     "o.n = o.n + d return sum .. ' ' .. o.n"},
    {"return setmetatable({x = x}, class)", "return o + d"},
    {"local co = wrap(function() local open = x\n"
     "  yield(function(d) open = open + d return open end) return open end)\n"
     "return {co, co()}",
     "return o[2](d)"},
    {"local t = {} for i = 1, 8 do t[i] = i * x % 13 end return t", "o[d % 8 + 1] = d sort(o) return concat(o, ' ')"},
    {"return {s = format('%x', x * 7919)}",
     "o.s = gsub(o.s, '[a-f]', function(c) return rep(c, d % 2) end) return o.s .. #o.s"},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* Objects of two kinds in slots, each a key of two tables too. */
static const char program[] =
    "local live, key_of, weak = {}, {}, setmetatable({}, {__mode = 'k'})\n"
    "local class = {__add = function(a, d) a.x = a.x + d return a.x end}\n"
    "local make = {function(x) %s end, function(x) %s end}\n"
    "local use = {function(o, d) %s end, function(o, d) %s end}\n"
    "local function drop(slot)\n"
    "  if live[slot] then key_of[live[slot].o] = nil live[slot] = nil end\n"
    "end\n"
    "local function count(t) local n = 0 for _ in pairs(t) do n = n + 1 end return n end\n"
    "local function step(op, slot, kind, d)\n"
    "  local l = live[slot]\n"
    "  if op == 'put' then\n"
    "    drop(slot)\n"
    "    local o = make[kind](d)\n"
    "    live[slot] = {o = o, kind = kind}\n"
    "    key_of[o] = slot weak[o] = {slot}\n"
    "  elseif op == 'use' then\n"
    "    return l and use[l.kind](l.o, d) or 'none'\n"
    "  elseif op == 'drop' then\n"
    "    drop(slot)\n"
    "  elseif op == 'step' then\n"
    "    collectgarbage('step', d %% 3)\n"
    "  elseif op == 'collect' then\n"
    "    collectgarbage() return 'left: ' .. count(weak)\n"
    "  elseif op == 'check' then\n"
    "    local found = 0\n"
    "    for slot, l in pairs(live) do\n"
    "      if key_of[l.o] == slot and weak[l.o][1] == slot then found = found + 1 end\n"
    "    end\n"
    "    return found .. ' of ' .. count(live) .. ' are found, ' .. count(key_of) .. ' are there'\n"
    "  end\n"
    "  return op\n"
    "end\n"
    "return step, function()\n"
    "  local s = '' for _, slot in pairs(key_of) do s = s .. slot end return s\n"
    "end\n";

struct dump {
    char bytes[32768];
    size_t length;
};

static struct dump dump;

static int write_dump(lua_State *L, const void *part, size_t size, void *ud)
{
    struct dump *to = ud;
    (void)L;
    cr_assert_leq(to->length + size, sizeof to->bytes);
    memcpy(to->bytes + to->length, part, size);
    to->length += size;
    return 0;
}

/* What the program uses of the libraries, as globals; the rest would take half of the window. */
static void keep_few(lua_State *L)
{
    static const char *const names[][2] = {{"_G", "pairs"},         {"_G", "setmetatable"},  {"_G", "select"},
                                           {"_G", "assert"},        {"_G", "tostring"},      {"table", "concat"},
                                           {"table", "sort"},       {"string", "format"},    {"string", "rep"},
                                           {"string", "gsub"},      {"coroutine", "create"}, {"coroutine", "wrap"},
                                           {"coroutine", "resume"}, {"coroutine", "yield"},  {"_G", "collectgarbage"}};
    lua_newtable(L);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        lua_getglobal(L, names[i][0]);
        lua_getfield(L, -1, names[i][1]);
        lua_setfield(L, -3, names[i][1]);
        lua_pop(L, 1);
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushnil(L);
    lua_setfield(L, LUA_REGISTRYINDEX, "_LOADED");
    lua_pushliteral(L, "");
    lua_pushnil(L);
    lua_setmetatable(L, -2);
    lua_pop(L, 1);
    lua_gc(L, LUA_GCCOLLECT, 0);
}

static int setup_program(lua_State *L, void *user, void *ctx)
{
    (void)user;
    (void)ctx;
    rig_libraries(L);
    keep_few(L);
    return template_undump(L, dump.bytes, dump.length, "=app:test") == LUA_OK ? 0 : -1;
}

static void open_program(int one, int other)
{
    char source[4096];
    lua_State *L = luaL_newstate();
    snprintf(source, sizeof source, program, kinds[one][0], kinds[other][0], kinds[one][1], kinds[other][1]);
    cr_assert_eq(luaL_loadbufferx(L, source, strlen(source), "=app:test", "t"), LUA_OK, "%s", lua_tostring(L, -1));
    dump.length = 0;
    cr_assert_eq(lua_dump(L, write_dump, &dump, 1), 0);
    lua_close(L);
    rig_open(&rig, setup_program, true);
    cr_assert_lt(template_image_size(rig.tmpl), RIG_ROOM - 5000, "%zu", template_image_size(rig.tmpl));
}

/* The program leaves two functions on the stack. The collector is always at work, so that the heap stays in its window. */
static void start(lua_State *L)
{
    lua_gc(L, LUA_GCSETPAUSE, 50);
    lua_gc(L, LUA_GCRESTART, 0);
    cr_assert_eq(lua_pcall(L, 0, 2, 0), LUA_OK, "%s", lua_tostring(L, -1));
}

struct step {
    const char *op;
    int slot, kind, by;
};

static uint64_t randomness;

static int any(int count)
{
    randomness = randomness * 6364136223846793005u + 1442695040888963407u;
    return (int)((randomness >> 33) % (uint64_t)count);
}

static struct step any_step(void)
{
    static const char *const ops[] = {"put", "put",  "put",   "use",  "use",  "use",    "use",
                                      "use", "drop", "check", "step", "step", "collect"};
    /* slots that are no tags: 3 behind an address keeps the state where it is */
    return (struct step){ops[any(sizeof ops / sizeof *ops)], 101 + any(SLOTS), 1 + any(2), 1 + any(1000)};
}

static void take_step(lua_State *L, const struct step *step, char *text)
{
    lua_pushvalue(L, 1);
    lua_pushstring(L, step->op);
    lua_pushinteger(L, step->slot);
    lua_pushinteger(L, step->kind);
    lua_pushinteger(L, step->by);
    cr_assert_eq(lua_pcall(L, 4, 1, 0), LUA_OK, "%s: %s", step->op, lua_tostring(L, -1));
    snprintf(text, TEXT, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* The order in which the objects that are keys come. */
static void get_order(lua_State *L, char *text)
{
    lua_pushvalue(L, 2);
    cr_assert_eq(lua_pcall(L, 0, 1, 0), LUA_OK, "%s", lua_tostring(L, -1));
    snprintf(text, TEXT, "%s", lua_tostring(L, -1));
    lua_pop(L, 1);
}

/* True if it has. Which objects come after which does not change by that. */
static bool move_now(lua_State *other)
{
    char before[TEXT], after[TEXT];
    get_order(rig_state(&rig), before);
    get_order(other, after);
    if (!rig_move(&rig))
        return false;
    get_order(rig_state(&rig), after);
    cr_assert_str_eq(before, after);
    get_order(other, after);
    return true;
}

/* The same steps in both, of which one is moved at random, until it does not fit into its window any more. Returns how often it was. */
static int run_both(lua_State *other, int steps)
{
    static const struct step last[] = {{"collect", 101, 1, 1}, {"check", 101, 1, 1}};
    int moves = 0;
    for (int i = 0, left = 2; left > 0; i++) {
        char text[TEXT], expected[TEXT];
        struct step step = i < steps && heap_is_movable(rig.heap) ? any_step() : last[2 - left--];
        take_step(rig_state(&rig), &step, text);
        take_step(other, &step, expected);
        cr_assert_str_eq(text, expected, "step %d: %s %d %d %d", i, step.op, step.slot, step.kind, step.by);
        if (any(2) == 0)
            moves += move_now(other);
    }
    return moves;
}

static int live(int steps)
{
    struct heap *still = template_clone(rig.tmpl, rig.cache);
    lua_State *other = ((struct rig_owner *)heap_user(still))->L;
    start(rig_lodge(&rig));
    start(other);
    int moves = run_both(other, steps);
    rig_leave(&rig);
    cr_assert(heap_drop(still, rig.cache, UINT32_MAX));
    return moves;
}

Test(delta_random, random_programs_go_on_as_if_they_had_stayed, .timeout = 60)
{
    enum { LIVES = 60, STEPS = 100 };
    int moves = 0, programs = 0;
    for (int one = 0; one < KINDS; one++) {
        for (int other = 0; other < one; other++, programs++) {
            open_program(one, other);
            randomness = (uint64_t)programs * 7919 + 1;
            for (int i = 0; i < LIVES; i++)
                moves += live(STEPS);
            rig_close(&rig);
        }
    }
    cr_assert_gt(moves, programs * LIVES * 3, "%d moves", moves);
}

/* A collection that is under way when the state moves is finished elsewhere. */
Test(delta_random, collections_go_on_elsewhere)
{
    static const struct step put[] = {{"put", 101, 1, 5}, {"put", 102, 2, 7}, {"put", 101, 2, 9}, {"put", 103, 1, 1}};
    static const struct step check = {"check", 1, 1, 1}, collect = {"collect", 1, 1, 1};
    char text[TEXT];
    open_program(1, 3);
    start(rig_lodge(&rig));
    for (size_t i = 0; i < sizeof put / sizeof *put; i++)
        take_step(rig_state(&rig), &put[i], text);
    for (int cycles = 0; cycles < 3;) {
        cycles += lua_gc(rig_state(&rig), LUA_GCSTEP, 0);
        cr_assert(rig_move(&rig));
        take_step(rig_state(&rig), &check, text);
        cr_assert_str_eq(text, "3 of 3 are found, 3 are there");
    }
    take_step(rig_state(&rig), &collect, text);
    cr_assert_str_eq(text, "left: 3");
    rig_leave(&rig);
    rig_close(&rig);
}
