/* SPDX-License-Identifier: MIT */
/* service: the words for states; the transitions are in supervisor.c. */
#include "host/service.h"

const char *service_state_name(enum service_state state)
{
    static const char *const names[] = {"unknown", "starting", "running", "stopping", "stopped", "exited", "failed"};
    return names[state];
}

bool service_is_active(const struct service *service)
{
    switch (service->state) {
    case SERVICE_STARTING:
    case SERVICE_RUNNING:
    case SERVICE_STOPPING:
        return true;
    case SERVICE_FAILED:
        return service->timer == SERVICE_TIMER_RETRY;
    default:
        return false;
    }
}
