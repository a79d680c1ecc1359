-- modules: events
-- Data crosses in the plain-data form, and every subscription gets a copy of its own.

local one, two = events.subscribe("s"):channel(), events.subscribe("s*"):channel()
local function through(value)
  assert(events.send("s", "k", "/", value))
  local a, b = one:receive().data, two:receive().data
  assert(type(a) == type(b))
  if type(a) == "table" then assert(a ~= b and a ~= value) end
  return a, b
end

local original = { name = "n", list = { 1, 2.5, "three" }, [1.5] = "float key", [true] = "boolean key" }
local a, b = through(original)
assert(a.name == "n" and a.list[3] == "three" and math.type(a.list[1]) == "integer" and a.list[2] == 2.5)
assert(a["1.5"] == "float key" and a["true"] == "boolean key")
a.name = "changed"
assert(b.name == "n" and original.name == "n")

-- what the sender does afterwards changes nothing
local later = { 1 }
events.send("s", "k", "/", later)
later[1] = 2
assert(one:receive().data[1] == 1)
two:receive()

-- a sequence loses its other keys
a = through({ 10, 20, x = 1 })
assert(#a == 2 and a.x == nil)

-- what cannot move becomes its text
a = through({ f = print, ch = one, e = errors.new("boom") })
assert(type(a.f) == "string" and a.f:find("^function"))
assert(type(a.ch) == "string" and a.ch:find("channel", 1, true))
assert(a.e == "boom")
assert(type(through(print)) == "string")

-- metatables stay behind
a = through(setmetatable({ v = 1 }, { __index = { w = 2 } }))
assert(a.v == 1 and a.w == nil and getmetatable(a) == nil)

-- a table that is there twice arrives twice
local shared = { 1 }
a = through({ x = shared, y = shared })
assert(a.x[1] == 1 and a.y[1] == 1 and a.x ~= a.y)

-- large: over the size that travels inside a message, over the one that is decoded at once
local big = {}
for i = 1, 50000 do big[i] = { id = i, text = "item " .. i } end
a, b = through(big)
assert(#a == 50000 and a[50000].id == 50000 and b[777].text == "item 777")
assert(#through(("x"):rep(1000000)) == 1000000)
assert(through("") == "")
