/* SPDX-License-Identifier: MIT */
/*
 * math.abs ceil floor fmod modf sqrt exp log(x [, base]) sin cos tan asin acos atan(y [, x]) deg rad max min tointeger
 * type ult random([m [, n]]) randomseed(n); pow log10 sinh cosh tanh frexp ldexp atan2 mod; pi huge maxinteger
 * mininteger.
 *
 * Random numbers: each Lua state has its own generator, made on first use and seeded from the worker's, so that seeded
 * mode replays it; math.randomseed(n) starts a sequence that depends on n alone.
 */
#include "stdlib/math.h"

#include <float.h>
#include <math.h>
#include <stdint.h>

#include <lauxlib.h>

#include "sched/base/rng.h"
#include "sched/worker.h"

/* An integer if it fits, else the float. */
static void push_whole(lua_State *L, lua_Number number)
{
    lua_Integer integer;
    if (lua_numbertointeger(number, &integer))
        lua_pushinteger(L, integer);
    else
        lua_pushnumber(L, number);
}

static int math_abs(lua_State *L)
{
    if (lua_isinteger(L, 1)) {
        lua_Integer value = lua_tointeger(L, 1);
        lua_pushinteger(L, value < 0 ? (lua_Integer)(0 - (lua_Unsigned)value) : value);
    } else {
        lua_pushnumber(L, fabs(luaL_checknumber(L, 1)));
    }
    return 1;
}

static int math_floor(lua_State *L)
{
    if (lua_isinteger(L, 1))
        lua_settop(L, 1);
    else
        push_whole(L, floor(luaL_checknumber(L, 1)));
    return 1;
}

static int math_ceil(lua_State *L)
{
    if (lua_isinteger(L, 1))
        lua_settop(L, 1);
    else
        push_whole(L, ceil(luaL_checknumber(L, 1)));
    return 1;
}

