-- Payloads of messages: decoded when asked for, the same value every time.
local inbox = process.inbox()
local shared = {1}
process.send(process.pid(), "one", {a = 1, list = {1, 2, 3}, self = shared, again = shared})
local p = inbox:receive():payload()
assert(p:get_format() == payload.format.LUA)
local v = p:data()
assert(v.a == 1 and #v.list == 3 and v.self == v.again and p:data() == v and p:unmarshal() == v)

process.send(process.pid(), "error", errors.new{message = "m", kind = errors.TIMEOUT})
p = inbox:receive():payload()
assert(p:get_format() == payload.format.ERROR and tostring(p) == "payload{format=golang/error}")
assert(p:data():kind() == errors.TIMEOUT and p:get_format() == payload.format.ERROR)

process.send(process.pid(), "text", "plain")
p = inbox:receive():payload()
assert(p:transcode(payload.format.STRING):data() == "plain")

process.send(process.pid(), "several", 1, nil, "three")
local list = inbox:receive():payload()
assert(type(list) == "table" and list[1]:data() == 1 and list[2]:data() == nil and list[3]:data() == "three")

-- large ones, decoded in pieces; two coroutines ask for the same one
local big = {}
for i = 1, 50000 do big[i] = {i, tostring(i)} end
process.send(process.pid(), "big", big)
p = inbox:receive():payload()
local done = channel.new(2)
for _ = 1, 2 do
    coroutine.spawn(function() done:send(p:data()) end)
end
local first, second = done:receive(), done:receive()
assert(#first == 50000 and first[50000][2] == "50000" and rawequal(first, second))
