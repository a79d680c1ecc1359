/* SPDX-License-Identifier: MIT */
/* links: host */
/* envfile: which lines set what, and how a file looks after a value was set. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "host/envfile.h"
#include "host/text.h"

/* "name=value;" of all lines that set something. */
static const char *read_all(const char *text)
{
    static char out[512];
    struct envfile_line line = {.end = text};
    out[0] = 0;
    while (envfile_next(&line, text + strlen(text)))
        sprintf(out + strlen(out), "%.*s=%.*s;", (int)line.name_length, line.name, (int)line.value_length, line.value);
    return out;
}

Test(envfile, lines)
{
    cr_assert_str_eq(read_all(""), "");
    cr_assert_str_eq(read_all("A=1"), "A=1;");
    cr_assert_str_eq(read_all("A=1\nB=2\n"), "A=1;B=2;");
    cr_assert_str_eq(read_all("  A\t=  one two  \n"), "A=one two;");
    cr_assert_str_eq(read_all("A=b=c=d\n"), "A=b=c=d;");
    cr_assert_str_eq(read_all("A='x' \nB=\"y z\"\n"), "A='x';B=\"y z\";");
    cr_assert_str_eq(read_all("A=1\r\nB=2\r\n"), "A=1;B=2;");
    cr_assert_str_eq(read_all("A=1\nA=2\n"), "A=1;A=2;");
    cr_assert_str_eq(read_all("\xEF\xBB\xBF"
                              "A=1\n"),
                     "A=1;");
}

Test(envfile, comments)
{
    cr_assert_str_eq(read_all("# A=1\n   # B=2\nC=3 # four\nD=e#f\nE='#'\n"), "C=3;D=e;E=';");
    cr_assert_str_eq(read_all("A#=1\n#\n"), "");
}

Test(envfile, lines_that_set_nothing)
{
    cr_assert_str_eq(read_all("\n\n  \nword\n= value\n  =\nA=\nexport B=1\n"), "A=;export B=1;");
}

static void check_set(const char *text, const char *name, const char *value, const char *expected)
{
    struct text out = {0};
    const char *problem = envfile_set(&out, text, strlen(text), name, value, strlen(value));
    cr_assert_null(problem, "%s", problem);
    cr_assert_str_eq(text_string(&out), expected);
    text_free(&out);
}

Test(envfile, set_replaces)
{
    check_set("A=1\nB=2\n", "A", "x", "A=x\nB=2\n");
    check_set("A=1", "A", "x", "A=x");
    check_set("# top\n  A = 1   # why\nB=2\n", "A", "new value", "# top\n  A = new value   # why\nB=2\n");
    check_set("A=1\r\nB=2\r\n", "A", "x", "A=x\r\nB=2\r\n");
    check_set("A=1\nA=2\n", "A", "x", "A=1\nA=x\n");
    check_set("A=\nB=\n", "A", "x", "A=x\nB=\n");
    check_set("A=   # none\n", "A", "x", "A=x   # none\n");
    check_set("A=1 # c\n", "A", "", "A= # c\n");
    check_set("AB=1\nA=2\n", "A", "x", "AB=1\nA=x\n");
}

Test(envfile, set_appends)
{
    check_set("", "A", "1", "A=1\n");
    check_set("B=2\n", "A", "1", "B=2\nA=1\n");
    check_set("B=2", "A", "", "B=2\nA=\n");
    check_set("#A=2\n", "A", "a.b-c", "#A=2\nA=a.b-c\n");
}

static void check_refused(const char *name, const char *value, size_t length, const char *expected)
{
    struct text out = {0};
    const char *problem = envfile_set(&out, "A=1\n", 4, name, value, length);
    cr_assert(problem && strstr(problem, expected), "%s", problem);
    cr_assert_eq(out.length, 0);
    text_free(&out);
}

Test(envfile, set_refuses)
{
    check_refused("", "x", 1, "name");
    check_refused(" A", "x", 1, "name");
    check_refused("A=B", "x", 1, "name");
    check_refused("A#", "x", 1, "name");
    check_refused("A\nB", "x", 1, "name");
    check_refused("A", "x\ny", 3, "line break");
    check_refused("A", "x#y", 3, "'#'");
    check_refused("A", "x\0y", 3, "zero byte");
    check_refused("A", " x", 2, "blank");
    check_refused("A", "x\t", 2, "blank");
    check_refused("A", "\r", 1, "blank");
}
