/* SPDX-License-Identifier: MIT */
/* links: stdlib */
/* Options of calls read from any bytes. */
#include <stddef.h>
#include <stdint.h>

#include "stdlib/funcs_options.h"
#include "vm/call_options.h"
#include "vm/vm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct call_options *options = NULL;
    struct vm_error error;
    if (funcs_options_parse(&options, data, size, &error) == 0)
        call_options_unref(options);
    return 0;
}
