#!/bin/sh
# SPDX-License-Identifier: MIT
# terminal.sh: processes of a terminal.host: services get the terminal and end the program with their result; one at a time; hide_logs.
# shellcheck disable=SC1091,SC2154 # from lib.sh
. "$(dirname "$0")/lib.sh"

project <<'END'
  - name: ui
    kind: process.lua
    modules: [io]
    source: |
      local results = {
        none = function() end,
        no = function() return false end,
        seven = function() return 7 end,
        text = function() return "plain text" end,
        raise = function() error("boom") end,
        err = function() return nil, "came to nothing" end,
        waits = function() io.print("waiting") return process.events():receive().kind == "pid.cancel" and 9 end,
      }
      return { main = function(which)
        print("this is a log record")
        assert(io.print("args", #io.args()))
        return results[which]()
      end }
  - {name: s, kind: process.service, process: ui, host: terminal, input: [none], lifecycle: {auto_start: true}}
  - {name: go, kind: process.lua, source: "return function() return 3 end"}
END
while read -r which expected; do
    sed -i "s/input: \[.*\], life/input: [$which], life/" src/_index.yaml
    run run
    want_code "$expected"
    want_line out 1 "args	0"
    want_err "this is a log record"
    want_no_err "restart"
    case $which in
    raise) want_err "boom" ;;
    err) want_err "came to nothing" ;;
    text) want_line out 2 "plain text" ;;
    esac
done <<'END'
none 0
no 1
seven 7
text 0
raise 1
err 1
END

# asked to stop: what it returns then counts
sed -i "s/input: \[.*\], life/input: [waits], life/" src/_index.yaml
start run
await out waiting
finish TERM
want_code 9
want_order "shutting down" "service app:s has stopped" "service app:terminal has stopped"

# the terminal is taken: one process at a time, for the command line and for programs
run run -x app:go
want_code 1; want_err "terminal host app:terminal has a process; it takes one at a time"

# hide_logs: while it has the terminal
sed -i 's/kind: terminal.host,/& hide_logs: true,/' src/_index.yaml
start run
await out waiting
finish TERM
want_code 9
want_no_err "this is a log record"
want_err "service app:terminal has stopped"
sed -i 's/hide_logs: true/hide_logs: sometimes/' src/_index.yaml
start run
await out waiting
finish INT
want_code 9
want_err "hide_logs must be true or false; it is ignored"
want_err "this is a log record"

# a program that spawns on the terminal host: the process has the terminal while nobody else does
project <<'END'
  - {name: child, kind: process.lua, modules: [io], source: "return function() io.print('child has it') end"}
  - name: main
    kind: process.lua
    modules: [io]
    source: |
      return function()
        local pid, err = process.spawn("app:child", "app:terminal")
        io.print(pid, err:kind(), err)
        local other, refused = process.spawn("app:child", "app:second")
        io.print(other, refused and refused:kind())
        pid = assert(process.spawn_monitored("app:child", "app:third"))
        assert(process.events():receive().from == pid)
      end
  - {name: plain, kind: process.lua, modules: [io], source: "return function() local ok, err = io.print('x') return err:kind() end"}
  - {name: second, kind: terminal.host}
  - {name: third, kind: terminal.host, lifecycle: {auto_start: true}}
END
run run -x app:main --host app:terminal
want_code 0
want_line out 1 "nil	Unavailable	terminal host app:terminal has a process; it takes one at a time"
want_line out 2 "nil	Unavailable"
want_line out 3 "child has it"

# on a process.host there is no terminal, and the end of the process ends nothing else
project <<'END'
  - {name: p, kind: process.lua, modules: [io], source: "return function() local ok, err = io.print('x') print('kind', err:kind()) return 5 end"}
  - {name: s, kind: process.service, process: p, host: processes, lifecycle: {auto_start: true}}
END
start run
await err "kind Unavailable"
await err "service app:s has ended"
await err "application is running"
finish TERM
want_code 0
want_empty out
done_testing
