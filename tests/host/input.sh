#!/bin/sh
# SPDX-License-Identifier: MIT
# input.sh: what is wrong with an application's files is said in one line with file, line and entry, and the rest works.
. "$(dirname "$0")/lib.sh"

good='  - {name: fine, kind: process.lua, source: "return function() return 9 end"}'

# broken <text>: an entry app:go that cannot be run (standard input, from line 5 on); what is said when it is run, and that app:fine runs.
broken() {
    { cat; echo "$good"; } >entries
    project <entries
    run run -x app:go
    want_code 1
    want_err "$1"
    run run -x app:fine
    want_code 9
    want_empty err
}

broken ' --> app:go:2:8 (src/_index.yaml:5)' <<'END'
  - name: go
    kind: process.lua
    source: |
      local x = 1
      return ) (
END

echo 'return function() return 1' | put go.lua
mkdir -p src
cat >entries <<'END'
  - {name: go, kind: process.lua, source: file://go.lua}
  - {name: lib, kind: library.lua, source: file://lib.lua}
  - {name: user, kind: process.lua, source: "return function() end", imports: {l: lib}}
END
project <entries
printf 'local a = 1\n\nreturn function( return 1\n' >src/go.lua
printf 'local a =' >src/lib.lua
run run -x app:go
want_code 1; want_count 1 " --> app:go:3:18 (src/go.lua:3:18)"
run run -x app:user
want_code 1; want_count 1 " --> app:lib:1:10 (src/lib.lua:1:10)"

printf '\033LuaS\000\031\223' >src/go.lua
run run -x app:go
want_code 1; want_err "entry app:go: "; want_err "bytecode"

broken 'src/_index.yaml:5: entry app:go: source is missing' <<'END'
  - {name: go, kind: process.lua}
END
broken 'src/_index.yaml:6: entry app:go: source must be Lua text' <<'END'
  - {name: go, kind: process.lua,
     source: 5}
END
broken 'entry app:go: file://none.lua: cannot read src/none.lua: No such file' <<'END'
  - {name: go, kind: process.lua, source: file://none.lua}
END
broken 'leaves the source directory' <<'END'
  - {name: go, kind: process.lua, source: file://../../etc/passwd}
END
broken "src/_index.yaml:8: entry app:go: import 'x': there is no entry nothing" <<'END'
  - name: go
    kind: process.lua
    source: return 1
    imports: {x: nothing}
END
broken "import 'x': app:processes is a process.host, not a library.lua" <<'END'
  - {name: go, kind: process.lua, source: return 1, imports: {x: processes}}
END
broken "imports must be a map of names to library ids, not a list" <<'END'
  - {name: go, kind: process.lua, source: return 1, imports: [x]}
END
broken "modules must be a list of names, not a string" <<'END'
  - {name: go, kind: process.lua, source: return 1, modules: time}
END
broken "method must be the name of a function, not an integer" <<'END'
  - {name: go, kind: process.lua, source: return 1, method: 5}
END
broken "entry app:b: imports go in a circle: app:a -> app:b -> app:a" <<'END'
  - {name: go, kind: process.lua, source: "return function() end", imports: {a: a}}
  - {name: a, kind: library.lua, source: return 1, imports: {b: b}}
  - {name: b, kind: library.lua, source: return 1, imports: {a: a}}
END
broken "imports go in a circle: app:a -> app:a" <<'END'
  - {name: go, kind: process.lua, source: "return function() end", imports: {a: a}}
  - {name: a, kind: library.lua, source: return 1, imports: {a: a}}
END

broken "moonlet: src/_index.yaml:5: entry app:go: source is Lua text, not a path; write file://go.lua" <<'END'
  - {name: go, kind: process.lua, source: go.lua}
END

# found when it runs
broken 'moonlet: src/_index.yaml:5: entry app:go: method "main" not found' <<'END'
  - {name: go, kind: process.lua, source: "return {other = function() end}"}
END
broken 'method "start" not found' <<'END'
  - {name: go, kind: process.lua, source: "return {main = function() end}", method: start}
END
broken "module 'nothing' not found" <<'END'
  - {name: go, kind: process.lua, source: "return function() require('nothing') end"}
END
broken "module 'time' not found; list it under modules of the entry" <<'END'
  - {name: go, kind: process.lua, source: "return function() require('time') end"}
END
broken "app:go:2: " <<'END'
  - name: go
    kind: process.lua
    source: |
      local t = nil
      t.x = 1
END
broken "cannot block while loading" <<'END'
  - {name: go, kind: process.lua, source: "process.inbox():receive()"}
END

broken "cannot read src/: Is a directory" <<'END'
  - {name: go, kind: process.lua, source: "file://."}
END

project <<'END'
  - {name: go, kind: process.lua, source: "return function() end", imports: {l: lib}}
  - {name: lib, kind: library.lua, source: file://lib.lua}
END
printf 'local t\nt.x = 1\n' >src/lib.lua
run run -x app:go
want_code 1; want_err "moonlet: src/lib.lua:2: entry app:lib: "

# libraries do not start, so a circle of them is one problem and not two
project <<END
  - {name: go, kind: process.lua, source: "return function() end", imports: {a: a}}
  - {name: a, kind: library.lua, source: return 1, imports: {b: b}}
  - {name: b, kind: library.lua, source: return 1, imports: {a: a}}
END
run run -x app:go
[ "$(wc -l <err)" -eq 1 ] || complain "more than one line"

# files that are no definitions at all: the others are loaded
project <<END
$good
END
echo 'namespace: [' | put src/broken.yaml
printf 'namespace: x\nentries:\n  - {kind: process.lua}\n  - {name: 5, kind: process.lua}\n' | put src/noname.yaml
printf 'namespace: 5\nentries: []\n' | put src/number.yaml
printf 'namespace: x\nentries:\n  - \377\n' | put src/latin.yaml
ln -s /etc/passwd src/outside.yaml
truncate -s 65M src/big.yaml
ln -s nowhere src/gone.yaml
ln -s somebody src/.#locked.yaml # of an editor
deep=src$(printf '/d%.0s' $(seq 70))
mkdir -p "$deep"
run run -v -x app:fine
want_err "src/noname.yaml:4: an entry of namespace x has a name that is no text"
want_err "src/number.yaml:1: namespace must be a text, not an integer; the file is ignored"
want_err "src/latin.yaml:3: column 5: "
want_err "src/outside.yaml: cannot be read: leads out of the source directory"
want_err "src/big.yaml: cannot be read: it is larger than 64 MB"
want_no_err "locked.yaml"
want_err "src/gone.yaml: cannot be read: No such file or directory"
want_err "/d/d: cannot be read: it is more than 64 directories deep"
grep -Eqx 'moonlet [0-9.]+, [0-9]+ entries from src' err || complain "the banner is no line of its own"
want_code 9
want_err "src/broken.yaml:2: column "
want_err "src/noname.yaml:3: an entry of namespace x has no name"
run run -x app:gone
want_code 1
want_err "src/broken.yaml:2: column "
want_err "src/noname.yaml:3: an entry"
want_err "moonlet: there is no entry app:gone"

# kinds that do nothing here
project <<END
$good
  - {name: h1, kind: http.service, lifecycle: {auto_start: true}}
  - {name: h2, kind: http.service}
  - {name: odd, kind: some.thing}
  - {name: stored, kind: registry.entry}
END
run run -v -x app:fine
want_code 9
want_count 1 "http.service"
want_err "entry app:h1: kind http.service does nothing in this version; it is only stored, as are 1 more of its kind"
want_err "entry app:odd: kind some.thing does nothing"
want_no_err "app:stored"

# a module that does not exist warns, the process runs
project <<'END'
  - {name: go, kind: process.lua, source: "return function() return pcall(require, 'sql') and 1 or 2 end", modules: [sql]}
END
run run -v -x app:go
want_code 2; want_err "entry app:go: lists module 'sql', which does not exist in this version"

# imports
project <<'END'
  - name: go
    kind: process.lua
    source: |
      local deep = require("deep")
      return function() return deep.n + one.n * 10 end
    imports: {deep: deep, one: "other:one"}
  - {name: deep, kind: library.lua, source: "return {n = base.n + 1}", imports: {base: "other:one"}}
END
printf 'namespace: other\nname: one\nkind: library.lua\nsource: file:///shared/one.lua\n' | put src/other/x.yml
echo 'return {n = 4}' | put src/shared/one.lua
run run -x app:go
want_code 45; want_empty err

# wippy.lock, skipped directories, JSON
echo 'directories: {src: code}' | put wippy.lock
mv src code
echo 'namespace: old' | put code/old/x.yaml
printf '{"namespace": "js", "entries": [{"name": "j", "kind": "process.lua", "source": "return function() return 6 end"}]}' |
    put code/tool/j.json
run run -x js:j
want_code 6
export MOONLET_SKIP_DIRS=other,tool
run run -x js:j
want_code 1
unset MOONLET_SKIP_DIRS
done_testing
