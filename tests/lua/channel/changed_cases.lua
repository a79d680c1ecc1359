-- While a fiber waits in a select, others change the array it was called with, and the collector comes: it waits for the cases that there were.
local me = process.pid()
local topic = process.listen("changed")

local function select_in_fiber(cases)
    local got = {}
    coroutine.spawn(function() got.result, got.error = channel.select(cases) end)
    for i = #cases, 1, -1 do cases[i] = nil end
    for _ = 1, 20000 do local _ = { {}, {} } end -- the collector comes round
    return got
end

local function poll() channel.select { process.inbox():case_receive(), default = true } end

-- what others send to the channel, or take from it
local passed = channel.new()
local got = select_in_fiber { channel.new():case_receive(), passed:case_receive() }
passed:send(5)
coroutine.yield()
assert(got.result.value == 5 and got.result.ok and got.result.channel == passed)

got = select_in_fiber { channel.new():case_receive(), passed:case_send("sent") }
assert(passed:receive() == "sent")
coroutine.yield()
assert(got.result.ok and got.result.channel == passed)

-- a channel that is closed
local closed = channel.new()
got = select_in_fiber { closed:case_receive() }
closed:close()
coroutine.yield()
assert(got.result.ok == false and got.result.value == nil and got.result.channel == closed)

-- a message, small and so big that decoding it is interrupted, whether the fiber waits for it or it is there
local big = {}
for i = 1, 200000 do big[i] = { i } end
for _, value in ipairs { 7, big } do
    for _, comes_first in ipairs { false, true } do
        local function check(r)
            assert(r.ok and r.channel == topic)
            assert(value == 7 and r.value == 7 or #r.value == #big and r.value[#big][1] == #big)
        end
        if comes_first then
            assert(process.send(me, "changed", value))
            poll()
        end
        got = select_in_fiber { topic:case_receive() }
        if not comes_first then
            assert(process.send(me, "changed", value))
            poll()
        end
        while not got.result do coroutine.yield() end
        check(got.result)
    end
end
