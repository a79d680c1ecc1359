#!/bin/sh
# SPDX-License-Identifier: MIT
# services.sh: services start in order of what they need, are restarted, and stop in reverse.
. "$(dirname "$0")/lib.sh"

# order: c needs b, b needs a; all need the host
project <<'END'
  - name: waiter
    kind: process.lua
    source: |
      return { main = function(name)
        print(name .. " starts")
        local event = process.events():receive()
        print(name .. " gets " .. event.kind .. " " .. event.reason)
      end }
  - {name: c, kind: process.service, process: waiter, host: processes, input: [c], lifecycle: {auto_start: true, requires: [b]}}
  - {name: b, kind: process.service, process: waiter, host: processes, input: [b], lifecycle: {depends_on: ["app:a"]}}
  - {name: a, kind: process.service, process: waiter, host: processes, input: [a], lifecycle: {auto_start: true}}
  - {name: idle, kind: process.service, process: waiter, host: processes, input: [idle]}
END
start run
await err "c starts"
await err "application is running"
finish TERM
want_code 0
want_order "service app:processes is running" "service app:a is running" "service app:b is running" "service app:c is running" \
    "shutting down" "c gets pid.cancel service stopping" "service app:c has stopped" "service app:b has stopped" \
    "service app:a has stopped" "service app:processes has stopped"
want_no_err "idle"

# restart with backoff, until attempts are used up
project <<'END'
  - name: crash
    kind: process.lua
    source: return { main = function() print("attempt") error("boom") end }
  - name: s
    kind: process.service
    process: crash
    host: processes
    lifecycle: {auto_start: true, restart: {initial_delay: 1ms, jitter: 0, backoff_factor: 2, max_attempts: 3}}
END
start run
await err "no more restarts after 3"
finish INT
want_code 0
want_count 4 "attempt"
want_order "; restart 1 in 1ms" "; restart 2 in 2ms" "; restart 3 in 4ms" "no more restarts after 3"

# a normal end, a failure that is not to be retried, terminated by another
project <<'END'
  - {name: once, kind: process.lua, source: "return function() return 1 end"}
  - {name: hopeless, kind: process.lua, source: "return function() return nil, 'not again' end"}
  - name: victim
    kind: process.lua
    source: |
      return function()
        process.registry.register("victim")
        print("victim lives")
        process.events():receive()
      end
  - name: killer
    kind: process.lua
    source: |
      return function()
        local pid
        repeat
          pid = process.registry.lookup("victim")
          coroutine.yield()
        until pid
        print("killing", process.terminate(pid))
        while true do
          local now = process.registry.lookup("victim")
          if now and now ~= pid then break end
          coroutine.yield()
        end
        print("victim is back")
      end
  - {name: s_once, kind: process.service, process: once, host: processes, lifecycle: {auto_start: true}}
  - {name: s_hopeless, kind: process.service, process: hopeless, host: processes, lifecycle: {auto_start: true}}
  - name: s_victim
    kind: process.service
    process: victim
    host: processes
    lifecycle: {auto_start: true, restart: {initial_delay: 1ms, jitter: 0}}
  - {name: s_killer, kind: process.service, process: killer, host: processes, lifecycle: {auto_start: true, requires: [s_victim]}}
END
start run
await err "victim is back"
await err "service app:s_once has ended"
await err "service app:s_hopeless failed and is not restarted: not again"
finish TERM
want_code 0
want_count 2 "victim lives"
want_err "service app:s_victim failed: process terminated; restart 1 in 1ms"

# which ends are failures, and which of those are tried again
project <<'END'
  - name: ends
    kind: process.lua
    source: |
      local ways = {
        value = function() return { any = "value" } end,
        no = function() return false end,
        raised = function() error("raised") end,
        canceled = function() error(errors.new { message = "canceled", kind = errors.CANCELED }) end,
        hopeless = function() error(errors.new { message = "hopeless", retryable = false }) end,
        returned = function() return nil, errors.new { message = "returned", retryable = true } end,
        linked = function()
          process.spawn_linked("app:dies", "app:processes")
          process.inbox():receive()
        end,
      }
      return function(way) return ways[way]() end
  - {name: dies, kind: process.lua, source: "return function() error('a linked one died') end"}
END
for way in value no raised canceled hopeless returned linked; do
    echo "  - {name: $way, kind: process.service, process: ends, host: processes, input: [$way], lifecycle: {auto_start: true, startup: optional, restart: {initial_delay: 1ms, max_attempts: 1}}}"
done >>src/_index.yaml
start run
for way in value no; do await err "service app:$way has ended"; done
for way in canceled hopeless; do await err "service app:$way failed and is not restarted: $way"; done
for way in raised returned linked; do await err "service app:$way failed"; await err "no more restarts after 1"; done
await err "application is running"
for way in raised returned linked; do
    i=0
    while [ "$(grep -c "service app:$way failed.*no more restarts" err)" -eq 0 ] && [ $i -lt 400 ]; do i=$((i + 1)); sleep 0.05; done
    want_order "service app:$way failed: " "service app:$way failed: "
done
finish TERM
want_code 0
for way in value no canceled hopeless; do want_count 0 "service app:$way failed: "; done

