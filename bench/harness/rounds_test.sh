#!/bin/sh
# SPDX-License-Identifier: MIT
# rounds_test.sh: what `run.sh --peers` makes of several rounds. Every program is a stand-in that says what it is told to and writes down
# that it was called, so nothing of moonlet, Erlang or Go is needed; lua5.3 is.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"

# a tree of its own with the real harness and one row
mkdir -p bench/peers/erlang bench/peers/go bench/peers/lua bench/floor bench/apps/hops bin lines
ln -s "$here" bench/harness
cp "$here/../run.sh" bench/
cp "$here/../peers/build.sh" bench/peers/
echo 'hops | hops 9 | hops 1 | erlang go floor lua5.3' >bench/table
built=$work/build/bench-peers

# say <runtime>: is called as that runtime for the nth time, and runs the nth line of lines/<runtime>
cat >bin/say <<SAY
#!/bin/sh
echo "\$1" >>$work/calls
eval "\$(sed -n "\$(grep -cxF "\$1" $work/calls)p" $work/lines/\$1)"
SAY
chmod +x bin/say
stand_in moonlet "echo \$* >>$work/words; exec $work/bin/say moonlet"
stand_in bin/erl "case \$* in *-eval*) echo 25 ;; *) echo \$* >>$work/words; exec $work/bin/say erlang ;; esac"
# shellcheck disable=SC2016 # for the program
stand_in bin/erlc 'touch "$2/bench.beam"'
stand_in gobench "echo go \$* >>$work/words; exec $work/bin/say go"
stand_in bin/go "case \$1 in build) cp $work/gobench \"\$3\" ;; version) echo go version 9 ;; esac"
stand_in bin/apt-get "echo \$* >>$work/installed; exit 1"
stand_in floor "echo floor \$* >>$work/words; exec $work/bin/say floor"
stand_in bench/floor/build.sh "cp $work/floor \"\$1/floor\""
echo "os.execute('$work/bin/say lua5.3')" >bench/peers/lua/hops.lua

# lines <runtime> <line of shell>...: what it does when it is called for the first time, the second time, ...
lines()
{
    runtime=$1
    shift
    printf '%s\n' "$@" >"lines/$runtime"
}

# hops <value>...: lines that print these figures
hops()
{
    runtime=$1
    shift
    printf 'echo RESULT hops %s hops/s\n' "$@" >"lines/$runtime"
}

all_well()
{
    hops moonlet 30 10 20
    hops erlang 5 5 8
    hops go 1.5 100 2.5
    hops floor 7 9 8
    hops lua5.3 4 2 3
}

# rounds <exit status> <text> <option>...: of run.sh
rounds()
{
    code=$1 text=$2
    shift 2
    : >calls
    expect "$code" "$text" env PATH="$work/bin:$PATH" MOONLET="$work/moonlet" bench/run.sh --json run.json "$@"
}

