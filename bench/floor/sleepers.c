/* SPDX-License-Identifier: MIT */
/*
 * sleepers: what apps/timers is without a runtime. One thread; a life has new memory, or that of one that has ended.
 *
 *   floor_sleepers_alone   the least that a runtime does for a sleeper itself: the copy, a place in a calendar, both resumes. All live at the same time, and nobody waits: the clock
 *                          says what the calendar is at. Nobody hears the reports.
 *   floor_sleepers         the whole application: a state of Lua starts them and gets a PID for each, another one receives and keeps the reports,
 *                          one by one, and all is in real time, with a look at the clock where the application takes the time and sleeps until the
 *                          next millisecond at which somebody is due. What it lacks is what nobody sees in the application: a scheduler,
 *                          mailboxes, messages that are copied, limits, a second worker.
 */
#include "floor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#include <lauxlib.h>

#include "lives.h"

/* The members that all makers have. */
struct maker {
    struct lives lives; /* first: the maker is where its lives are */
    char *memory;
    long count, made; /* lives; those that have memory of their own */
    struct life *free;
};

static void maker_init(struct maker *maker, long count)
{
    lives_init(&maker->lives);
    maker->count = count;
    maker->memory = floor_map((size_t)count * maker->lives.size);
}

static void maker_destroy(struct maker *maker)
{
    munmap(maker->memory, (size_t)maker->count * maker->lives.size);
    lives_destroy(&maker->lives);
}

static struct life *new_life(struct maker *maker)
{
    void *memory = maker->free;
    if (memory)
        maker->free = maker->free->next;
    else
        memory = maker->memory + (size_t)maker->made++ * maker->lives.size;
    return lives_clone(&maker->lives, memory);
}

/* Ends all of a list, each of which has the next one fetched. `after` is called when one has ended. */
static void end_all(struct maker *maker, struct life *life, void (*after)(struct maker *maker))
{
    for (struct life *next; life; life = next) {
        next = life->next;
        if (next)
            lives_fetch(&maker->lives, next);
        lives_end(life);
        life->next = maker->free;
        maker->free = life;
        after(maker);
    }
}

static void print(const char *metric, const char *part, double seconds, long count)
{
    printf("RESULT %s%s %.3f us\n", metric, part, seconds * 1e6 / (double)count);
}

/* Alone */

struct alone {
    struct maker maker;
    lua_Integer now;                     /* ns */
    long right;                          /* have reported what is right: all are a millisecond late */
    struct life *due[LIVES_LONGEST + 1]; /* by the millisecond */
};

static lua_Integer calendar_now(struct lives *lives)
{
    return ((struct alone *)lives)->now;
}

static void count_right(struct lives *lives, lua_Integer late_us)
{
    ((struct alone *)lives)->right += late_us == LIVES_MS / LIVES_US;
}

static void nothing(struct maker *maker)
{
    (void)maker;
}

static void begin_alone(struct alone *alone)
{
    for (long i = 1; i <= alone->maker.count; i++) {
        struct life *life = new_life(&alone->maker);
        lua_Integer ms = lives_begin(life, i * LIVES_STEP % (LIVES_LONGEST + 1)) / LIVES_MS;
        life->next = alone->due[ms];
        alone->due[ms] = life;
    }
}

/* A timer is never early, so its millisecond is over when it fires. */
static void end_alone(struct alone *alone)
{
    for (lua_Integer ms = 0; ms <= LIVES_LONGEST; ms++) {
        alone->now = (ms + 1) * LIVES_MS;
        end_all(&alone->maker, alone->due[ms], nothing);
    }
}

/* What the copies by themselves are, in memory that is as new. */
static void measure_copies(const struct lives *lives, const char *metric, long count)
{
    char *memory = floor_map((size_t)count * lives->size);
    double began = floor_cpu_seconds();
    for (long i = 0; i < count; i++)
        lives_clone(lives, memory + (size_t)i * lives->size);
    print(metric, "_copy", floor_cpu_seconds() - began, count);
    munmap(memory, (size_t)count * lives->size);
}

void floor_sleepers_alone(const char *metric, long count, bool with_parts)
{
    struct alone alone = {.maker.lives = {.now = calendar_now, .report = count_right}};
    maker_init(&alone.maker, count);
    double began = floor_cpu_seconds();
    begin_alone(&alone);
    double slept = floor_cpu_seconds();
    end_alone(&alone);
    double ended = floor_cpu_seconds();
    if (alone.right != count) {
        fputs("floor: lost sleepers\n", stderr);
        exit(1);
    }
    print(metric, "", ended - began, count);
    if (with_parts) {
        const struct lives *lives = &alone.maker.lives;
        print(metric, "_begin", slept - began, count);
        print(metric, "_end", ended - slept, count);
        measure_copies(lives, metric, count);
        printf("%zu bytes, %zu copied, %zu pointers; %zu lines are fetched\n", lives->size, lives->copied,
               lives->pointer_count, lives->hot_count);
    }
    maker_destroy(&alone.maker);
}

/* With company */

