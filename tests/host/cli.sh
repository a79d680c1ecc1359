#!/bin/sh
# SPDX-License-Identifier: MIT
# cli.sh: help, version, wrong command lines.
. "$(dirname "$0")/lib.sh"

run
want_code 0; want_out "Usage: moonlet"
run --help
want_code 0; want_out "Commands:"
run help run
want_code 0; want_out "--exec"
run run -h
want_code 0; want_out "Exit codes"
run version
want_code 0; want_out "moonlet "
run version --short
want_code 0
grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+' out || complain "no bare version number"

run rum
want_code 1; want_err "moonlet: unknown command rum; did you mean run?"; want_err "There are: run init lint version help."
run run --wrokers 2
want_code 1; want_err "did you mean --workers?"
run --version
want_code 1; want_err "moonlet: unknown flag --version; there is a command of that name: moonlet version"
run run --workers 0
want_code 1; want_err "--workers 0: must be a number from 1 to 256"
run run -m lots
want_code 1; want_err "--memory-limit lots: must be a size"
run run --seed 1 --workers 2
want_code 1; want_err "contradicts"
export GOMEMLIMIT=lots
run run
want_code 1; want_err "GOMEMLIMIT lots: must be a size like 512M or 2G, or off"
unset GOMEMLIMIT
"$binary" version >/dev/full 2>err
code=$?; want_code 1; want_err "standard output cannot be written"
run run hello --name x
want_code 1; want_err "write -- before it"

# nothing to run
run run
want_code 1; want_err "there is no application here"; want_err "src"
mkdir src
run run
want_code 1; want_err "no definition file in src holds an entry"
echo 'directories: {src: elsewhere}' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock: the source directory elsewhere cannot be read"
echo 'directories: {src: .}' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock:1: directories.src must not be the project directory"
echo 'directories: [' | put moonlet.lock
run run
want_code 1; want_err "moonlet.lock:2: "
for here in ./ src/.. "$PWD"; do # by any name
    echo "directories: {src: $here}" | put moonlet.lock
    run run
    want_code 1; want_err "moonlet.lock:1: directories.src must not be the project directory"
done
rm moonlet.lock

# settings
project </dev/null
echo 'logger: {encoding: xml}' | put .moonlet.yaml
run run
want_code 1; want_err ".moonlet.yaml:1: logger.encoding must be console or json"
rm .moonlet.yaml
echo 'shutdown: {timeout: soon}' | put .wippy.yaml
run run
want_code 1; want_err ".wippy.yaml:1: shutdown.timeout must be a duration"
rm .wippy.yaml

# all that is wrong is listed
printf 'logger: {encoding: xml}\nshutdown: {timeout: soon}\n' | put .moonlet.yaml
run run --set logmanager.min_level=7 --profile none
want_code 1
want_err "moonlet: .moonlet.yaml:1: logger.encoding must be"
want_err "moonlet: .moonlet.yaml:2: shutdown.timeout must be"
want_err "moonlet: --set logmanager.min_level=7: logmanager.min_level must be a number from -1"
want_err "moonlet: --profile none: the configuration has no profiles"
rm .moonlet.yaml

# --config: files that must be there, later ones win; without it .moonlet.yaml before .wippy.yaml
mkfifo pipe.yaml
run run --config pipe.yaml
want_code 1; want_err "pipe.yaml: cannot be read: it is no regular file"
run run list more
want_code 1; want_err "moonlet: \`moonlet run list\` takes no further words (more)"
run run --config none.yaml
want_code 1; want_err "--config none.yaml: there is no such file"
project <<'END'
  - {name: go, kind: process.lua, source: "return function() print('quiet') end"}
  - {name: odd, kind: some.thing}
END
echo 'logger: {encoding: json}' | put conf/a.yaml
echo 'logmanager: {min_level: 1}' | put conf/b.yaml
echo 'logger: {encoding: xml}' | put .wippy.yaml
run run -v -x app:go --config conf/a.yaml --config conf/b.yaml
want_code 0; want_err '{"level":"warn"'; want_no_err "quiet"
echo 'logger: {encoding: json}' | put .moonlet.yaml
run run -v -x app:go
want_code 0; want_err '"msg":"quiet"'
run run -v -x app:go --set logger.encoding=console
want_code 0; want_err "	quiet"
echo '{logger: {encoding: json}, profiles: {quiet: {logmanager: {min_level: 2}}}}' | put .moonlet.yaml
run run -v -x app:go --profile quiet
want_code 0; want_no_err "quiet"; want_empty err
run run -v -x app:go --set loger.encoding=json
want_code 0; want_err "--set loger.encoding=json: there is no such setting; did you mean logger.encoding?"
run run -v -x app:go --set logmanager.propagate_downstream=false
want_code 0; want_empty out
run run -p -v -x app:go
want_code 0; want_err "there is no profiler inside"

# --very-verbose: where an uncaught error came from
project <<'END'
  - name: fails
    kind: process.lua
    source: |
      local function inner() local x = nil; return x.field end
      local function outer() inner() return 1 end
      return function() outer() return 2 end
END
for flag in --very-verbose -v; do
    run run $flag -x app:fails
    want_code 1; want_err "app:fails:1: attempt to index a nil value"
done
want_no_err "stack:"
run run --very-verbose -x app:fails
want_err "of app:fails: uncaught error: app:fails:1: attempt to index a nil value (local 'x'); stack:  app:fails:1 (inner),  app:fails:2 (outer),  app:fails:3 (anonymous)"

# a node with a name: part of every PID
project <<'END'
  - {name: echo, kind: process.lua, source: "return function() local m = process.inbox():receive() process.send(m:from(), 'r', process.pid()) end"}
  - name: main
    kind: process.lua
    modules: [io, system]
    source: |
      return function()
        local replies = process.listen("r")
        local pid = assert(process.spawn("app:echo", "app:processes"))
        assert(process.send(pid, "hello"))
        assert(replies:receive() == pid)
        io.print(process.pid():match("^[^|]*"), pid:match("^[^|]*"), (system.node.id()))
      end
END
run run -x app:main --set relay.node_name=worker-1
want_code 0; want_line out 1 "{worker-1@app:terminal	{worker-1@app:processes	worker-1"
run run -x app:main
want_code 0; want_out "{app:terminal	{app:processes	node-"
MOONLET_NODE_ID="two words" run run -x app:main
want_code 1; want_err "the name of this node, 'two words', must not hold blanks"

# init
clear_project
run init
want_code 0; want_out "wrote moonlet.lock: definitions go to ./src"
grep -qx '  src: ./src' moonlet.lock || complain "the lock file lacks src"
run init
want_code 1; want_err "moonlet.lock is there already"
run init -l wippy.lock
want_code 1; want_err "there is a moonlet.lock already"
rm moonlet.lock
run init --src-dir .
want_code 1; want_err "--src-dir .: must be a directory of its own"
run init --src-dir "$PWD"
want_code 1; want_err "must be a directory of its own"
run init -d "odd dir" --modules-dir mods -l wippy.lock
want_code 0
mkdir -p "odd dir"
echo '{namespace: a, name: p, kind: process.lua, source: "return function() end"}' >"odd dir/a.yaml"
run run list
want_code 0; want_err "no process entry has"
run init
want_code 1; want_err "there is a wippy.lock already"
run init -l none/x.lock
want_code 1; want_err "none/x.lock cannot be written: No such file"
done_testing
