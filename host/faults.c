/* SPDX-License-Identifier: MIT */
/* faults: see faults.h. This file is compiled only with -DFAULTS=ON. */
#include "host/faults.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/alloc.h"
#include "host/text.h"
#include "sched/base/fault.h"

static const char *const names[FAULT_COUNT] = {
#define FAULT_NAME(id, text) [id] = text,
    FAULT_POINTS(FAULT_NAME)
#undef FAULT_NAME
};

static int usual_value(enum fault_point point)
{
    switch (point) {
    case FAULT_THREAD:
        return EAGAIN;
    case FAULT_RING_SUBMIT:
        return EBUSY;
    case FAULT_OP_RESULT:
    case FAULT_FILE_OPEN:
    case FAULT_FILE_READ:
        return EIO;
    default:
        return ENOMEM;
    }
}

static char *list_names(void)
{
    struct text text = {0};
    for (int i = 0; i < FAULT_COUNT; i++)
        text_printf(&text, "%s%s", i ? ", " : "", names[i]);
    return text_detach(&text);
}

/* A number of 1 or more after a colon at *at, which moves on; true if there is none, which leaves *out as it is. */
static bool read_number(char **at, uint64_t *out)
{
    char *end;
    if (**at != ':')
        return true;
    ++*at;
    if (strncmp(*at, "all", 3) == 0) {
        *out = UINT64_MAX;
        *at += 3;
        return true;
    }
    uint64_t number = strtoull(*at, &end, 10);
    if (end == *at || number == 0)
        return false;
    *out = number;
    *at = end;
    return true;
}

/* One name:first[:count[:errno]]. */
static int parse_point(char *text, struct fault_plan *plan, char **problem)
{
    size_t length = strcspn(text, ":");
    char *at = text + length;
    char *name = alloc_copy(text, length);
    int point = fault_point_by_name(name);
    if (point < 0) {
        char *list = list_names();
        *problem = text_format("MOONLET_FAULT: there is no fault point '%s', only %s", name, list);
        free(list);
    }
    free(name);
    if (point < 0)
        return -1;
    uint64_t first = 0, count = 1, value = (uint64_t)usual_value((enum fault_point)point);
    if (!read_number(&at, &first) || !read_number(&at, &count) || !read_number(&at, &value) || !first || *at ||
        value > INT32_MAX) {
        *problem = text_format("MOONLET_FAULT: '%s' is not of the form name:first[:count[:errno]]", text);
        return -1;
    }
    fault_set(plan, (enum fault_point)point, first, count, (int)value);
    return 0;
}

int faults_parse(const char *text, struct fault_plan **out, char **problem)
{
    *out = NULL;
    if (!text || !*text)
        return 0;
    char *copy = alloc_string(text), *rest = copy, *part;
    struct fault_plan *plan = fault_plan_new();
    int error = 0;
    while (!error && (part = strsep(&rest, ",")) != NULL)
        error = parse_point(part, plan, problem);
    free(copy);
    if (error)
        fault_plan_free(plan);
    else
        *out = plan;
    return error;
}

void faults_report(const struct fault_plan *plan)
{
    if (!plan)
        return;
    for (int i = 0; i < FAULT_COUNT; i++)
        if (fault_hits(plan, (enum fault_point)i))
            fprintf(stderr, "fault %s %llu hits\n", names[i],
                    (unsigned long long)fault_hits(plan, (enum fault_point)i));
}
