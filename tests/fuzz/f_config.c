/* SPDX-License-Identifier: MIT */
/* links: host */
/*
 * f_config: any bytes as configuration files (parted by NUL bytes), with a profile and a --set taken from them: settings come out in their
 * ranges, and every problem has a text.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host/configuration.h"
#include "host/problem.h"
#include "host/settings.h"
#include "host/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct settings *settings, const struct problems *problems)
{
    if (settings->logmanager.min_level < -1 || settings->logmanager.min_level > 2 ||
        !(settings->otel.sample_rate >= 0 && settings->otel.sample_rate <= 1) || settings->supervisor.buffer_size < 1)
        abort();
    for (size_t i = 0; i < problems->count; i++)
        if (!problems->items[i].text[0])
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct configuration configuration;
    struct problems problems = {0};
    struct settings settings;
    struct text set = {0};
    const char *at = (const char *)data, *end = at + size;
    configuration_init(&configuration);
    for (unsigned files = 0; at < end && files < 4; files++) {
        const char *nul = memchr(at, '\0', (size_t)(end - at));
        size_t length = (size_t)((nul ? nul : end) - at);
        configuration_add(&configuration, "file", at, length, &problems);
        text_clear(&set);
        text_add(&set, at, length < 40 ? length : 40);
        at += length + (nul != NULL);
    }
    char *profile = (char[]){"one"}, *sets = (char *)text_string(&set);
    configuration_finish(
        &configuration,
        &(struct configuration_request){.profiles = &profile, .profile_count = 1, .sets = &sets, .set_count = 1},
        &problems);
    settings_read(&settings, &configuration, &problems);
    check(&settings, &problems);
    configuration_free(&configuration);
    problems_free(&problems);
    text_free(&set);
    return 0;
}
