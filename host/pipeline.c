/* SPDX-License-Identifier: MIT */
/* pipeline: see the header. */
#include "host/pipeline.h"

#include "host/disable.h"
#include "host/entry.h"
#include "host/override.h"
#include "host/problem.h"
#include "host/requirement.h"

/* Errors go to `fatal`, the rest to `problems`. */
static void sort_out(const struct problems *found, struct problems *problems, struct problems *fatal)
{
    for (size_t i = 0; i < found->count; i++) {
        const struct problem *problem = &found->items[i];
        problem_add(problem->level == LOG_ERROR ? fatal : problems, problem->level, NULL, 0, NULL, "%s", problem->text);
    }
}

static void link_requirements(struct entries *entries, struct problems *problems, struct problems *fatal)
{
    struct injections injections;
    struct problems found = {0};
    requirements_resolve(&injections, entries, false, &found);
    injections_apply(&injections, entries, &found);
    injections_free(&injections);
    sort_out(&found, problems, fatal);
    problems_free(&found);
}

void pipeline_run(struct entries *entries, const struct configuration *configuration, char *const *texts, size_t count,
                  struct problems *problems, struct problems *fatal)
{
    struct overrides overrides;
    struct entries disabled = {0};
    overrides_read(&overrides, configuration, texts, count, fatal);
    overrides_apply(&overrides, entries, &disabled, fatal);
    disable_apply(configuration, entries, &disabled, fatal);
    link_requirements(entries, problems, fatal);
    overrides_apply(&overrides, entries, &disabled, fatal);
    entries_free(&disabled);
    overrides_free(&overrides);
}
