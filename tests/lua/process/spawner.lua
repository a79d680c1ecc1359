-- Spawner objects: spec 6.9. What context values look like is in ctx/.
local HOST = "test:processes"
local main = process.pid()
local events = process.events()

local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
    return err
end

-- the object
local s = process.with_context {}
assert(type(s) == "userdata" and tostring(s) == "process.Spawner{}" and type(s.spawn) == "function")
assert(s.unknown == nil and not pcall(function() s.x = 1 end))
assert(tostring(process.with_options {}) == "process.Spawner{}")

-- wrong arguments raise
for _, bad in ipairs { 1, true, "text", print } do
    raises("table expected", process.with_context, bad)
    raises("table expected", process.with_options, bad)
    raises("table expected", s.with_context, s, bad)
    raises("table expected", s.with_options, s, bad)
end
raises("table expected, got no value", process.with_context)
raises("table expected, got nil", process.with_options, nil)
raises("process.Spawner expected, got table", s.with_name, {}, "x")
raises("process.Spawner expected, got nil", s.spawn, nil, "test:child", HOST)
raises("string expected", s.with_name, s)
raises("string expected", s.with_name, s, 5)
raises("must not be empty", s.with_name, s, "")
raises("too long", s.with_name, s, ("n"):rep(1025))
raises("string expected", s.with_message, s)
raises("string expected", s.with_message, s, 5)
raises("cannot send to @ topics", s.with_message, s, "@system")
raises("too long", s.with_message, s, ("t"):rep(65536))
raises("actor expected, got nil", s.with_actor, s, nil)
raises("actor expected, got no value", s.with_actor, s)
raises("actor expected, got table", s.with_actor, s, {})
raises("actor expected, got channel", s.with_actor, s, channel.new())
raises("scope expected, got nil", s.with_scope, s, nil)
raises("scope expected, got string", s.with_scope, s, "admin")
raises("option names must be strings", process.with_options, { "network" })
raises("option names must be strings", s.with_options, s, { [true] = 1 })

-- what cannot be stored raises INVALID
local loop = {}
loop.loop = loop
for _, what in ipairs { "with_context", "with_options" } do
    assert(errors.is(raises("contains itself", process[what], loop), errors.INVALID))
    assert(errors.is(raises("contains itself", s[what], s, { x = loop }), errors.INVALID))
    local huge = ("x"):rep(9 << 20)
    local half = process[what] { a = huge }
    assert(errors.is(raises("16 MB", half[what], half, { b = huge }), errors.INVALID))
    assert(half[what](half, { a = 1 }))
end
local too_many = {}
for i = 1, 10001 do too_many["k" .. i] = i end
assert(errors.is(raises("10000 keys", process.with_context, too_many), errors.INVALID))

-- spawns as process.spawn does
local pid, err = s:spawn("test:child", HOST, "nothing")
assert(pid and err == nil)
pid = assert(s:spawn_monitored("test:child", HOST, "value", { 1, nil, 3 }))
local e = events:receive()
assert(e.from == pid and e.result.value[3] == 3)
assert(process.set_options { trap_links = true })
pid = assert(s:spawn_linked("test:child", HOST, "raise", "boom"))
e = events:receive()
assert(e.kind == process.event.LINK_DOWN and e.from == pid)
pid = assert(s:spawn_linked_monitored("test:child", HOST, "raise", "boom"))
e = events:receive()
assert(e.kind == process.event.EXIT and e.from == pid)
e = events:receive()
assert(e.kind == process.event.LINK_DOWN and e.from == pid)
assert(process.set_options { trap_links = false })
assert(s:exec("test:child", HOST, "value", 5) == 5)
pid, err = s:exec("test:child", HOST, "raise_object")
assert(pid == nil and errors.is(err, errors.CONFLICT) and err:details().k == "v")

-- and refuses as it does
for _, way in ipairs { "spawn", "spawn_monitored", "spawn_linked", "spawn_linked_monitored", "exec" } do
    local function refused(kind, text, ...)
        local none, why = s[way](s, ...)
        assert(none == nil and errors.is(why, kind) and why:message():find(text, 1, true), way .. ": " .. tostring(why))
    end
    refused(errors.INVALID, "process id required")
    refused(errors.INVALID, "process id required", "")
    refused(errors.INVALID, "host id required", "test:child")
    refused(errors.NOT_FOUND, "host not found", "test:child", "test:nowhere")
    refused(errors.NOT_FOUND, "factory not found", "test:nobody", HOST)
    refused(errors.INTERNAL, "broken", "test:broken", HOST)
    refused(errors.NOT_FOUND, "method", "test:no_method", HOST)
    raises("string expected, got number", s[way], s, 1, HOST)
    raises("string expected, got table", s[way], s, "test:child", {})
end
raises("bad argument #1 to 'spawn' (string expected, got number)", function() s:spawn(1, HOST) end)
pid, err = s:exec("child", HOST)
assert(pid == nil and errors.is(err, errors.INVALID))

-- options: known and unknown names are carried and change nothing
local o = process.with_options { network = "app:net", priority = 5 }
assert(o:with_options({ more = { 1, 2 } }):with_options({ network = "other" }):exec("test:child", HOST, "value", 1) == 1)
assert(o:spawn_monitored("test:child", HOST, "value", 2))
assert(events:receive().result.value == 2)
assert(s:with_options({}):exec("test:child", HOST, "value", 3) == 3)

-- immutable: each with_* is another object, the old one is as before
local base = process.with_context { a = 1 }
local others = {
    base:with_context { a = 2 }, base:with_options { x = 1 }, base:with_name("never"), base:with_message("t", 1),
    base:with_context {}, base:with_options {},
}
for i, other in ipairs(others) do
    assert(other ~= base and type(other) == "userdata", i)
end
pid = assert(base:spawn_monitored("test:first_messages", HOST, main, 0))
assert(events:receive().result.value.count == 0, "no message in the old one")
assert(process.registry.lookup("never") == nil)
local one, two = base:with_message("m", 1), nil
two = one:with_message("m", 2)
assert(one:exec("test:first_messages", HOST, main, 1).count == 1)
assert(two:exec("test:first_messages", HOST, main, 2).count == 2)
assert(one:exec("test:first_messages", HOST, main, 1).count == 1)

-- a Spawner does not travel
assert(process.exec("test:child", HOST, "args", s).n == 1)
assert(process.exec("test:child", HOST, "args", s)[1] == nil)

-- many of them are nothing to worry about
local values = { text = ("v"):rep(1 << 20) }
for _ = 1, 200 do s = process.with_context(values):with_name("x"):with_message("t") end
