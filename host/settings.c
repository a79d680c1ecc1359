/* SPDX-License-Identifier: MIT */
/* settings: see the header. */
#include "host/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "host/problem.h"
#include "host/text.h"
#include "host/units.h"
#include "host/value.h"
#include "host/walk.h"
#include "host/yaml.h"

static char *refuse(const char *file, const struct value *value, const char *field, const char *wanted)
{
    return problem_format(file, value->line, NULL, "%s must be %s", field, wanted);
}

/* A section that is no map would be overlooked. NULL: all are. */
static char *check_sections(const char *file, const struct value *document)
{
    static const char *const sections[] = {"logger", "logmanager", "shutdown"};
    if (document->kind != VALUE_MAP && document->kind != VALUE_NULL)
        return problem_format(file, document->line, NULL, "must be a map, not %s", value_kind_name(document));
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const struct value *section = value_get(document, sections[i]);
        if (section && section->kind != VALUE_MAP && section->kind != VALUE_NULL)
            return refuse(file, section, sections[i], "a map");
    }
    return NULL;
}

static char *use(struct settings *settings, const char *file, const struct value *document)
{
    const struct value *encoding = value_path(document, "logger.encoding");
    const struct value *level = value_path(document, "logmanager.min_level");
    const struct value *timeout = value_path(document, "shutdown.timeout");
    const char *word = value_string(encoding);
    if (encoding && encoding->kind != VALUE_NULL) {
        if (!word || (strcmp(word, "json") != 0 && strcmp(word, "console") != 0))
            return refuse(file, encoding, "logger.encoding", "json or console");
        settings->json_logs = !strcmp(word, "json");
    }
    if (level && level->kind != VALUE_NULL) {
        if (level->kind != VALUE_INT || level->integer < LOG_DEBUG || level->integer > LOG_ERROR)
            return refuse(file, level, "logmanager.min_level", "a number from -1 (debug) to 2 (error)");
        settings->min_level = (enum log_level)level->integer;
    }
    if (timeout && timeout->kind != VALUE_NULL && !units_duration_of(timeout, &settings->shutdown_timeout_ns))
        return refuse(file, timeout, "shutdown.timeout", "a duration like \"30s\"");
    return NULL;
}

static char *parse(struct settings *settings, const char *file, const struct text *content)
{
    struct yaml_error error;
    struct value *document = yaml_parse(text_string(content), content->length, NULL, &error);
    if (!document)
        return problem_format(file, error.line, NULL, "%s", error.message);
    char *problem = check_sections(file, document);
    if (!problem)
        problem = use(settings, file, document);
    value_free(document);
    return problem;
}

int settings_read(struct settings *settings, char **problem)
{
    static const char *const names[] = {".moonlet.yaml", ".wippy.yaml"};
    struct walk here = {.fd = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
    struct text content = {0};
    int result = -ENOENT;
    *settings = (struct settings){.min_level = LOG_DEBUG, .shutdown_timeout_ns = 30000000000};
    *problem = NULL;
    for (size_t i = 0; i < 2 && result == -ENOENT && here.fd >= 0; i++) {
        result = walk_read(&here, names[i], &content);
        if (!result)
            *problem = parse(settings, names[i], &content);
        else if (result != -ENOENT)
            *problem = problem_format(names[i], 0, NULL, "cannot be read: %s", strerror(-result));
    }
    if (here.fd >= 0)
        close(here.fd);
    text_free(&content);
    return *problem ? -1 : 0;
}
