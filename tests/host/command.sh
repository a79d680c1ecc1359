#!/bin/sh
# SPDX-License-Identifier: MIT
# command.sh: named commands and --exec: arguments, results as exit codes, choice of the terminal host, silence.
. "$(dirname "$0")/lib.sh"

project <<'END'
  - name: echo
    kind: process.lua
    meta: {command: {name: echo, short: prints its arguments}}
    modules: [io]
    source: |
      return { main = function(...)
        io.print(select("#", ...), ...)
        print("this is a log record")
        for i, v in ipairs(io.args()) do io.write(i, "=", v, " ") end
      end }
  - name: result
    kind: process.lua
    meta: {command: {name: result}}
    method: go
    source: |
      local results = {
        none = function() end,
        yes = function() return true end,
        no = function() return false end,
        seven = function() return 7 end,
        float = function() return 3.0 end,
        big = function() return 256 end,
        text = function() return "plain text" end,
        tab = function() return {} end,
        raise = function() error("boom") end,
        err = function() return nil, "came to nothing" end,
        object = function() return nil, errors.new("an object") end,
      }
      return { go = function(which) return results[which]() end }
  - name: func
    kind: process.lua
    source: return function() return 5 end
  - name: test
    kind: process.lua
    meta: {command: {name: check, use_case: test}}
    source: return function() end
END

run run list
want_code 0; want_out "echo    prints its arguments"; want_out "result"
! grep -q check out || complain "a test is listed"
run run echo
want_code 0; want_out "0"; want_empty err
run run echo a "b c" -- -v --
want_code 0; want_out "4	a	b c	-v	--"; want_out "1=a 2=b c 3=-v 4=-- "; want_empty err
run run -v echo x
want_code 0; want_err "this is a log record"; want_err "moonlet "; want_err "service app:terminal is running"
run run echo -c
want_code 0; want_err "this is a log record"
run run -s echo
want_code 0; want_empty err

while read -r which expected; do
    run run result "$which"
    want_code "$expected"
    [ "$which" = text ] || want_empty out
    case $which in
    raise) want_err "boom" ;;
    err) want_err "came to nothing" ;;
    object) want_err "an object" ;;
    *) want_empty err ;;
    esac
done <<'END'
none 0
yes 0
no 1
seven 7
float 3
big 1
text 0
tab 0
raise 1
err 1
object 1
END
run run result text
[ "$(cat out)" = "plain text" ] || complain "the text was not printed with a newline"

run run -x app:func
want_code 5
run run -x result
want_code 1 # a command without arguments: calls nil
run run --exec app:nothing
want_code 1; want_err "there is no entry app:nothing"
run run -x app:processes
want_code 1; want_err "app:processes is a process.host (src/_index.yaml:3); only a process.lua can be run"
run run ecko
want_code 1; want_err "no command 'ecko'; did you mean 'echo'?"; want_err "echo"; want_err "result"
for name in app.wapp acme/tool@1.2; do
    run run $name
    want_code 1; want_err "no command '$name'"; want_err "Packs and modules of a hub cannot be run"
done
run run echo --host app:processes
want_code 1; want_err "--host app:processes: that is a process.host, not a terminal.host"
run run echo --host app:none
want_code 1; want_err "--host app:none: there is no such entry"

# a signal cancels the command; what it returns then is the exit code
cat >>src/_index.yaml <<'END'
  - name: waits
    kind: process.lua
    modules: [io]
    source: return function() io.print("waiting") return process.events():receive().kind == "pid.cancel" and 9 end
  - name: deaf
    kind: process.lua
    modules: [io]
    source: return function() io.print("waiting") process.inbox():receive() end
END
start run -x app:waits
await out waiting
finish INT
want_code 9; want_empty err
sed -i 's/name: terminal, kind: terminal.host, lifecycle: {/&stop_timeout: 20ms, /' src/_index.yaml
start run -x app:deaf
await out waiting
finish TERM
want_code 1
# which of the two is said depends on who hears first that it was ended
grep -q -e "host stopped before the process ended" -e "app:deaf did not end in time" err || complain "the end is not explained"

# hide_logs
run run -v -x app:echo
want_err "this is a log record"
sed -i 's/kind: terminal.host,/& hide_logs: true,/' src/_index.yaml
run run -v -x app:echo
want_code 0; want_no_err "this is a log record"; want_err "shutting down"

# several terminal hosts, none that starts by itself
cat >>src/_index.yaml <<'END'
  - {name: second, kind: terminal.host}
END
run run -x app:func
want_code 1; want_err "2 terminal hosts; choose one with --host: app:terminal app:second"
run run -x app:func --host app:second
want_code 5
run run -x app:func --host app:terminal
want_code 5

# a name that two entries claim
cat >>src/_index.yaml <<'END'
  - {name: echo2, kind: process.lua, meta: {command: {name: echo}}, source: return 1}
END
run run echo
want_code 1; want_err "two entries are named command 'echo': app:echo (src/_index.yaml:5) and app:echo2"
run run list
want_code 1; want_err "two entries are named"
run run
want_code 1; want_err "two entries are named"
run run -x app:func --host app:terminal
want_code 1; want_err "two entries are named"

# started with its standard streams closed: reading ends at once, and no file of the VM takes their place
project <<'END'
  - name: reader
    kind: process.lua
    modules: [io]
    source: |
      return function()
        io.print("nobody reads this")
        io.eprint("nor this")
        local line, err = io.readline()
        return line == nil and err:message() == "EOF" and 7
      end
END
what="run with closed streams"
timeout -s KILL $((20 * ${SLOWNESS:-1})) "$binary" run -x app:reader <&- >&- 2>&-
code=$?
want_code 7

# no terminal host
clear_project
put src/a.yaml <<'END'
namespace: a
name: p
kind: process.lua
source: return function() end
END
run run -x a:p
want_code 1; want_err "no terminal.host"
run run list
want_code 0; want_err "no process entry has a meta.command.name"
done_testing
