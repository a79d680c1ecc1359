-- modules: time
-- with_name: spawn or signal: spec 6.9.
local time = require("time")
local HOST = "test:processes"
local main = process.pid()
local lookup = process.registry.lookup
local events = process.events()
local note = process.listen("note")

local function named(name) return process.with_context({}):with_name(name) end

-- nobody has the name: a process is made that has it before it runs
local s = named("worker"):with_message("job", 1)
local pid = assert(s:spawn("test:worker", HOST, main))
assert(lookup("worker") == pid)
local n = note:receive()
assert(n.pid == pid and n.name == pid and n.value == 1 and n.from == "")

-- somebody has: no process, its PID, and the messages go there
assert(s:with_message("job", 2):spawn("test:worker", HOST, main) == pid)
n = note:receive()
assert(n.pid == pid and n.value == 1)
n = note:receive()
assert(n.pid == pid and n.value == 2 and n.from == "")
-- whatever id and host say
assert(s:spawn("test:nobody", "test:nowhere") == pid)
assert(note:receive().value == 1)

-- the relations are made with it
assert(s:spawn_monitored("test:worker", HOST) == pid and note:receive())
assert(s:spawn_monitored("test:worker", HOST) == pid and note:receive(), "monitored already: fine")
assert(process.send(pid, "job", "end"))
local e = events:receive()
assert(e.kind == process.event.EXIT and e.from == pid and e.result.value == "ended")
assert(channel.select { events:case_receive(), default = true }.default)
assert(lookup("worker") == nil)

-- after its end the next spawn makes another
local other = assert(s:spawn_monitored("test:worker", HOST, main))
assert(other ~= pid and lookup("worker") == other and note:receive().pid == other)
assert(process.set_options { trap_links = true })
assert(s:spawn_linked("test:worker", HOST) == other and note:receive())
assert(process.terminate(other))
local kinds = {}
for _ = 1, 2 do kinds[events:receive().kind] = true end
assert(kinds[process.event.EXIT] and kinds[process.event.LINK_DOWN])

-- exec waits for whoever has the name
pid = assert(named("worker"):spawn("test:worker", HOST, main))
local done = channel.new(1)
coroutine.spawn(function() done:send({ s:exec("test:worker", HOST) }) end)
assert(note:receive().pid == pid)
assert(process.send(pid, "job", "end") and done:receive()[1] == "ended")
assert(named("worker"):with_message("job", "end"):exec("test:worker", HOST, main) == "ended")

-- one's own name
assert(process.registry.register("myself"))
assert(named("myself"):spawn("test:worker", HOST) == main)
local got = process.listen("job")
assert(named("myself"):with_message("job", 5):spawn_linked("test:worker", HOST) == main and got:receive() == 5)
local none, err = named("myself"):exec("test:worker", HOST)
assert(none == nil and errors.is(err, errors.INVALID), tostring(err))

-- a load that fails gives the name back at once
for _, id in ipairs { "test:broken", "test:slow_broken", "test:no_method" } do
    for _ = 1, 3 do
        none, err = named("unlucky"):spawn(id, HOST)
        assert(none == nil and err, id)
        assert(lookup("unlucky") == nil)
    end
end
none, err = named("unlucky"):spawn("test:nobody", HOST)
assert(none == nil and errors.is(err, errors.NOT_FOUND) and lookup("unlucky") == nil)

-- many at once: one process, and every message arrives
local racers = 20
for round = 1, 10 do
    for i = 1, racers do
        assert(process.spawn("test:name_racer", HOST, "race" .. round, main, i))
    end
    local seen, only = {}, nil
    for _ = 1, racers do
        n = note:receive()
        only = only or n.pid
        assert(n.pid == only, "one process per name")
        seen[n.value] = true
    end
    for i = 1, racers do assert(seen[i], i) end
    assert(process.terminate(only))
end

-- against processes that end all the time: each message reaches a process that lives on, or is answered
local answers = process.listen("answer")
for i = 1, 200 do
    assert(named("mayfly"):with_message("job", i):spawn("test:mayfly", HOST, main))
end
local count = 0
local timeout = time.after("20ms")
while true do
    local r = channel.select { answers:case_receive(), timeout:case_receive() }
    if r.channel == timeout then break end
    count = count + 1
end
assert(count > 0)
