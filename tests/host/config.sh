#!/bin/sh
# SPDX-License-Identifier: MIT
# config.sh: what the configuration changes about entries: overrides, disabling, profiles, requirements, modules.
# shellcheck disable=SC1091,SC2154 # from lib.sh
. "$(dirname "$0")/lib.sh"

app() {
    project <<'END'
  - name: show
    kind: process.lua
    meta: {command: {name: show}}
    modules: [io]
    method: one
    source: |
      return { one = function() io.print("one") end, two = function() io.print("two") end }
  - {name: dev_only, kind: process.lua, meta: {command: {name: dev}}, source: "return function() return 3 end"}
END
}

# the file, a profile, the command line: the later wins
app
run run show
want_code 0; want_out one
run run show -o app:show:method=two
want_code 0; want_out two
echo '{override: {"app:show:method": two}, profiles: {p: {override: {"app:show:method": one}}}}' | put .moonlet.yaml
run run show
want_code 0; want_out two
run run show --profile p
want_code 0; want_out one
run run show --profile p -o app:show:data.method=two
want_code 0; want_out two
run run list -o app:show:meta.command.name=shown
want_code 0; want_out shown
run run dev -o app:dev_only:kind=library.lua
want_code 1; want_err "no command 'dev'"

# all that cannot be is listed, and nothing runs
run run show -o app:none:a=1 -o nonsense -o app:show:method.x=1
want_code 1; want_empty out
want_err "moonlet: -o app:none:a=1: override of app:none: there is no such entry"
want_err "moonlet: -o nonsense: must be NAMESPACE:ENTRY:PATH=VALUE"
want_err "moonlet: -o app:show:method.x=1: override of app:show, method.x: method is no map"

# disable: as if it were not there
echo 'disable: {entries: ["app:dev_*"]}' | put .moonlet.yaml
run run dev
want_code 1; want_err "no command 'dev'"
run run show
want_code 0
run run show -o app:dev_only:method=x
want_code 1; want_err "override of app:dev_only: this entry is disabled by the configuration"
echo '{disable: {entries: ["app:dev_*"]}, profiles: {dev: {disable: {entries: {remove: ["app:dev_*"]}}}}}' | put .moonlet.yaml
run run dev --profile dev
want_code 3
echo 'disable: {entries: [dev]}' | put .moonlet.yaml
run run show
want_code 1; want_err ".moonlet.yaml:1: disable.entries: dev is no pattern of ids"
rm .moonlet.yaml

# a module: replaced by a directory, with values for its requirements, and without what its manifest excludes
clear_project
rm -rf module
project <<'END'
  - name: dep
    kind: ns.dependency
    component: acme/greet
    parameters: [{name: greeting, value: hello}]
END
put module/wippy.yaml <<'END'
organization: acme
module: greet
exclude: ["test/**"]
END
put module/src/_index.yaml <<'END'
namespace: acme.greet
entries:
  - {name: definition, kind: ns.definition, module: greet}
  - {name: greeting, kind: ns.requirement, default: hi, targets: [{entry: greet, path: .method}]}
  - name: greet
    kind: process.lua
    modules: [io]
    meta: {command: {name: greet}}
    source: file://greet.lua
END
put module/src/greet.lua <<'END'
return { hi = function() io.print("hi") end, hello = function() io.print("hello") end }
END
put module/test/_index.yaml <<'END'
namespace: acme.greet
entries: [{name: t, kind: process.lua, meta: {command: {name: broken}}, source: "return 1"}]
END
run run list
want_code 0; want_err "no process entry has"; want_no_err "not installed"
run run -v list
want_err "entry app:dep: component acme/greet is not installed"
echo 'workspace: {replacements: {acme/greet: module}}' | put conf/dev.yaml
run run list --config conf/dev.yaml
want_code 1; want_err "conf/dev.yaml:1: workspace.replacements: acme/greet: there is no directory conf/module"
echo 'workspace: {replacements: {acme/greet: ../module}}' | put conf/dev.yaml
run run greet --config conf/dev.yaml
want_code 0; want_out hello
run run broken --config conf/dev.yaml
want_code 1; want_err "no command 'broken'"
sed -i 's/parameters: .*/parameters: []/' src/_index.yaml
run run greet --config conf/dev.yaml
want_code 0; want_out hi
run run greet --config conf/dev.yaml -o acme.greet:greet:method=hello
want_code 0; want_out hello
cat >>src/_index.yaml <<'END'
  - {name: dep2, kind: ns.dependency, component: acme/greet, parameters: [{name: greeting, value: hi}]}
  - {name: dep3, kind: ns.dependency, component: acme/greet, parameters: [{name: greeting, value: hello}]}
