/* SPDX-License-Identifier: MIT */
/* help: the texts of --help, made from the table of flags so that they cannot disagree with what is read. */
#include "host/options.h"

#include <string.h>

#include "host/flag.h"
#include "host/text.h"

/* Adds the lines of `text`, all but the first behind `indent` blanks. */
static void add_lines(struct text *out, const char *text, size_t indent)
{
    for (;;) {
        size_t length = strcspn(text, "\n");
        text_printf(out, "%.*s\n", (int)length, text);
        if (!text[length])
            return;
        text += length + 1;
        text_printf(out, "%*s", (int)indent, "");
    }
}

static size_t flag_width(const struct flag *flag)
{
    return strlen(flag->name) + (flag->value ? 1 + strlen(flag->value) : 0);
}

static size_t widest_flag(const struct flag_group *group)
{
    size_t widest = 0;
    for (; group->title; group++)
        for (const struct flag *flag = group->flags; flag->name; flag++)
            if (flag_width(flag) > widest)
                widest = flag_width(flag);
    return widest;
}

static void add_flag(struct text *out, const struct flag *flag, size_t width)
{
    char letter[4] = {'-', flag->letter, ',', '\0'};
    size_t column = 2 + 4 + 2 + width + 2;
    text_printf(out, "  %-3s --%s%s%s", flag->letter ? letter : "", flag->name, flag->value ? " " : "",
                flag->value ? flag->value : "");
    text_printf(out, "%*s", (int)(width - flag_width(flag)) + 2, "");
    add_lines(out, flag->help, column);
}

static void add_groups(struct text *out, const struct flag_group *group, size_t width)
{
    for (; group->title; group++) {
        text_printf(out, "\n%s:\n", group->title);
        for (const struct flag *flag = group->flags; flag->name; flag++)
            add_flag(out, flag, width);
    }
}

static size_t wider(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void add_subcommand(struct text *out, const struct subcommand *s)
{
    size_t width = widest_flag(s->groups);
    if (s->takes_global)
        width = wider(width, widest_flag(flag_global_groups));
    text_printf(out, "moonlet %s - %s\n\nUsage: ", s->name, s->purpose);
    add_lines(out, s->usage, strlen("Usage: "));
    if (s->text)
        text_printf(out, "\n%s\n", s->text);
    add_groups(out, s->groups, width);
    if (s->takes_global)
        add_groups(out, flag_global_groups, width);
    if (s->notes)
        text_printf(out, "\n%s", s->notes);
}

static void add_overview(struct text *out)
{
    text_add_string(out, "moonlet - runs applications made of Lua processes\n"
                         "\n"
                         "Usage: moonlet COMMAND [FLAGS]\n"
                         "\n"
                         "Commands:\n");
    for (const struct subcommand *s = flag_subcommands; s->name; s++)
        text_printf(out, "  %-8s  %s\n", s->name, s->purpose);
    add_groups(out, flag_global_groups, widest_flag(flag_global_groups));
    text_add_string(out, "\n"
                         "Examples:\n"
                         "  moonlet init             make a project of this directory\n"
                         "  moonlet run              run the services of the application here\n"
                         "  moonlet run list         which commands has it?\n"
                         "  moonlet run hello world  run its command hello with one argument\n"
                         "\n"
                         "`moonlet help COMMAND` explains a command and its own flags.\n");
}

bool options_help(const char *topic, struct text *out)
{
    const struct subcommand *s = topic ? flag_find_subcommand(topic) : NULL;
    if (topic && !s)
        return false;
    if (s && strcmp(s->name, "help") != 0)
        add_subcommand(out, s);
    else
        add_overview(out);
    return true;
}