static int math_fmod(lua_State *L)
{
    if (!lua_isinteger(L, 1) || !lua_isinteger(L, 2)) {
        lua_pushnumber(L, fmod(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
        return 1;
    }
    lua_Integer divisor = lua_tointeger(L, 2);
    luaL_argcheck(L, divisor != 0, 2, "zero");
    /* mininteger % -1 traps */
    lua_pushinteger(L, divisor == -1 ? 0 : lua_tointeger(L, 1) % divisor);
    return 1;
}

static int math_modf(lua_State *L)
{
    if (lua_isinteger(L, 1)) {
        lua_settop(L, 1);
        lua_pushnumber(L, 0);
        return 2;
    }
    lua_Number number = luaL_checknumber(L, 1), whole = trunc(number);
    push_whole(L, whole);
    lua_pushnumber(L, number == whole ? 0.0 : number - whole);
    return 2;
}

static int math_tointeger(lua_State *L)
{
    int is_integer;
    luaL_checkany(L, 1);
    lua_Integer value = lua_tointegerx(L, 1, &is_integer);
    if (is_integer)
        lua_pushinteger(L, value);
    else
        lua_pushnil(L);
    return 1;
}

static int math_type(lua_State *L)
{
    luaL_checkany(L, 1);
    if (lua_type(L, 1) != LUA_TNUMBER)
        lua_pushnil(L);
    else
        lua_pushstring(L, lua_isinteger(L, 1) ? "integer" : "float");
    return 1;
}

static int math_ult(lua_State *L)
{
    lua_Integer a = luaL_checkinteger(L, 1), b = luaL_checkinteger(L, 2);
    lua_pushboolean(L, (lua_Unsigned)a < (lua_Unsigned)b);
    return 1;
}

static int math_log(lua_State *L)
{
    lua_Number number = luaL_checknumber(L, 1);
    if (lua_isnoneornil(L, 2)) {
        lua_pushnumber(L, log(number));
        return 1;
    }
    lua_Number base = luaL_checknumber(L, 2);
    lua_pushnumber(L, base == 2.0 ? log2(number) : base == 10.0 ? log10(number) : log(number) / log(base));
    return 1;
}

/* Functions of one number. */
#define MATH_UNARY(name, expression)           \
    static int math_##name(lua_State *L)       \
    {                                          \
        lua_Number x = luaL_checknumber(L, 1); \
        lua_pushnumber(L, expression);         \
        return 1;                              \
    }
MATH_UNARY(sqrt, sqrt(x))
MATH_UNARY(exp, exp(x))
MATH_UNARY(sin, sin(x))
MATH_UNARY(cos, cos(x))
MATH_UNARY(tan, tan(x))
MATH_UNARY(asin, asin(x))
MATH_UNARY(acos, acos(x))
MATH_UNARY(deg, x *(180.0 / M_PI))
MATH_UNARY(rad, x *(M_PI / 180.0))
MATH_UNARY(log10, log10(x))
MATH_UNARY(sinh, sinh(x))
MATH_UNARY(cosh, cosh(x))
MATH_UNARY(tanh, tanh(x))

static int math_atan(lua_State *L)
{
    lua_Number y = luaL_checknumber(L, 1);
    lua_pushnumber(L, atan2(y, luaL_optnumber(L, 2, 1)));
    return 1;
}

static int math_atan2(lua_State *L)
{
    lua_Number y = luaL_checknumber(L, 1);
    lua_pushnumber(L, atan2(y, luaL_checknumber(L, 2)));
    return 1;
}

static int math_pow(lua_State *L)
{
    lua_Number x = luaL_checknumber(L, 1);
    lua_pushnumber(L, pow(x, luaL_checknumber(L, 2)));
    return 1;
}

static int math_frexp(lua_State *L)
{
    int exponent;
    lua_pushnumber(L, frexp(luaL_checknumber(L, 1), &exponent));
    lua_pushinteger(L, exponent);
    return 2;
}

static int math_ldexp(lua_State *L)
{
    lua_Number x = luaL_checknumber(L, 1);
    lua_Integer exponent = luaL_checkinteger(L, 2);
    exponent = exponent > 10000 ? 10000 : exponent < -10000 ? -10000 : exponent; /* beyond any double */
    lua_pushnumber(L, ldexp(x, (int)exponent));
    return 1;
}

/* The argument that no other is greater than, or less than. As in stock Lua the arguments are compared, not checked. */
static int push_extreme(lua_State *L, bool greatest)
{
    int count = lua_gettop(L), best = 1;
    luaL_argcheck(L, count >= 1, 1, "value expected");
    for (int i = 2; i <= count; i++) {
        if (greatest ? lua_compare(L, best, i, LUA_OPLT) : lua_compare(L, i, best, LUA_OPLT))
            best = i;
    }
    lua_pushvalue(L, best);
    return 1;
}

static int math_max(lua_State *L)
{
    return push_extreme(L, true);
}

static int math_min(lua_State *L)
{
    return push_extreme(L, false);
}

/* ---- random numbers ---- */

struct generator {
    struct rng rng;
};

/* The generator of the state; its place in the registry is the address of this constant. */
static struct generator *generator_of(lua_State *L)
{
    static const char key = 0;
    lua_rawgetp(L, LUA_REGISTRYINDEX, &key);
    struct generator *generator = lua_touserdata(L, -1);
    if (!generator) {
        struct worker *worker = worker_self();
        generator = lua_newuserdata(L, sizeof *generator);
        rng_seed(&generator->rng, worker ? rng_next(worker_rng(worker)) : rng_entropy());
        lua_rawsetp(L, LUA_REGISTRYINDEX, &key);
    }
    lua_pop(L, 1);
    return generator;
}

static int math_random(lua_State *L)
{
    lua_Integer low = 1, high;
    int count = lua_gettop(L);
    if (count == 0) {
        lua_pushnumber(L, (lua_Number)(rng_next(&generator_of(L)->rng) >> 11) * 0x1p-53);
        return 1;
    }
    if (count > 2)
        return luaL_error(L, "wrong number of arguments");
    if (count == 2)
        low = luaL_checkinteger(L, 1);
    high = luaL_checkinteger(L, count);
    luaL_argcheck(L, low <= high, count, "interval is empty");
    luaL_argcheck(L, low >= 0 || high <= LUA_MAXINTEGER + low, count, "interval too large");
    lua_Unsigned offset = rng_below(&generator_of(L)->rng, (uint64_t)high - (uint64_t)low + 1);
    lua_pushinteger(L, (lua_Integer)((lua_Unsigned)low + offset));
    return 1;
}

static int math_randomseed(lua_State *L)
{
    lua_Number number = luaL_checknumber(L, 1);
    int is_integer;
    union {
        lua_Number number;
        uint64_t bits;
    } seed = {.number = number};
    lua_Integer integer = lua_tointegerx(L, 1, &is_integer);
    rng_seed(&generator_of(L)->rng, is_integer ? (uint64_t)integer : seed.bits);
    return 0;
}

const struct lazy_entry std_math_entries[] = {
    LAZY_P("abs", math_abs),
    LAZY_P("acos", math_acos),
    LAZY_P("asin", math_asin),
    LAZY_P("atan", math_atan),
    LAZY_P("atan2", math_atan2),
    LAZY_P("ceil", math_ceil),
    LAZY_P("cos", math_cos),
    LAZY_P("cosh", math_cosh),
    LAZY_P("deg", math_deg),
    LAZY_P("exp", math_exp),
    LAZY_P("floor", math_floor),
    LAZY_P("fmod", math_fmod),
    LAZY_P("frexp", math_frexp),
    LAZY_N("huge", HUGE_VAL),
    LAZY_P("ldexp", math_ldexp),
    LAZY_P("log", math_log),
    LAZY_P("log10", math_log10),
    LAZY_P("max", math_max),
    LAZY_P("min", math_min),
    LAZY_P("mod", math_fmod),
    LAZY_P("modf", math_modf),
    LAZY_N("pi", M_PI),
    LAZY_P("pow", math_pow),
    LAZY_P("rad", math_rad),
    LAZY_P("sin", math_sin),
    LAZY_F("random", math_random),
    LAZY_F("randomseed", math_randomseed),
    LAZY_P("sinh", math_sinh),
    LAZY_P("sqrt", math_sqrt),
    LAZY_P("tan", math_tan),
    LAZY_P("tanh", math_tanh),
    LAZY_P("tointeger", math_tointeger),
    LAZY_P("type", math_type),
    LAZY_P("ult", math_ult),
    LAZY_I("maxinteger", LUA_MAXINTEGER),
    LAZY_I("mininteger", LUA_MININTEGER),
    LAZY_DONE,
};
