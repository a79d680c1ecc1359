/* SPDX-License-Identifier: MIT */
/*
 * lang: megabytes of Lua source per second of CPU that are parsed, that are parsed and erased, and, beside them, what Lua's own compiler does
 * with the erased texts. Files with errors are left out; each erased text must be one that Lua accepts.
 *
 *   bench/run.sh parse                   or by hand:  bench/micro/run.sh /tmp lang 15
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

struct file {
    const char *path;
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
    struct file file = {.path = path};
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
    if (luaL_loadbufferx(L, erased.text, erased.length, "=bench", "t") != LUA_OK) {
        fprintf(stderr, "%s: %s\n", file->path, lua_tostring(L, -1));
        exit(1);
    }
    lua_settop(L, 0);
    erased_destroy(&erased);
    ast_free(ast);
}

static double measure(const struct file *files, int count, int rounds, void (*work)(const struct file *, lua_State *))
{
    double best = 1e18;
    for (int round = 0; round < rounds; round++) {
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

/* Keeps the files that are good. Their number. */
static int read_files(struct file *files, char **paths, int count, double *bytes)
{
    int good = 0;
    for (int i = 0; i < count; i++) {
        struct file file = read_file(paths[i]);
        struct ast *ast = parser_parse(file.text, file.length);
        if (ast->diagnostics.count == 0) {
            files[good++] = file;
            *bytes += (double)file.length;
        }
        ast_free(ast);
    }
    return good;
}

int main(int argc, char **argv)
{
    struct file *files = calloc((size_t)argc, sizeof *files);
    double bytes = 0;
    int rounds = argc > 1 ? atoi(argv[1]) : 0, count = read_files(files, argv + 2, argc - 2, &bytes);
    if (rounds < 1 || count < argc / 2) {
        fprintf(stderr, "lang <rounds> <file>...: at least one round, and most files without errors\n");
        return 1;
    }
    double parsed = measure(files, count, rounds, parse), erased = measure(files, count, rounds, parse_and_erase);
    double compiled = measure(files, count, rounds, compile);
    printf("RESULT parse %.1f MB/s\n", bytes * 1000 / parsed);
    printf("RESULT parse_erase %.1f MB/s\n", bytes * 1000 / erased);
    printf("RESULT parse_lua %.1f MB/s\n", bytes * 1000 / (compiled - erased));
    return 0;
}
