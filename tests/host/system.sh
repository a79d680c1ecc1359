#!/bin/sh
# SPDX-License-Identifier: MIT
# system.sh: system.exit as exit status, the name of the node, and what a strict runtime refuses.
. "$(dirname "$0")/lib.sh"

# without a command, from a service; services stop in order
project <<'END'
  - name: waiter
    kind: process.lua
    source: |
      return function()
        print("gets " .. process.events():receive().kind)
      end
  - name: ender
    kind: process.lua
    modules: [system]
    source: |
      return function(code)
        print("exit", system.exit(code))
      end
  - {name: s, kind: process.service, process: waiter, host: processes, lifecycle: {auto_start: true}}
  - {name: e, kind: process.service, process: ender, host: processes, input: [CODE], lifecycle: {auto_start: true, requires: [s]}}
END
cp src/_index.yaml template
for case in "0 0" "3 3" "255 255" "256 1" "-1 255" "300 44"; do
    sed "s/CODE/${case% *}/" template >src/_index.yaml
    run run
    want_code "${case#* }"
    want_order "service app:s is running" "shutting down" "gets pid.cancel" "service app:s has stopped"
    want_err "exit true"
done

# a command that does not end after it: its time is up, and the status is still what was asked for
project <<'END'
  - {name: stays, kind: process.lua, modules: [system], source: "return function() system.exit(5) while true do process.inbox():receive() end end"}
END
sed -i 's/terminal.host, lifecycle: {/terminal.host, lifecycle: {stop_timeout: 100ms, /' src/_index.yaml
run run -x app:stays
want_code 5

# the name of the node
project <<'END'
  - {name: go, kind: process.lua, modules: [system, io], source: "return function() io.print(system.node.id(), system.cluster.members()[1].id) end"}
END
run run -x app:go
want_code 0
first=$(cat out)
run run -x app:go
[ "$(cat out)" = "$first" ] || complain "another name than in the run before: $first"
MOONLET_NODE_ID=from.env run run -x app:go
want_out "from.env	from.env"
echo "relay: {node_name: configured}" >.moonlet.yaml
MOONLET_NODE_ID=from.env run run -x app:go
want_out "configured	configured"

# strict: without an actor nothing that needs a permission is allowed
project <<'END'
  - {name: other, kind: registry.entry}
  - {name: values, kind: env.storage.static, values: {NAME: x}}
  - {name: name, kind: env.variable, variable: NAME, storage: values}
  - name: go
    kind: process.lua
    modules: [system, env, registry, io]
    source: |
      local function refused(kind, text, f, ...)
        local value, err = f(...)
        assert(value == nil and err:kind() == kind and tostring(err):find(text, 1, true), tostring(err))
      end
      return function()
        local s, invalid = system, errors.INVALID
        for _, f in ipairs { s.exit, s.modules, s.memory.stats, s.memory.allocated, s.memory.heap_objects, s.memory.get_limit, s.gc.collect,
          s.gc.get_percent, s.runtime.goroutines, s.runtime.max_procs, s.runtime.cpu_count, s.process.pid, s.process.hostname, s.process.cwd,
          s.hosts.list, s.supervisor.states, s.node.id, s.node.addr, s.node.role, s.cluster.members, s.cluster.leader, s.cluster.size,
          s.raft.is_leader, s.raft.is_member, s.raft.role, s.raft.term, s.raft.commit_index, s.raft.stats, s.workers } do
          refused(invalid, "permission denied: system.", f)
        end
        refused(invalid, "system.control on memory_limit", s.memory.set_limit, 1)
        refused(invalid, "system.gc on gc_percent", s.gc.set_percent, 50)
        refused(invalid, "system.control on gomaxprocs", s.runtime.max_procs, 1)
        refused(invalid, "system.read on hosts", s.hosts.processes, "app:processes")
        refused(invalid, "system.read on supervisor", s.supervisor.state, "app:processes")
        refused(invalid, "system.lock on name", s.lock.acquire, "name")
        refused(invalid, "system.lock on name", s.lock.release, "name")
        refused(errors.PERMISSION_DENIED, "not allowed to get environment variable NAME", env.get, "NAME")
        refused(errors.PERMISSION_DENIED, "not allowed to set environment variable NAME", env.set, "NAME", "y")
        assert(next(env.get_all()) == nil)
        refused(errors.PERMISSION_DENIED, "not allowed to read entry app:other", registry.get, "app:other")
        refused(errors.PERMISSION_DENIED, "not allowed to read entry app:nobody", registry.get, "app:nobody")
        refused(errors.PERMISSION_DENIED, "app:other", function(id) return registry.snapshot():get(id) end, "app:other")
        assert(#registry.find() == 0 and #registry.snapshot():entries() == 0 and #registry.snapshot():namespace("app") == 0)
        io.print("all refused")
      end
END
echo "security: {strict_mode: true}" >.moonlet.yaml
run run -x app:go
want_code 0
want_out "all refused"
done_testing
