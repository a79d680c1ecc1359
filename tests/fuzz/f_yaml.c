/* SPDX-License-Identifier: MIT */
/* links: host */
/* f_yaml: any bytes as a definition file: a tree or an error with a message; what was a tree copies and compares equal. */
#include <stdint.h>
#include <stdlib.h>

#include "host/value.h"
#include "host/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct value *value, const struct yaml_error *error)
{
    if (!value) {
        if (!error->message[0])
            abort();
        return;
    }
    struct value *copy = value_copy(value);
    if (!value_is_equal(value, copy) || value_size(value) != value_size(copy))
        abort();
    value_free(copy);
    value_free(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct yaml_error error;
    bool more;
    check(yaml_parse((const char *)data, size, &more, &error), &error);
    check(yaml_parse_json((const char *)data, size, &more, &error), &error);
    return 0;
}