END
run run greet --config conf/dev.yaml
want_code 1; want_err "entry acme.greet:greeting: app:dep2 and app:dep3 give it different values"

# vendored, and replaced in the lock file, the older place
sed -i '/dep[23]/d' src/_index.yaml
mkdir -p .wippy/vendor/acme
cp -r module .wippy/vendor/acme/greet
echo 'modules: [{name: acme/greet, version: v1.0.0, hash: "12"}]' | put moonlet.lock
run run greet
want_code 0; want_out hi
rm -r .wippy
run run -v greet
want_code 1; want_err "moonlet.lock:1: module acme/greet is not installed (no directory .wippy/vendor/acme/greet)"
echo 'replacements: [{from: acme/greet, to: module}]' | put moonlet.lock
run run -v greet
want_code 0; want_out hi; want_err "moonlet.lock:1: replacements are better kept in .moonlet.yaml"
rm moonlet.lock

# environment variables in the fields of entries, which services see and the listing does not
project <<'END'
  - {name: os, kind: env.storage.os}
  - {name: who, kind: env.variable, variable: GREETED, storage: os}
  - name: greet
    kind: process.lua
    method: ${env:METHOD|main}
    source: |
      return { main = function(...) print("got", ...) process.events():receive() end }
  - name: s
    kind: process.service
    process: greet
    host: ${env:HOST_ID|app:processes}
    input: ["${env:GREETED|nobody}", "${env:COUNT|3}", "a-${GREETED|b}"]
    lifecycle: {auto_start: true}
END
start run
await err "got nobody 3 a-b"
finish TERM
want_code 0
want_order "service app:processes is running" "service app:s is running"
export GREETED=world
start run
await err "got world 3 a-world"
finish TERM
want_code 0
unset GREETED
sed -i 's/nobody/nobody}/; s/|nobody}}/}/' src/_index.yaml
run run
want_code 1
want_err "entry app:s: the service cannot start: \${env:GREETED} (line 16): there is no such variable, or it has no value"
sed -i 's/auto_start: true/auto_start: true, startup: optional/' src/_index.yaml
start run
await err "application is running"
finish TERM
want_code 0
want_err "service app:s failed and is not restarted: \${env:GREETED}"
sed -i 's/|main}/}/' src/_index.yaml
run run -v list
want_err "src/_index.yaml:7: entry app:greet: \${env:METHOD} (line 9): there is no such variable"

# log records on the event bus: with -e or logmanager.stream_to_events, from logmanager.min_level on
project <<'END'
  - name: listen
    kind: process.lua
    modules: [io, events, logger]
    meta: {command: {name: listen}}
    source: |
      return function()
        local channel = assert(events.subscribe("log")):channel()
        logger:debug("finely", { n = 1 })
        logger:named("my.part"):warn("look \"here\"", { n = 1.5, list = { 1, 2 }, text = "a\tb" })
        assert(events.send("log", "end", "of it"))
        while true do
          local event = channel:receive()
          if event.kind == "end" then break end
          local data, fields = event.data, event.data.fields or {}
          io.print(event.kind, event.path, data.level, data.logger, data.message, fields.n, fields.list and #fields.list,
            fields.text, fields.location)
        end
        io.print("end")
      end
END
run run -e listen
want_code 0; want_empty err
want_out "debug	lua	debug	lua	finely	1	nil	nil	app:listen:3"
want_out 'warn	my.part	warn	my.part	look "here"	1.5	2	a	b	app:listen:4'
run run listen
want_code 0; want_empty err; want_line out 1 end
run run listen --set logmanager.stream_to_events=true --set logmanager.min_level=1
want_code 0; want_empty err; want_out 'warn	my.part'
! grep -q "^debug" out || complain "debug records are published"
run run -v -e listen --set logmanager.propagate_downstream=false
want_code 0; want_out "debug	lua"; want_no_err "finely"
run run -e -c listen
want_code 0; want_out "debug	lua"; want_no_err "finely"; want_err "look"
done_testing