# a required service that cannot start ends the boot; an optional one does not
for case in "startup: optional" "startup: required"; do
    project <<END
  - {name: bad, kind: process.lua, source: "error('cannot load')"}
  - {name: s, kind: process.service, process: bad, host: processes, lifecycle: {auto_start: true, $case}}
  - {name: go, kind: process.lua, source: "return function() return 4 end"}
END
    run run -x app:go
    if [ "$case" = "startup: optional" ]; then
        want_code 4
    else
        want_code 1
        want_err "moonlet: src/_index.yaml:6: entry app:s: the service cannot start: app:bad:1: cannot load"
        run run
        want_count 1 "cannot load" # no log record beside the message, and none of a restart that does not come
    fi
done

# what a service names does not exist
while read -r fields wrong; do
    fields=$(echo "$fields" | sed 's/:/: /g; s/,/, /g')
    project <<END
  - {name: p, kind: process.lua, source: "return function() end"}
  - {name: s, kind: process.service, lifecycle: {auto_start: true}, $fields}
END
    run run
    want_code 1
    want_err "moonlet: src/_index.yaml:6: entry app:s: the service cannot start: $wrong"
done <<'END'
process:p host is missing
process:p,host:none host: there is no entry app:none
process:p,host:p host: app:p is a process.lua, not a process.host
process:none,host:processes process: there is no entry app:none
process:processes,host:processes process: app:processes is a process.host, not a process.lua
END

# slips that only warn
project <<'END'
  - {name: p, kind: process.lua, source: "return function(...) print(select('#', ...)) end"}
  - {name: s, kind: process.service, process: p, host: processes, input: 5, lifecycle: {auto_start: true, requires: [gone]}}
  - {name: go, kind: process.lua, source: "return function() return 4 end"}
END
run run -v -x app:go
want_code 4
want_err "entry app:s: lifecycle requires: there is no entry gone"
want_err "entry app:s: input must be a list of arguments, not an integer; it is ignored"

# stop timeout: a service that does not listen is ended
project <<'END'
  - name: deaf
    kind: process.lua
    source: return function() print("deaf starts") process.inbox():receive() end
  - {name: s, kind: process.service, process: deaf, host: processes, lifecycle: {auto_start: true, stop_timeout: 20ms}}
END
# the second round with one that does not even wait; such a loop cannot be interrupted under TSan
for round in 1 2; do
    start run
    await err "deaf starts"
    finish TERM
    want_code 0
    want_err "service app:s: stop timeout after 20ms; it is ended"
    want_order "stop timeout" "service app:processes has stopped"
    sed -i 's/process.inbox():receive() end$/while true do end end/' src/_index.yaml
    case $SANITIZE in *thread*) break ;; esac
done

# shutdown.timeout: everything that is left is ended
project <<'END'
  - name: deaf
    kind: process.lua
    source: return function() print("deaf starts") process.inbox():receive() end
  - {name: s, kind: process.service, process: deaf, host: processes, lifecycle: {auto_start: true, stop_timeout: 1h}}
END
echo 'shutdown: {timeout: 50ms}' | put .moonlet.yaml
start run
await err "deaf starts"
finish TERM
want_code 0
want_err "shutting down took too long"
rm .moonlet.yaml

# a second signal exits at once
start run
await err "deaf starts"
kill -s TERM "$pid"
await err "shutting down"
sleep 0.2 # sooner, the two would count as one
finish TERM
want_code 1
want_err "second signal"

# two at once are one
sed -i 's/stop_timeout: 1h/stop_timeout: 20ms/' src/_index.yaml
start run
await err "deaf starts"
kill -s TERM "$pid"
finish INT
want_code 0
want_no_err "second signal"

# S20: a start that hangs hangs nothing else: others start, what hangs is ended at its time-out, and nothing is left of it
project <<'END'
  - {name: hang, kind: process.lua, source: "while true do end"}
  - {name: hung, kind: process.service, process: hang, host: other, lifecycle: {auto_start: true, startup: optional, start_timeout: 30ms, restart: {initial_delay: 1ms, max_attempts: 2}}}
  - {name: other, kind: process.host, lifecycle: {auto_start: true, stop_timeout: 1h}}
  - {name: fine, kind: process.lua, source: "return function() process.events():receive() end"}
  - {name: s, kind: process.service, process: fine, host: processes, lifecycle: {auto_start: true}}
END
case $SANITIZE in
*thread*) ;; # such a loop cannot be interrupted there
*)
    start run
    await err "service app:s is running"
    await err "service app:hung failed: it did not start within 30ms; no more restarts after 2"
    await err "application is running"
    finish TERM
    want_code 0
    want_err "service app:other has stopped"
    # stopped while it hangs
    sed -i 's/start_timeout: 30ms/start_timeout: 1h, stop_timeout: 20ms/' src/_index.yaml
    start run
    await err "service app:s is running"
    finish TERM
    want_code 0
    want_order "service app:hung: it did not start within 20ms; it is ended" "service app:other has stopped"
    ;;
esac

# JSON logs and a level
project <<'END'
  - {name: go, kind: process.lua, source: "return function() print('quiet') end"}
  - {name: odd, kind: some.thing}
END
echo 'logger: {encoding: json}
logmanager: {min_level: 1}' | put .moonlet.yaml
run run -v -x app:go
want_code 0
want_err '{"level":"warn","ts":"'
want_err '"logger":"loader","msg":"src/_index.yaml:6: entry app:odd: kind some.thing'
want_no_err "quiet"
done_testing
