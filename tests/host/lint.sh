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
want_code 1; want_out "Checked 1 entry: 3 errors"
run lint --ns 'app.*' --limit 1
want_code 1; want_out "Checked 6 entries: 6 errors"
[ "$(grep -c '^error' out)" -eq 1 ] || complain "more findings than the limit"
run lint --ns nowhere
want_code 0; want_line out 1 "No issues found"; want_line out 2 "Checked 0 entries"
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

# nothing wrong, and no application
rm -r src/sub
project <<'END'
  - {name: good, kind: library.lua, source: "return {}"}
END
run lint
want_code 0; want_line out 1 "No issues found"; want_line out 2 "Checked 1 entry"; want_empty err
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

done_testing
