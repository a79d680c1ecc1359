#!/bin/sh
# SPDX-License-Identifier: MIT
# env.sh: environment variables of an application: the file in the working directory, edits from outside, what is wrong with definitions.
. "$(dirname "$0")/lib.sh"

# values of a file survive the run; comments and other lines stay; edits from outside are seen after a while
cat >.env <<'END'
# keep me
NAME = first   # and me
OTHER='quoted'
END
project <<'END'
  - {name: dotenv, kind: env.storage.file, file_path: .env}
  - {name: name, kind: env.variable, variable: NAME, storage: dotenv}
  - {name: other, kind: env.variable, variable: OTHER, storage: dotenv}
  - name: go
    kind: process.lua
    modules: [env, io, time]
    source: |
      return function()
        io.print(env.get("NAME"), env.get("OTHER"))
        assert(env.set("NAME", "second"))
        io.print("set")
        while env.get("NAME") ~= "third" do time.sleep("20ms") end
        io.print("seen")
        while env.get("NAME") do time.sleep("20ms") end
        io.print("gone", env.get("OTHER"))
        while env.get("OTHER") do time.sleep("20ms") end
        io.print(env.get("OTHER"))
        while not env.get("OTHER") do time.sleep("20ms") end
        io.print("back")
      end
END
start run -x app:go
await out "set"
want_line .env 1 "# keep me"
want_line .env 2 "NAME = second   # and me"
want_line .env 3 "OTHER='quoted'"
sed 's/second/third/' .env >new.env && mv new.env .env
await out "seen"
echo "OTHER=alone" >new.env && mv new.env .env
await out "gone	alone"
mv .env away && mkdir .env
await out "app:dotenv: .env cannot be read: Is a directory"
rmdir .env && mv away .env
await out "back"
finish
want_code 0
want_line out 1 "first	'quoted'"

# without a file there are only defaults
rm -f .env
project <<'END'
  - {name: dotenv, kind: env.storage.file, file_path: .env}
  - {name: name, kind: env.variable, variable: NAME, storage: dotenv, default: fallback}
  - {name: go, kind: process.lua, modules: [env, io], source: "return function() io.print(env.get('NAME'), env.set('NAME', 'x')) end"}
END
run run -x app:go
want_code 0
want_line out 1 "fallback	nil	environment variable NAME: .env does not exist, and auto_create is off"
[ ! -e .env ] || complain "a .env has come into being"

# the environment of the program, and what is wrong with definitions
project <<'END'
  - {name: system, kind: env.storage.os}
  - {name: given, kind: env.variable, variable: T_GIVEN, storage: system}
  - {name: twice, kind: env.variable, variable: T_GIVEN, storage: system}
  - {name: loop, kind: env.storage.router, storages: [loop]}
  - {name: dir, kind: env.storage.file, file_path: src}
  - {name: go, kind: process.lua, modules: [env, io], source: "return function() io.print(env.get('T_GIVEN')) end"}
END
T_GIVEN=yes run run -c -x app:go
want_code 0
want_out "yes"
want_err "src/_index.yaml:7: entry app:twice: variable T_GIVEN is the name of app:given already; this one can only be used by its id"
want_err "src/_index.yaml:8: entry app:loop: storages: loop leads back here"
want_err "src/_index.yaml:9: entry app:dir: src cannot be read: Is a directory"
want_no_err "does nothing in this version"
done_testing
