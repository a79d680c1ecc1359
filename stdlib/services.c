/* SPDX-License-Identifier: MIT */
/* services: see services.h. */
#include "stdlib/services.h"

#include <stdlib.h>

#include "sched/base/memory.h"
#include "stdlib/entropy.h"
#include "vm/state.h"
#include "vm/vm.h"

struct services *services_new(void)
{
    struct services *services = memory_zeroed(sizeof *services, "what libraries share");
    services->entropy = entropy_new();
    uuid_clock_init(&services->uuid_clock);
    return services;
}

void services_free(struct services *services)
{
    if (!services)
        return;
    entropy_free(services->entropy);
    free(services);
}

struct services *services_of(lua_State *L)
{
    return vm_services(state_vm(L));
}
