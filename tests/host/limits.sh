#!/bin/sh
# SPDX-License-Identifier: MIT
# limits.sh: limits of hosts (processes, memory, mailbox) and of the whole program, and logs that nobody reads.
. "$(dirname "$0")/lib.sh"

clear_project
put src/_index.yaml <<'END'
namespace: app
entries:
  - {name: terminal, kind: terminal.host}
  - name: small
    kind: process.host
    host: {max_processes: 2, memory_limit: 2M, mailbox_limit: 3, workers: 4, unknown: 1}
    lifecycle: {auto_start: true}
  - {name: idle, kind: process.lua, source: "return function() process.events():receive() end"}
  - name: greedy
    kind: process.lua
    source: return function() local t = {} for i = 1, 1e7 do t[i] = {i} end end
  - name: spawns
    kind: process.lua
    modules: [io]
    source: |
      return function()
        for i = 1, 3 do
          local pid, err = process.spawn("app:idle", "app:small")
          io.print(i, pid and "spawned" or err:kind(), pid and "" or err)
        end
      end
  - name: eats
    kind: process.lua
    modules: [io]
    source: |
      return function()
        process.spawn_monitored("app:greedy", "app:small")
        local result = process.events():receive().result
        io.print(result.value, result.error:kind(), result.error)
      end
  - name: floods
    kind: process.lua
    modules: [io]
    source: |
      return function()
        local pid = process.spawn("app:idle", "app:small")
        for i = 1, 4 do
          local ok, err = process.send(pid, "t", i)
          io.print(i, ok, err and err:kind())
        end
      end
END
run run -x app:spawns
want_code 0; want_out "2	spawned"
grep -Eq '^3	(Unavailable|RateLimited)	' out || complain "the third spawn was not refused"
run run -x app:eats
want_code 0; want_out "nil	Internal	out of memory (limit 2 MB) in app:greedy"
run run -x app:floods
want_code 0; want_out "3	true	nil"; want_out "4	nil	RateLimited"

# limits that make no sense
sed -i 's/max_processes: 2, memory_limit: 2M, mailbox_limit: 3/max_processes: -1, memory_limit: lots, mailbox_limit: x/' src/_index.yaml
run run -v -x app:spawns
want_code 0; want_out "3	spawned"
want_err "src/_index.yaml:6: entry app:small: host.max_processes must be a number"
want_err "host.memory_limit must be a size like 64M; it is ignored"
want_err "host.mailbox_limit must be a number"

# the whole program: spawns beyond it are refused, the program goes on
project <<'END'
  - {name: big, kind: process.lua, source: "return function() local s = string.rep('x', 4000000) process.events():receive() return #s end"}
  - name: go
    kind: process.lua
    modules: [io]
    source: |
      return function()
        local refused
        for i = 1, 2000 do
          local pid, err = process.spawn("app:big", "app:processes")
          if not pid then refused = err:kind() break end
          coroutine.yield()
        end
        io.print("refused:", refused)
      end
END
run run -m 64M -x app:go
want_code 0; want_out "refused:	Unavailable"

# nobody reads the logs: the process ends all the same, and records are dropped, not torn
project <<'END'
  - name: chatty
    kind: process.lua
    source: return function() for i = 1, 20000 do print("record " .. i .. string.rep(".", 100)) end return 5 end
END
what="chatty with a log reader that sleeps"
mkfifo logs
# The reader takes nothing for a second, then everything.
{ sleep 1; cat >err; } <logs &
reader=$!
"$binary" run -c -x app:chatty >out 2>logs </dev/null
code=$?
wait $reader
want_code 5
want_err "record 1.."
! grep -qv '^ *[0-9.]*s [A-Z]* ' err || { grep -v '^ *[0-9.]*s [A-Z]* ' err | grep -qv '^moonlet ' && complain "a torn line"; }
grep -q "log records dropped" err || grep -q "record 20000" err || complain "records vanished without a word"
done_testing
