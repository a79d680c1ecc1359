#!/bin/sh
# SPDX-License-Identifier: MIT
# syntax.sh: what people and programs are told when a source that shall run does not parse.
. "$(dirname "$0")/lib.sh"

project <<'END'
  - {name: bad, kind: process.lua, source: file://bad.lua}
  - {name: lib, kind: library.lua, source: "local function f( return 1 end"}
  - {name: user, kind: process.lua, source: "return require('lib')", imports: {lib: "app:lib"}}
  - {name: other, kind: function.lua, source: "return require('lib')", imports: {lib: "app:lib"}}
  - name: parent
    kind: process.lua
    modules: [process, io]
    source: |
      return function()
        local pid, err = require("process").spawn("app:bad", "app:processes")
        require("io").print(pid, err:kind())
        require("io").print(err:message())
      end
END
printf 'local x = 1\n\tif x != 2 then\n\tend\nx += 1\n' | put src/bad.lua

# a process: all its errors as lint shows them; others, which were not asked for, in a line
run run -x app:bad
want_code 1
want_empty out
tail -n 15 err >seen
diff - seen <<'END' || complain "the errors look different"
error: Lua has no '!='
 --> app:bad:2:7 (src/bad.lua:2:7)
  |
2 |         if x != 2 then
  |              ^~
  = help: write '~='

error: Lua has no '+='
 --> app:bad:4:3 (src/bad.lua:4:3)
  |
4 | x += 1
  |   ^~
  = help: write 'x = x + y'

moonlet: app:bad cannot run: its source has syntax errors
END
want_line err 1 "moonlet: src/_index.yaml:7: entry app:user: app:lib:1:19: <name> or '...' expected near 'return'"
! grep -q "$(printf '\033')" err || complain "colours without a terminal"

# one whose library is wrong
run run -x app:user
want_code 1
tail -n 7 err >seen
diff - seen <<'END' || complain "the errors look different"
error: <name> or '...' expected near 'return'
 --> app:lib:1:19 (src/_index.yaml:6)
  |
1 | local function f( return 1 end
  |                   ^~~~~~

moonlet: app:user cannot run: the source of app:lib, which it imports, has syntax errors
END
want_err "moonlet: src/bad.lua:2:7: entry app:bad: Lua has no '!='; write '~=' (and 1 more)"

# a program gets an error object with all of it in one line, and the others run
run run -x app:parent
want_code 0; want_empty err
want_line out 1 "nil	Invalid"
want_line out 2 "app:bad:2:7: Lua has no '!='; write '~=' (and 1 more)"

# services: records stay lines, what stops the boot is shown in full, each source once
put src/services/_index.yaml <<'END'
namespace: app.services
entries:
  - {name: one, kind: process.service, process: "app:user", host: "app:processes", lifecycle: {auto_start: true}}
END
run run
want_code 1
want_err "	ERROR	loader	src/bad.lua:2:7: entry app:bad: Lua has no '!='; write '~=' (and 1 more)"
want_err " --> app:bad:4:3 (src/bad.lua:4:3)"
want_err "moonlet: src/services/_index.yaml:3: entry app.services:one: the service cannot start: src/_index.yaml:7: entry app:user: app:lib:1:19"
want_count 1 " --> app:lib:1:19 (src/_index.yaml:6)"
run run -s
want_code 1
want_count 1 " --> app:lib:1:19 (src/_index.yaml:6)"
want_count 0 "ERROR"

# where logs are JSON every line is
run run --set logger.encoding=json
want_code 1
want_err "src/bad.lua:2:7: entry app:bad: Lua has no '!='"
want_count 0 " --> "

# hundreds of errors are not all shown
i=0
while [ $i -lt 10 ]; do
    printf 'x = = 1\nx = = 2\nx = = 3\n' | put "src/services/wrong$i.lua"
    printf '  - {name: wrong%d, kind: process.lua, source: "file://wrong%d.lua"}\n' $i $i >>src/services/_index.yaml
    i=$((i + 1))
done
run run -s
want_code 1
want_count 20 " --> "
want_err "13 more; \`moonlet lint\` shows all of them"

done_testing
