/* SPDX-License-Identifier: MIT */
/* services: see services.h. */
#include "stdlib/services.h"

#include <stdlib.h>

#include "sched/base/memory.h"
#include "stdlib/entropy.h"
#include "stdlib/metric.h"
#include "stdlib/zones.h"
#include "vm/state.h"
#include "vm/vm.h"

struct services *services_new(struct log *log)
{
    struct services *services = memory_zeroed(sizeof *services, "what libraries share");
    services->entropy = entropy_new();
    services->metrics = metric_registry_new(log, METRIC_SERIES_MAX);
    struct zones_config config = zones_default_config(log);
    services->zones = zones_new(&config);
    uuid_clock_init(&services->uuid_clock);
    return services;
}

void services_free(struct services *services)
{
    if (!services)
        return;
    metric_registry_free(services->metrics);
    zones_free(services->zones);
    entropy_free(services->entropy);
    free(services);
}

struct services *services_of(lua_State *L)
{
    return vm_services(state_vm(L));
}
