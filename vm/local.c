/* SPDX-License-Identifier: MIT */
/* local: see local.h. There are few items, so a list does. */
#include "vm/local.h"

#include "vm/state.h"
#include "vm/vm_struct.h"

struct local_item *local_find(lua_State *L, const void *key)
{
    struct local_item *item = vm_local(state_vm(L))->items;
    while (item && item->key != key)
        item = item->next;
    return item;
}

void local_add(lua_State *L, struct local_item *item)
{
    struct vm_local *local = vm_local(state_vm(L));
    item->next = local->items;
    local->items = item;
}

void local_remove(lua_State *L, struct local_item *item)
{
    struct local_item **at = &vm_local(state_vm(L))->items;
    while (*at != item)
        at = &(*at)->next;
    *at = item->next;
}

void local_free_all(struct vm_local *local)
{
    while (local->items) {
        struct local_item *item = local->items;
        local->items = item->next;
        item->free(item);
    }
}
