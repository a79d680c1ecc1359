#!/bin/sh
# SPDX-License-Identifier: MIT
# pg_scope.sh: the kind pg.scope as a service: who needs it starts it, what is wrong with its fields is said, and stopping ends it.
. "$(dirname "$0")/lib.sh"

# a scope without auto_start is started by who requires it, before it, and stops after it
project <<'END'
  - name: scope
    kind: pg.scope
    max_groups: 10
  - {name: unused, kind: pg.scope}
  - name: member
    kind: process.lua
    modules: [pg]
    source: |
      return function()
        local i = assert(pg.open("app:scope"))
        assert(i:join("g"))
        local _, err = pg.open("app:unused")
        print("joined", #i:get_members("g"), tostring(err))
        process.events():receive()
        print("still there: " .. tostring(i:leave("g")))
      end
  - {name: s, kind: process.service, process: member, host: processes, lifecycle: {auto_start: true, requires: [scope]}}
END
start run
await err "joined 1 pg scope app:unused is not running"
await err "application is running"
finish TERM
want_code 0
want_order "service app:scope is running" "joined 1" "shutting down" "still there: true"
want_order "service app:scope is running" "service app:s is running" "shutting down" "service app:s has stopped" \
    "service app:scope has stopped"
want_no_err "does nothing in this version"

# a negative limit rejects the entry; slips elsewhere keep the default
project <<'END'
  - {name: none, kind: pg.scope, max_groups: -1, lifecycle: {auto_start: true}}
  - {name: none_too, kind: pg.scope, max_members_per_group: -3, lifecycle: {auto_start: true}}
  - name: sloppy
    kind: pg.scope
    max_groups: many
    monitor_buffer: 0
    protocol_timeout: soon
    broadcast_timeout: -1s
    anti_entropy_interval: 0
    circuit_breaker_failures: 1.5
    circuit_breaker_reset_time: []
    max_retries: x
    retry_base_delay: 100ms
    retry_max_delay: 1 second
    action_queue_size: 0
    action_queue_max_size: 1024
    lifecycle: {auto_start: true}
END
start run
await err "application is running"
finish TERM
want_code 0
want_err "entry app:none: max_groups must not be negative (0: no limit); there is no such scope"
want_err "entry app:none_too: max_members_per_group must not be negative (0: no limit); there is no such scope"
want_no_err "service app:none"
want_err "service app:sloppy is running"
for field in max_groups circuit_breaker_failures max_retries; do
    want_err "entry app:sloppy: $field must be a number, 0 or more; the default is used"
done
for field in monitor_buffer action_queue_size; do
    want_err "entry app:sloppy: $field must be a number, 1 or more; the default is used"
done
for field in protocol_timeout broadcast_timeout circuit_breaker_reset_time retry_max_delay; do
    want_err "entry app:sloppy: $field must be a duration like \"5s\"; the default is used"
done
for field in anti_entropy_interval retry_base_delay action_queue_max_size; do want_no_err "sloppy: $field"; done
done_testing