# figures [<field>]: of run.json, a line for each figure
cat >figures.lua <<'LUA'
local json = require("json")
local file = io.open("run.json")
local run, names = json.decode(file:read("a")), {}
for name in pairs(run.figures) do names[#names + 1] = name end
table.sort(names)
for _, name in ipairs(names) do
  local figure = run.figures[name]
  local value = figure[arg[1] or "value"]
  print(name, type(value) == "table" and table.concat(value, " ") or value)
end
LUA
figures()
{
    LUA_PATH="$here/?.lua" lua5.3 figures.lua "$@" | tr '\t' ' '
}

# who runs when, and with which words
all_well
rounds 0 "hops	20.000	hops/s" --peers --rounds 3
grep -qF "hops@lua5.3	3.000	hops/s" output || { echo "a figure of a peer is not printed" && status=1; }
same "the order of programs" "\
moonlet erlang go floor lua5.3
erlang go floor lua5.3 moonlet
go floor lua5.3 moonlet erlang" "$(xargs -n 5 <calls)"
same "what was called" "\
+P 3000000 -noshell -pa $built -run bench main hops 9
floor hops 9
go hops 9
run hops 9" "$(sort -u words)"
[ ! -e installed ] || { echo "what is there was installed again" && status=1; }

# figures come from exactly these samples
same "the samples of each" "\
hops 30 10 20
hops@erlang 5 5 8
hops@floor 7 9 8
hops@go 1.5 100 2.5
hops@lua5.3 4 2 3" "$(figures samples)"
same "medians" "hops 20 hops@erlang 5 hops@floor 8 hops@go 2.5 hops@lua5.3 3" "$(figures value | xargs)"
same "lowest" "hops 10 hops@erlang 5 hops@floor 7 hops@go 1.5 hops@lua5.3 2" "$(figures low | xargs)"
same "highest" "hops 30 hops@erlang 8 hops@floor 9 hops@go 100 hops@lua5.3 4" "$(figures high | xargs)"
all_well
rounds 0 "hops	20.000	hops/s" --peers --rounds 2
same "medians of two" "hops 20 hops@erlang 5 hops@floor 8 hops@go 50.75 hops@lua5.3 3" "$(figures | xargs)"
all_well
rounds 0 "hops	20.000	hops/s"
same "three rounds without peers" "moonlet floor lua5.3 floor lua5.3 moonlet lua5.3 moonlet floor" "$(xargs <calls)"

# factors are made within each round, for all who have both figures
growth() # <runtime> <what> <cost with 1,000> <with a million> <cost in the next round> ...
{
    runtime=$1 what=$2
    shift 2
    printf "echo RESULT growth_${what}_1k %s ns; echo RESULT growth_${what}_10k 1 ns; echo RESULT growth_${what}_1M %s ns\n" "$@" >"lines/$runtime"
}

growth moonlet spawn 100 200 200 800 100 250
growth erlang timer 5 25 5 15 5 5
growth floor send 10 160 20 200 30 300
growth lua5.3 other 1 2 1 2 1 2
hops go 1 1 1
rounds 0 "growth_spawn	2.500	x cost" --peers --rounds 3
same "growth in each round" "\
growth_send@floor 16 10 10
growth_spawn 2 4 2.5
growth_timer@erlang 5 3 1" "$(figures samples | grep -E '^growth_[a-z]+(@[a-z]+)? ')"

# of every program there are time, load and memory, and they are its own
all_well
lines moonlet 'sleep 0.5; echo RESULT hops 30 hops/s'
lines erlang "lua5.3 -e 'while os.clock() < 0.3 do end'; echo RESULT hops 5 hops/s"
lines go "lua5.3 -e 'local text = (\"x\"):rep(100000000) assert(#text > 0)'; echo RESULT hops 5 hops/s"
rounds 0 "hops@go" --peers --rounds 1
cat >programs.lua <<'LUA'
local json = require("json")
local file = io.open("run.json")
local run, fields = json.decode(file:read("a")), { "wall_ms", "cpu_ms", "peak_MB", "foreign_percent" }
for name, figure in pairs(run.figures) do
  for _, field in ipairs(fields) do assert(type(figure[field]) == "number", name .. " has no " .. field) end
  assert(figure.foreign_percent >= 0 and figure.foreign_percent <= 100)
  assert((figure.peak_MB > 100) == (name == "hops@go"), "Go alone held memory")
end
local moonlet, erlang = run.figures["hops"], run.figures["hops@erlang"]
assert(moonlet.wall_ms >= 500 and moonlet.cpu_ms < 300, "moonlet slept")
assert(erlang.wall_ms >= 300 and erlang.cpu_ms >= 300, "Erlang computed")
assert(run.about.foreign_worst >= run.about.foreign_percent)
print("true")
LUA
expect 0 "true" env LUA_PATH="$here/?.lua" lua5.3 programs.lua

# a program that fails is named; what the others say counts, and what it says itself in other rounds
fails() # <runtime> <line of shell in the second round> <text>
{
    all_well
    wanted=$(awk 'NR != 2 { print $4 }' "lines/$1" | xargs)
    sed -i "2s/.*/$2/" "lines/$1"
    rounds 1 "$3" --peers --rounds 3
    same "calls when $1 does $2" 15 "$(wc -l <calls)"
    same "figures when $1 does $2" 5 "$(figures | wc -l)"
    name=hops@$1
    same "samples when $1 does $2" "$wanted" "$(figures samples | sed -n "s/^${name%@moonlet} //p")"
}

fails erlang 'exit 3' "failed: hops@erlang: erl +P 3000000 -noshell -pa $built -run bench main hops 9: status 3"
fails moonlet 'exit 4' "failed: hops: $work/moonlet run hops 9: status 4"
fails moonlet 'echo RESULT hops 1 hops\/s; exit 5' "status 5"
fails go ':' "failed: hops@go: $built/gobench hops 9: no figure"
fails go 'kill -KILL $$' "failed: hops@go: $built/gobench hops 9: status 137"
fails floor 'echo RESULT hops many hops\/s' "failed: hops@floor: $built/floor hops 9: wrong line: RESULT hops many hops/s"
fails floor 'echo RESULT hops 1e999 hops\/s' "wrong line: RESULT hops 1e999 hops/s"
fails floor 'echo RESULT hops 5' "wrong line: RESULT hops 5"
fails floor 'echo RESULT' "wrong line: RESULT"
fails floor 'echo RUNNING hops soon' "wrong line: RUNNING hops soon"
fails erlang 'echo RESULT hops 5 hops\/s; echo RESULT hops 6 hops\/s' "wrong line: RESULT hops 6 hops/s"
fails erlang 'echo RESULT hops 5 ms' "hops in ms, elsewhere in hops/s"
fails lua5.3 'echo RESULT hops 5 hops\/s; echo CHECK 7; echo CHECK 8' "failed: hops@lua5.3: lua5.3 peers/lua/hops.lua 9: computed something else: 8, not 7"
all_well
lines erlang ':' ':' ':'
rounds 1 "hops@erlang" --peers --rounds 3
same "figures when Erlang has none" "hops hops@floor hops@go hops@lua5.3" "$(figures | sed 's/ .*//' | xargs)"

# a peer that cannot be built is left out, and said so
stand_in bin/erlc 'exit 1'
all_well
rounds 0 "no figures of Erlang" --peers --rounds 2
same "who runs then" "moonlet go floor lua5.3 go floor lua5.3 moonlet" "$(xargs <calls)"
exit $status
