#!/bin/sh
# SPDX-License-Identifier: MIT
# lint.sh: `moonlet lint` on syntax errors: forms of output, selection, exit codes.
. "$(dirname "$0")/lib.sh"

project <<'END'
  - {name: good, kind: library.lua, source: file://good.lua}
  - {name: bad, kind: process.lua, source: file://bad.lua}
  - {name: inline, kind: function.lua, source: "return 1 +"}
  - {name: code, kind: library.lua.bc, data: x}
  - {name: lost, kind: library.lua}
END
put src/sub/_index.yaml <<'END'
namespace: app.sub
entries:
  - {name: worse, kind: function.lua, source: file://worse.lua}
END
put src/good.lua <<'END'
#!/usr/bin/env moonlet
type Point = {x: number, y: number}
return {move = function(p: Point): Point return p end}
END
printf 'local x = 1\n\tif x != 2 then\n\tend\n' | put src/bad.lua
put src/sub/worse.lua <<'END'
x = = 1
local y: = 2
for i = 1 do
end
END

run lint
want_code 1
sed -n '1,6p;19,30p' out >seen
diff - seen <<'END' || complain "the report looks different"
error: unexpected symbol near '='
 --> app.sub:worse:1:5 (src/sub/worse.lua:1:5)
  |
1 | x = = 1
  |     ^

error: Lua has no '!='
 --> app:bad:2:7 (src/bad.lua:2:7)
  |
2 |         if x != 2 then
  |              ^~
  = help: write '~='

error: unexpected symbol near <eof>
 --> app:inline:1:11 (src/_index.yaml:7)
  |
1 | return 1 +
  |           ^
END
want_out "source is missing"
want_out " --> app.sub:worse:2:10 (src/sub/worse.lua:2:10)"
tail -n 1 out >last
want_line last 1 "Checked 6 entries: 6 errors"
! grep -q "$(printf '\033')" out || complain "colours without a terminal"

run lint --ns app.sub
want_code 1; want_out "Checked 1 entries: 3 errors"
run lint --ns 'app.*' --limit 1
want_code 1; want_out "Checked 6 entries: 6 errors"
[ "$(grep -c '^error' out)" -eq 1 ] || complain "more findings than the limit"
run lint --ns app.sub --ns app
want_code 1; want_out "Checked 6 entries: 6 errors"
run lint --ns '**' --ns ap --ns 'ap.*'
want_code 1; want_out "Checked 6 entries: 6 errors"
want_err "moonlet: --ns ap: there is no Lua entry in such a namespace"
want_err "moonlet: --ns ap.*: there is no Lua entry in such a namespace"
want_no_err "--ns **"
run lint --ns 'app.sub.**'
want_code 1; want_out "Checked 1 entries: 3 errors"
run lint --ns nowhere
want_code 0; want_line out 1 "No issues found"; want_line out 2 "Checked 0 entries"
want_err "moonlet: --ns nowhere: there is no Lua entry"
run lint --code E0001,W0002
want_code 0; want_line out 1 "No issues found"
run lint --code E0001,P0001 --level error
want_code 1; want_out "Checked 6 entries: 6 errors"
run lint --level loud
want_code 1; want_err "--level loud: must be error, warning or hint"
run lint --limit many
want_code 1; want_err "--limit many: must be a number"
run lint it
want_code 1; want_err "takes no further words"

run lint --summary
want_code 1
want_line out 1 "By namespace:"
want_line out 2 "  app                            3 issues (3 errors)"
want_line out 3 "  app.sub                        3 issues (3 errors)"
want_line out 5 "By error code:"
want_line out 6 "  P0001    [error  ]    6 occurrences"
want_line out 8 "Checked 6 entries: 6 errors"

run lint --json
want_code 1
want_line out 5 '{"entry_id":"app:bad","code":"P0001","severity":"error","message":"Lua has no '"'!='"'","line":2,"column":7},'
want_out '"total_entries":6,"error_count":6,"warning_count":0,"hint_count":0}'

run lint --summary --rules --cache-reset --no-color --profile none-such
want_code 1
run lint --set logger.level=debug --rules --cache-reset
want_code 1; want_out "Checked 6 entries: 6 errors"; want_empty err

# nothing wrong, and no application
rm -r src/sub
project <<'END'
  - {name: good, kind: library.lua, source: "return {}"}
END
run lint
want_code 0; want_line out 1 "No issues found"; want_line out 2 "Checked 1 entries"; want_empty err
run lint --json
want_code 0; want_line out 2 '"total_entries":1,"error_count":0,"warning_count":0,"hint_count":0}'
clear_project
run lint
want_code 1; want_err "there is no application here"

# sources cannot write to the terminal, long lines are cut around the place
project <<'END'
  - {name: rude, kind: library.lua, source: "local a = '\e[31m' local x = = 2"}
  - {name: long, kind: library.lua, source: file://long.lua}
END
{ printf 'local x = {'; i=0; while [ $i -lt 300 ]; do printf '%d, ' $i; i=$((i + 1)); done; printf '} = 3\n'; } | put src/long.lua
run lint
want_code 1; want_out "local a = '?[31m' local x = = 2"
! grep -q "$(printf '\033')" out || complain "a control character came out"
[ "$(awk '{ if (length($0) > most) most = length($0) } END { print most }' out)" -lt 200 ] || complain "a line was not cut"
want_out "298, 299, } = 3"

# a path where the text belongs
project <<'END'
  - {name: path, kind: library.lua, source: ./lib/path.lua}
END
run lint
want_code 1; want_out "source is Lua text, not a path; write file://./lib/path.lua"

# what is good Lua, but may not mean what it seems to; comments against that
project <<'END'
  - {name: mixed, kind: library.lua, source: file://mixed.lua}
  - {name: twice, kind: library.lua, source: "local a, _, _, a = f()"}
END
put src/mixed.lua <<'END'
type A = B | C & D
type E = B | C & D -- lint: ignore W0008
-- lint: ignore
type F = B | C & D
type G = B | (C & D) -- lint: ignore
END
run lint
want_code 1; want_out "error[E0017]: 'a' is declared twice in one 'local'"; want_out " --> app:twice:1:16 (src/_index.yaml:"
want_out "Checked 2 entries: 1 errors"
run lint --level hint
want_code 1; want_out "Checked 2 entries: 1 errors, 1 hints"
head -n 6 out >seen
diff - seen <<'END' || complain "the hint looks different"
hint[W0008]: '|' and '&' are mixed without parentheses
 --> app:mixed:1:10 (src/mixed.lua:1:10)
  |
1 | type A = B | C & D
  |          ^~~~~~~~~
  = help: they bind equally, from left to right: A | B & C is (A | B) & C; write what is meant
END
run lint --level hint --code W0008
want_code 0; want_out "Checked 2 entries: 1 hints"
run lint --level hint --json
want_code 1; want_out '"code":"W0008","severity":"hint"'; want_out '"error_count":1,"warning_count":0,"hint_count":1}'
run lint --level hint --summary
want_out "  E0017    [error  ]    1 occurrences"; want_out "  W0008    [hint   ]    1 occurrences"
want_out "  app                            2 issues (1 errors, 1 hints)"

# it is good Lua, so it runs
project <<'END'
  - {name: twice, kind: process.lua, source: "local a, a = 1, 2 return function() return a == 2 end"}
END
run run -x app:twice
want_code 0

# modules and imports that are not declared
project <<'END'
  - {name: lib, kind: library.lua, source: "return {}"}
  - name: user
    kind: library.lua
    modules: [time]
    imports: {lib: "app:lib"}
    source: |
      local a, b, c, d = require("time"), require("lib"), require("string"), require("errors")
      local e = require("json")
      local f = require "nothing"
      local g = require("nothing") -- lint: ignore R0001
      return require(a)
END
run lint
want_code 1; want_line out 1 'error[R0001]: require("json") is not declared in _index.yaml imports or modules'
want_out " --> app:user:2:19 ("; want_out "  = help: list it under 'modules' of the entry"
want_out " --> app:user:3:19 ("; want_out "  = help: there is no such module; a library is imported"
want_out "Checked 2 entries: 2 errors"

# limits of the compiler
{ i=0; while [ $i -lt 201 ]; do printf 'local a%d\n' $i; i=$((i + 1)); done; } >locals
project <<'END'
  - {name: many, kind: library.lua, source: file://many.lua}
END
put src/many.lua <locals
run lint
want_code 1; want_out "error: too many local variables (limit is 200) in main function near"
want_out " --> app:many:202:1 (src/many.lua:202:1)"

# another lock file
put other/here.lock <<'END'
directories: {src: sources}
END
put other/sources/_index.yaml <<'END'
namespace: elsewhere
entries:
  - {name: bad, kind: library.lua, source: "return ="}
END
run lint -l other/here.lock
want_code 1; want_out " --> elsewhere:bad:1:8 (other/sources/_index.yaml:3)"; want_out "Checked 1 entries: 1 errors"
run lint --lock-file "$PWD/other/here.lock"
want_code 1; want_out " --> elsewhere:bad:1:8"
run lint -l other/gone.lock
want_code 1; want_err "moonlet: the lock file other/gone.lock cannot be read: No such file or directory"
run lint -l other
want_code 1; want_err "moonlet: other: cannot be read"

# what is checked is what the configuration makes of the entries
project <<'END'
  - {name: broken, kind: library.lua, source: "return ="}
  - {name: good, kind: library.lua, source: "return {}"}
END
echo '{profiles: {dev: {disable: {entries: ["app:broken"]}}, fix: {override: {"app:broken:source": "return 1"}}}}' | put .moonlet.yaml
run lint
want_code 1; want_out "Checked 2 entries: 1 errors"
run lint --profile dev
want_code 0; want_out "Checked 1 entries"
run lint --profile fix
want_code 0; want_out "Checked 2 entries"
rm .moonlet.yaml

# a file of definitions that cannot be read may hold sources that are wrong
project <<'END'
  - {name: good, kind: library.lua, source: "return {}"}
END
printf 'entries: [\n' | put src/broken.yaml
run lint
want_code 1; want_err "moonlet: src/broken.yaml:2: column 1:"; want_line out 1 "No issues found"

# on a terminal: colours, and progress where there is much to do
{ i=0; while [ $i -lt 600 ]; do printf '  - {name: n%d, kind: library.lua, source: "return %d"}\n' $i $i; i=$((i + 1)); done; } | project
what="lint on a terminal"
if command -v script >/dev/null; then
    script -qec "'$binary' lint" /dev/null >out 2>err </dev/null
    want_out "checked 256 of 600 entries"; want_out "checked 512 of 600 entries"; want_out "Checked 600 entries"
    script -qec "'$binary' lint 2>err" /dev/null >out </dev/null
    want_empty err
    printf 'x = = 1\n' | put src/bad.lua
    project <<'END'
  - {name: bad, kind: library.lua, source: "x = = 1"}
END
    script -qec "'$binary' lint" /dev/null >out 2>err </dev/null
    want_out "$(printf '\033[31merror\033[0m: unexpected symbol')"
    script -qec "'$binary' lint --no-color" /dev/null >out 2>err </dev/null
    ! grep -q "$(printf '\033')" out || complain "colours in spite of --no-color"
    NO_COLOR=1 script -qec "'$binary' lint" /dev/null >out 2>err </dev/null
    ! grep -q "$(printf '\033')" out || complain "colours in spite of NO_COLOR"
fi

done_testing
