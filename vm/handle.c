/* SPDX-License-Identifier: MIT */
/* handle: see handle.h. A closed handle has no release function. */
#include "vm/handle.h"

#include "sched/base/compiler.h"
#include "vm/fiber.h"
#include "vm/process_struct.h"
#include "vm/state.h"

void handle_open(lua_State *L, struct handle *handle, handle_release_f release)
{
    handle->release = release;
    list_add_tail(&state_process(L)->handles, &handle->link);
}

void handle_keep(lua_State *L, struct handle *handle, handle_release_f release)
{
    handle->release = release;
    list_add_tail(&state_of(L)->handles, &handle->link);
}

void handle_close(struct handle *handle)
{
    handle_release_f release = handle->release;
    if (!release)
        return;
    handle->release = NULL;
    list_remove(&handle->link);
    release(handle);
}

void handle_close_all(struct list *handles)
{
    while (!list_is_empty(handles))
        handle_close(container_of(handles->next, struct handle, link));
}
