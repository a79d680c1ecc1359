/* SPDX-License-Identifier: MIT */
/* links: lang */
/*
 * erase LIST: for each file that LIST names, one per line, says what it is, and writes what is left of it to FILE.erased:
 *
 *   plain   nothing in it is typed: the text is the source
 *   typed
 *   wrapped types are used as values
 *   line:column: message
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vm/lang/ast_root.h"
#include "vm/lang/erase.h"
#include "vm/lang/parser.h"

static char *read_file(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    *length = 0;
    for (size_t got = 1, room = 0; file && got; *length += got) {
        if (room - *length < 65536)
            text = realloc(text, room += room + 65536);
        got = text ? fread(text + *length, 1, room - *length, file) : 0;
    }
    if (!file || !text) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    fclose(file);
    return realloc(text, *length ? *length : 1); /* so that AddressSanitizer sees reads behind it */
}

static void write_file(const char *path, const struct erased *erased)
{
    char name[4096 + sizeof ".erased"];
    snprintf(name, sizeof name, "%s.erased", path);
    FILE *file = fopen(name, "wb");
    if (!file || fwrite(erased->text, 1, erased->length, file) != erased->length || fclose(file)) {
        perror(name);
        exit(EXIT_FAILURE);
    }
}

static void show(const char *path)
{
    size_t length;
    char *text = read_file(path, &length);
    struct ast *ast = parser_parse(text, length);
    if (ast->diagnostics.count) {
        const struct diagnostic *first = &ast->diagnostics.items[0];
        struct source_position at = source_position(&ast->source, first->start);
        printf("%u:%u: %s\n", at.line, at.column, first->message);
    } else {
        struct erased erased;
        erase_types(ast, &erased);
        printf("%s\n", erased.is_wrapped ? "wrapped" : erased.owned ? "typed" : "plain");
        write_file(path, &erased);
        erased_destroy(&erased);
    }
    ast_free(ast);
    free(text);
}

int main(int argc, char **argv)
{
    char line[4096];
    FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!list) {
        fprintf(stderr, "usage: %s LIST\n", argv[0]);
        return EXIT_FAILURE;
    }
    while (fgets(line, sizeof line, list)) {
        line[strcspn(line, "\n")] = '\0';
        show(line);
    }
    fclose(list);
    return EXIT_SUCCESS;
}
