/* SPDX-License-Identifier: MIT */
/*
 * lang: megabytes of Lua source per second of CPU that are parsed, that are parsed and erased, and, beside them, what Lua's own compiler does
 * with the erased texts.
 *
 *   gcc -O2 -D_GNU_SOURCE -I. bench/micro/lang.c vm/lang/[a-z]*.c sched/base/{hash,memory,rng}.c \
 *       $(pkg-config --cflags --libs lua5.3) -o /tmp/bench_lang
 *   /tmp/bench_lang $(find tests examples -name '*.lua')
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <lauxlib.h>
#include <lua.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/erase.h"
#include "vm/lang/parser.h"

enum { ROUNDS = 15 };

struct file {
    char *text;
    size_t length;
};

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static struct file read_file(const char *path)
{
    struct file file = {0};
    FILE *stream = fopen(path, "rb");
    if (!stream || fseek(stream, 0, SEEK_END)) {
        perror(path);
        exit(1);
    }
    file.length = (size_t)ftell(stream);
    rewind(stream);
    file.text = malloc(file.length + 1);
    file.length = fread(file.text, 1, file.length, stream);
    fclose(stream);
    return file;
}

static void parse(const struct file *file, lua_State *L)
{
    (void)L;
    ast_free(parser_parse(file->text, file->length));
}

static void parse_and_erase(const struct file *file, lua_State *L)
{
    (void)L;
    struct erased erased;
    struct ast *ast = parser_parse(file->text, file->length);
    erase_types(ast, &erased);
    erased_destroy(&erased);
    ast_free(ast);
}

static void compile(const struct file *file, lua_State *L)
{
    struct erased erased;
    struct ast *ast = parser_parse(file->text, file->length);
    erase_types(ast, &erased);
    luaL_loadbufferx(L, erased.text, erased.length, "=bench", "t");
    lua_settop(L, 0);
    erased_destroy(&erased);
    ast_free(ast);
}

static double measure(const struct file *files, int count, void (*work)(const struct file *, lua_State *))
{
    double best = 1e18;
    for (int round = 0; round < ROUNDS; round++) {
        lua_State *L = luaL_newstate();
        uint64_t start = cpu_ns();
        for (int i = 0; i < count; i++)
            work(&files[i], L);
        double ns = (double)(cpu_ns() - start);
        best = ns < best ? ns : best;
        lua_close(L);
    }
    return best;
}

int main(int argc, char **argv)
{
    struct file *files = calloc((size_t)argc, sizeof *files);
    double bytes = 0, used = 0;
    for (int i = 1; i < argc; i++) {
        files[i - 1] = read_file(argv[i]);
        bytes += (double)files[i - 1].length;
        struct ast *ast = parser_parse(files[i - 1].text, files[i - 1].length);
        used += (double)ast->arena.total;
        ast_free(ast);
    }
    if (!bytes)
        return 1;
    double parsed = measure(files, argc - 1, parse), erased = measure(files, argc - 1, parse_and_erase);
    double compiled = measure(files, argc - 1, compile);
    printf("%d files, %.0f KB, %.1f bytes of tree for each\n", argc - 1, bytes / 1024, used / bytes);
    printf("parse           %8.1f MB/s\n", bytes * 1000 / parsed);
    printf("parse + erase   %8.1f MB/s\n", bytes * 1000 / erased);
    printf("Lua's compiler  %8.1f MB/s\n", bytes * 1000 / (compiled - erased));
    return 0;
}
