-- modules: ctx
-- Contexts are inherited process to process: spec 6.2, 6.8, 6.9, 13.
local HOST = "test:processes"
local main = process.pid()
local told = process.listen("context")

local s = process.with_context { a = 1, b = { "deep" } }

-- through exec and several generations
for depth = 0, 3 do
    local all = s:exec("test:show", HOST, depth)
    assert(all.a == 1 and all.b[1] == "deep", depth)
end
assert(next(process.exec("test:show", HOST)) == nil)

-- through every spawn
for _, way in ipairs { "spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored" } do
    local pid = assert(s[way](s, "test:tell", HOST, main))
    assert(told:receive().a == 1, way)
    assert(process.unlink(pid) and process.terminate(pid))
    pid = assert(process[way]("test:tell", HOST, main))
    assert(next((told:receive())) == nil, way)
    assert(process.unlink(pid) and process.terminate(pid))
end

-- a child adds to what it inherited, its own children see both, the parent only its own
local all = s:exec("test:adds", HOST)
assert(all.own.a == 1 and all.own.c == nil)
assert(all.child.a == "over" and all.child.b[1] == "deep" and all.child.c == 3)

-- the values are those of the moment of with_context
local t = { x = { 1 } }
local taken = process.with_context(t)
t.x[1], t.y = 2, 3
all = taken:exec("test:show", HOST)
assert(all.x[1] == 1 and all.y == nil)
