-- with_message: queued, in order, before any later send: spec 6.9.
local HOST = "test:processes"
local main = process.pid()

-- order, topics, payloads, from
local t = { "copied" }
local s = process.with_context({}):with_message("first", 1):with_message("second", "a", "b"):with_message("third", t)
    :with_message("fourth"):with_message("first", nil)
t[1] = "changed"
local seen = s:exec("test:first_messages", HOST, main, 0)
assert(seen.count == 5, seen.count)
assert(seen[1].topic == "first" and seen[1].value == 1)
assert(seen[2].topic == "second" and seen[2].value[1] == "a" and seen[2].value[2] == "b")
assert(seen[3].topic == "third" and seen[3].value[1] == "copied")
assert(seen[4].topic == "fourth" and seen[4].value == nil and seen[5].topic == "first" and seen[5].value == nil)
for i = 1, 5 do assert(seen[i].from == "") end

-- before whatever is sent afterwards, for a plain name too
local events = process.events()
for round = 1, 50 do
    local pid = assert(process.with_context({}):with_message("queued", 0):spawn_monitored("test:first_messages", HOST, main, 3))
    assert(process.send(pid, "later", 1) and process.send(pid, "later", 2))
    seen = events:receive().result.value
    assert(seen.count == 3 and seen[1].value == 0 and seen[2].value == 1 and seen[3].value == 2, round)
    assert(seen[1].from == "" and seen[2].from == main)
end

-- messages cross like those of send: cycles, error objects, nothing that cannot travel
local loop = {}
loop.loop = loop
seen = process.with_context({}):with_message("m", loop, errors.new("e"), print)
    :exec("test:first_messages", HOST, main, 0)
local v = seen[1].value
assert(v[1].loop == v[1] and v[2]:message() == "e" and v[3] == nil)

-- big ones, many
local big = {}
for i = 1, 50000 do big[i] = { i } end
seen = process.with_context({}):with_message("big", big, ("x"):rep(1 << 20)):exec("test:first_messages", HOST, main, 0)
assert(#seen[1].value[1] == 50000 and #seen[1].value[2] == 1 << 20)
s = process.with_context {}
for i = 1, 1000 do s = s:with_message("n", i) end
local ok, err = pcall(s.with_message, s, "n", 1001)
assert(not ok and tostring(err):find("1000 queued messages", 1, true))
seen = s:exec("test:first_messages", HOST, main, 0)
assert(seen.count == 1000)
for i = 1, 1000 do assert(seen[i].value == i) end
ok, err = pcall(s.with_message, process.with_context {}, "m", ("x"):rep(17 << 20))
assert(not ok and errors.is(err, errors.INVALID) and err:message():find("message cannot be sent", 1, true))

-- more than the receiver may have waiting: no child, no event
s = process.with_context {}
local half = ("x"):rep(5 << 20)
for _ = 1, 3 do s = s:with_message("m", half) end
local pid
pid, err = s:spawn_monitored("test:child", "test:small", "nothing")
assert(pid == nil and errors.is(err, errors.RATE_LIMITED), tostring(err))
assert(channel.select { events:case_receive(), default = true }.default)
