#!/bin/sh
# SPDX-License-Identifier: MIT
# functions.sh: functions at boot and shutdown: states made ahead, definitions that are wrong, calls under way when the program ends.
. "$(dirname "$0")/lib.sh"

# static and adaptive pools make their states at boot, lazy ones do not; an inline function has the terminal of its caller, others have none
project <<'END'
  - name: fixed
    kind: function.lua
    pool: {type: static, workers: 3}
    method: call
    source: print("fixed is ready") return function() end
  - name: growing
    kind: function.lua
    pool: {type: adaptive, warm_start: 2}
    method: call
    source: print("growing is ready") return function() end
  - name: lazy
    kind: function.lua
    method: call
    source: print("lazy is ready") return function() end
  - name: broken
    kind: function.lua
    pool: {size: 1}
    method: call
    source: error("cannot be") return function() end
  - {name: inline, kind: function.lua, pool: {type: inline}, modules: [io], source: "return function() return require('io').print('from inline') end"}
  - {name: apart, kind: function.lua, modules: [io], source: "return function() return require('io').print('from apart') end"}
  - name: main
    kind: process.lua
    modules: [funcs, time]
    meta: {command: {name: main}}
    source: |
      return { main = function()
        local funcs, time = require("funcs"), require("time")
        assert(funcs.call("app:inline"))
        local value, err = funcs.call("app:apart")
        assert(not value and err)
        time.sleep("200ms")
      end }
END
run run -v main
want_code 0
want_count 3 "fixed is ready"
want_count 2 "growing is ready"
want_no_err "lazy is ready"
want_err "function app:broken cannot be made ready: app:broken:1: cannot be"
want_line out 1 "from inline"
[ "$(wc -l <out)" -eq 1 ] || complain "more than one line"

# what is wrong is named with its line; options that cannot be read are left out, the rest of the application runs
project <<'END'
  - name: elastic
    kind: function.lua
    pool: {type: elastic}
    source: return function() end
  - name: hasty
    kind: function.lua
    meta: {options: {timeout: soon, other: 1}}
    source: return function() return "fine" end
  - {name: wrong, kind: function.lua, source: "return function( end"}
  - name: main
    kind: process.lua
    modules: [funcs]
    meta: {command: {name: main}}
    source: |
      return { main = function()
        local funcs = require("funcs")
        assert(funcs.call("app:hasty") == "fine")
        assert(select(2, funcs.call("app:elastic")):kind() == errors.INVALID)
        assert(select(2, funcs.call("app:wrong")):kind() == errors.INVALID)
      end }
END
run run -v main
want_code 0
want_err "src/_index.yaml:7: entry app:elastic: pool.type 'elastic' is unknown; there are lazy, static, inline and adaptive"
want_err "entry app:hasty: meta.options: option timeout must be a number of milliseconds or a duration like \"1.5s\", 0 or more; they are ignored"
want_err "entry app:wrong:"

# the program ends while calls run, wait and repeat
project <<'END'
  - {name: stuck, kind: function.lua, pool: {max_size: 2}, source: "return function() print('stuck now') process.events():receive() while true do end end"}
  - {name: busy, kind: function.lua, source: "return function() print('busy now') while true do end end"}
  - {name: never, kind: function.lua, source: "return nil, errors.new{message = 'no', kind = errors.UNAVAILABLE}"}
  - name: caller
    kind: process.lua
    modules: [funcs]
    source: |
      return { main = function()
        local funcs = require("funcs")
        for _ = 1, 10 do funcs.async("app:stuck") funcs.async("app:busy") end
        funcs.new():with_options({retry = {max_attempts = 1000, initial_delay = 10}}):async("app:never")
        process.events():receive()
      end }
  - {name: s, kind: process.service, process: caller, host: processes, lifecycle: {auto_start: true, stop_timeout: 5s}}
END
start run
await err "stuck now"
await err "busy now"
finish TERM
want_code 0
want_no_err "could not be ended"
want_order "shutting down" "service app:s has stopped" "service app:processes has stopped"
done_testing
