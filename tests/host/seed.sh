#!/bin/sh
# SPDX-License-Identifier: MIT
# seed.sh: --seed N gives the same run every time, other seeds other runs; time is virtual.
. "$(dirname "$0")/lib.sh"

project <<'END'
  - name: child
    kind: process.lua
    modules: [time]
    source: |
      return function(parent, name)
        for i = 1, 20 do
          process.send(parent, "tick", name .. i)
          if i % 5 == 0 then time.sleep("3ms") end
        end
      end
  - name: go
    kind: process.lua
    modules: [io, time]
    source: |
      return function()
        local inbox = process.inbox()
        for _, name in ipairs{"a", "b", "c", "d"} do process.spawn("app:child", "app:processes", process.pid(), name) end
        local t = {}
        for i = 1, 80 do t[#t + 1] = inbox:receive():payload():data() end
        io.print(table.concat(t, " "))
        local keys = {}
        for k in pairs{one = 1, two = 2, [{}] = 3, [function() end] = 4, five = 5, six = 6} do keys[#keys + 1] = type(k) == "string" and k or type(k) end
        io.print(table.concat(keys, " "))
        time.sleep("1h")
        io.print(time.now():unix(), process.pid())
      end
END
run run --seed 1 -x app:go
want_code 0; want_out "a1"
grep -Eqx 'seed 1 trace [0-9a-f]{16}' err && [ "$(wc -l <err)" -eq 1 ] || complain "no trace line alone"
cp out first; cp err first.err
started=$(date +%s)
for i in 1 2 3 4; do
    EXTRA_VARIABLE=$(printf "%0${i}00d" 0) run run -x app:go --seed 1
    cmp -s out first && cmp -s err first.err || complain "another run than the first with seed 1"
done
[ $(($(date +%s) - started)) -lt 3000 ] || complain "an hour of sleep took real time"
different=0
for seed in 2 3 4 5; do
    run run --seed $seed -x app:go
    want_code 0
    cmp -s out first || different=1
done
[ $different = 1 ] || complain "all seeds give the same run"
# records have virtual time stamps
run run -v --seed 1 -x app:go
want_err "2020-01-01 "
done_testing
