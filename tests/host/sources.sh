#!/bin/sh
# SPDX-License-Identifier: MIT
# sources.sh <moonlet>: source files that are none: bytecode (T1: never parsed as such, however it is damaged) and texts nested so deep
# that a compiler without limits would leave its C stack. Each spawn of one fails with an error; the process that tried goes on.
# shellcheck disable=SC1091,SC2154 # from lib.sh
. "$(dirname "$0")/lib.sh"

mkdir -p src
cat >make.lua <<'LUA'
local function write(name, text)
  local file = assert(io.open("src/" .. name .. ".lua", "wb"))
  file:write(text)
  file:close()
end
local names = {}
local function add(text)
  names[#names + 1] = "s" .. #names + 1
  write(names[#names], text)
end
-- bytecode, whole and damaged
local dump = string.dump(assert(load("local function main() return string.rep('x', 3) end return {main = main}")))
add(dump)
add(dump:sub(1, 20))
add("\27Lua")
add("\27")
add("#!/usr/bin/lua\n" .. dump)
add("\239\187\191" .. dump)
add("\n" .. dump)
math.randomseed(5)
for _ = 1, 60 do
  local at = math.random(5, #dump)
  add(dump:sub(1, at - 1) .. string.char(math.random(0, 255)) .. dump:sub(at + 1))
end
local binary = #names
-- too deep
local n = 100000
add("return " .. ("("):rep(n) .. "1" .. (")"):rep(n))
add("return " .. ("{"):rep(n) .. ("}"):rep(n))
add(("do "):rep(n) .. ("end "):rep(n))
add(("if true then "):rep(n) .. ("end "):rep(n))
add("return " .. ("function() return "):rep(n) .. "1" .. (" end"):rep(n))
add("return " .. ("- "):rep(n) .. "1")
add("return " .. ("not "):rep(n) .. "1")
add("return " .. ("1 .. "):rep(n) .. "1")
add("return " .. ("2 ^ "):rep(n) .. "1")
add("local x return x" .. ("("):rep(n))
add("local a = 1 " .. ("local b "):rep(300))
add("return " .. ("f("):rep(n) .. (")"):rep(n))
add(("while true do "):rep(n))
add("return {" .. ("[{"):rep(n))
add("--[" .. ("="):rep(n) .. "[ x")
add("return '" .. ("\\z"):rep(n))
add(("("):rep(n))
add("return [[" .. ("x"):rep(n))
add("goto " .. ("x"):rep(n))
write("main", [[
local function main(first)
  for i = 1, ]] .. #names .. [[ do
    local pid, err = process.spawn("app:s" .. i, "app:processes")
    assert(pid == nil, "accepted: " .. i)
    local text = err:message()
    assert(#text > 0 and #text < 4096, i .. ": " .. #text)
    assert(i > ]] .. binary .. [[ or not text:find("truncated", 1, true), "parsed as bytecode: " .. text)
  end
  io.print("all refused")
end
return { main = main }
]])
local index = assert(io.open("src/_index.yaml", "w"))
index:write([[
version: "1.0"
namespace: app
entries:
  - {name: terminal, kind: terminal.host, lifecycle: {auto_start: true}}
  - {name: processes, kind: process.host, lifecycle: {auto_start: true}}
  - {name: main, kind: process.lua, source: file://main.lua, method: main, modules: [io]}
]])
for _, name in ipairs(names) do
  index:write("  - {name: ", name, ", kind: process.lua, source: file://", name, ".lua, method: main}\n")
end
index:close()
LUA
lua5.3 make.lua || exit 1
run run -x app:main
want_code 0
want_out "all refused"
done_testing
