-- modules: ctx
-- ctx.get and ctx.all: spec 13.
local ctx = require("ctx")
local HOST = "test:processes"

-- a process that nobody gave a context
assert(next(ctx.all()) == nil and select("#", ctx.all()) == 1)
local v, err = ctx.get("missing")
assert(v == nil and err:kind() == errors.NOT_FOUND and err:message() == "key not found: missing")
assert(err:retryable() == false)
v, err = ctx.get("")
assert(v == nil and err:kind() == errors.INVALID and err:message() == "empty key")
for _, bad in ipairs { 1, true, {}, print } do assert(not pcall(ctx.get, bad)) end
assert(not pcall(ctx.get))
assert(not pcall(function() ctx.get = 1 end))

-- values come back as they were stored
local base = process.with_context {
    s = "text\0end", i = 3, f = 3.0, t = { 1, { x = "y" } }, no = false, yes = true, [7] = "no string key",
    fn = print, err = errors.new("boom"), mixed = { 1, 2, x = 3 }, map = { [5] = "five", [true] = 1 },
}
local function get(key) return base:exec("test:get", HOST, key) end
assert(get("s") == "text\0end" and get("yes") == true and get("no") == false)
assert(math.type(get("i")) == "integer" and math.type(get("f")) == "float")
v = get("t")
assert(v[1] == 1 and v[2].x == "y" and #v == 2)
assert(get("fn") == tostring(print) and get("err") == "boom")
v = get("mixed")
assert(#v == 2 and v.x == nil)
v = get("map")
assert(v["5"] == "five" and v["true"] == 1 and v[5] == nil)
v, err = get("7")
assert(v == nil and errors.is(err, errors.NOT_FOUND))
v, err = get("nul\0key")
assert(v == nil and err:message() == "key not found: nul\0key")

local all = base:exec("test:show", HOST)
local count = 0
for _ in pairs(all) do count = count + 1 end
assert(count == 10 and all.s == "text\0end" and all.no == false and all.t[2].x == "y")

-- each look gives a copy of its own
assert(process.with_context({ t = { x = "kept" } }):exec("test:mutate", HOST) == true)

-- big values, many values
local big = {}
for i = 1, 50000 do big[i] = { i } end
v = process.with_context({ big = big }):exec("test:get", HOST, "big")
assert(#v == 50000 and v[50000][1] == 50000)
local many = {}
for i = 1, 10000 do many["k" .. i] = i end
v = process.with_context(many):exec("test:show", HOST)
assert(v.k1 == 1 and v.k10000 == 10000)