static const char starter[] =
    "local spawn, parent, count = ...\n"
    "for i = 1, count do assert(spawn('bench:sleeper', 'bench:processes', parent, i * 7919 % 1001)) end\n";

static const char keeper[] = "local receive, count = ...\n"
                             "local late = {}\n"
                             "for i = 1, count do late[i] = receive() end\n"
                             "return late\n";

enum {
    LOST = -1,
    RING = 2048 /* ms, more than any is late and sleeps */,
    GLANCE = 64 /* are started between two looks at who is due */
};

struct company {
    struct maker maker;
    long begun, ended;
    lua_Integer fired; /* the millisecond up to which all that were due have ended */
    struct life *due[RING];
    lua_State *receiver;
    lua_Integer report; /* of the one that ends; LOST: there is none */
};

static lua_Integer clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * (lua_Integer)1000000000 + now.tv_nsec;
}

static lua_Integer real_now(struct lives *lives)
{
    (void)lives;
    return clock_ns();
}

static void keep_report(struct lives *lives, lua_Integer late_us)
{
    ((struct company *)lives)->report = late_us;
}

static void deliver(struct maker *maker)
{
    struct company *company = (struct company *)maker;
    lua_State *L = company->receiver;
    lua_pushinteger(L, company->report);
    company->report = LOST;
    company->ended++;
    if (lua_resume(L, NULL, 1) != (company->ended < maker->count ? LUA_YIELD : LUA_OK))
        floor_must(L, LUA_ERRRUN);
}

/* Whoever is due. */
static void fire(struct company *company)
{
    lua_Integer now = clock_ns() / LIVES_MS;
    while (company->fired < now) {
        struct life **due = &company->due[++company->fired % RING], *life = *due;
        *due = NULL;
        end_all(&company->maker, life, deliver);
    }
}

static int receive(lua_State *L)
{
    return lua_yield(L, 0);
}

static int push_pid(lua_State *L, uint64_t number)
{
    char pid[] = "{bench:processes|0x00000000000000}";
    for (size_t at = sizeof pid - 3; number > 0; at--, number >>= 4)
        pid[at] = "0123456789abcdef"[number & 15];
    lua_pushlstring(L, pid, sizeof pid - 1);
    return 1;
}

static int spawn(lua_State *L)
{
    struct company *company = *(struct company **)lua_getextraspace(L);
    luaL_checkstring(L, 1);
    luaL_checkstring(L, 2);
    luaL_checkstring(L, 3);
    struct life *life = new_life(&company->maker);
    lua_Integer ns = lives_begin(life, luaL_checkinteger(L, 4));
    lua_Integer tick = (clock_ns() + ns) / LIVES_MS + 1; /* a timer is never early */
    if (tick - company->fired >= RING)                   /* the program has stood still */
        fire(company);
    life->next = company->due[tick % RING];
    company->due[tick % RING] = life;
    if (++company->begun % GLANCE == 0)
        fire(company);
    return push_pid(L, (uint64_t)company->begun);
}

static void await(struct company *company)
{
    while (company->ended < company->maker.count) {
        lua_Integer tick = company->fired + 1;
        while (!company->due[tick % RING])
            tick++;
        struct timespec until = {tick / 1000, tick % 1000 * LIVES_MS};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        fire(company);
    }
}

/* A state with that function on its stack. */
static lua_State *open(const char *source, lua_CFunction function)
{
    struct floor_dump dump;
    lua_State *L = floor_new_state();
    floor_compile(&dump, source, true);
    floor_load(L, &dump);
    lua_pushcfunction(L, function);
    return L;
}

/* The receiver has kept all reports: none is early. */
static void check_reports(lua_State *L, long count)
{
    bool is_good = lua_rawlen(L, -1) == (size_t)count;
    for (long i = 1; i <= count; i++) {
        lua_rawgeti(L, -1, i);
        is_good = is_good && lua_tointeger(L, -1) >= 0;
        lua_pop(L, 1);
    }
    if (is_good)
        return;
    fputs("floor: lost or early sleepers\n", stderr);
    exit(1);
}

void floor_sleepers(const char *metric, long count)
{
    struct company company = {.maker.lives = {.now = real_now, .report = keep_report}, .report = LOST};
    maker_init(&company.maker, count);
    lua_State *spawner = open(starter, spawn);
    *(struct company **)lua_getextraspace(spawner) = &company;
    push_pid(spawner, 0);
    lua_pushinteger(spawner, count);
    company.receiver = open(keeper, receive);
    lua_pushinteger(company.receiver, count);
    if (lua_resume(company.receiver, NULL, 2) != LUA_YIELD)
        floor_must(company.receiver, LUA_ERRRUN);

    double began = floor_cpu_seconds();
    company.fired = clock_ns() / LIVES_MS;
    floor_must(spawner, lua_pcall(spawner, 3, 0, 0));
    await(&company);
    print(metric, "", floor_cpu_seconds() - began, count);
    check_reports(company.receiver, count);
    lua_close(spawner);
    lua_close(company.receiver);
    maker_destroy(&company.maker);
}
