-- modules: events
-- Exact text, a star at the end, a star alone; for systems and for kinds.

local function subscribe(...)
  local sub = assert(events.subscribe(...))
  return { ch = sub:channel() }
end

local cases = {
  { { "orders" }, { "orders" } },
  { { "orders.*" }, { "orders.eu", "orders.", "orders.eu.paris" } },
  { { "orders*" }, { "orders", "orders.eu", "orders.", "orders.eu.paris", "ordersx" } },
  { { "*" }, { "orders", "orders.eu", "orders.", "orders.eu.paris", "ordersx", "x", "*", "a.*" } },
  { { "a.*" }, { "a.*" } },
  { { "**" }, { "*" } }, -- only the last star is one
  { { "x", "*" }, { "x" } },
}
local systems = { "orders", "orders.eu", "orders.", "orders.eu.paris", "ordersx", "x", "*", "a.*" }
for _, case in ipairs(cases) do case.sub = subscribe(table.unpack(case[1])) end
for _, system in ipairs(systems) do assert(events.send(system, "k", "/")) end
assert(events.send("end", "end", "/"))
for _, case in ipairs(cases) do
  for _, expected in ipairs(case[2]) do
    local e = case.sub.ch:receive()
    assert(e.system == expected, ("%s: %s instead of %s"):format(case[1][1], e.system, expected))
  end
end

-- kinds
local kinds = {
  { "user.created", { "user.created" } },
  { "user.*", { "user.created", "user.deleted" } },
  { "*", { "user.created", "user.deleted", "other" } },
  { "", nil },
}
for _, case in ipairs(kinds) do
  if case[2] then case.sub = subscribe("users", case[1]) end
end
local all = subscribe("users", nil)
for _, kind in ipairs{ "user.created", "user.deleted", "other" } do events.send("users", kind, "/") end
for _, case in ipairs(kinds) do
  for _, expected in ipairs(case[2] or {}) do
    assert(case.sub.ch:receive().kind == expected)
  end
end
for _, kind in ipairs{ "user.created", "user.deleted", "other" } do assert(all.ch:receive().kind == kind) end

-- a prefix subscriber of systems with a filter of kinds
local some = subscribe("us*", "user.d*")
events.send("users", "user.created", "/1")
events.send("usage", "user.deleted", "/2")
events.send("users", "user.deleted", "/3")
assert(some.ch:receive().path == "/2")
assert(some.ch:receive().path == "/3")

-- texts are bytes
local bytes = subscribe("a\0b")
events.send("a\0c", "k", "/")
events.send("a\0b", "k\0", "\255")
local e = bytes.ch:receive()
assert(e.system == "a\0b" and e.kind == "k\0" and e.path == "\255")
