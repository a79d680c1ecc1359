-- modules: json, time, system
-- flags: --workers 1
-- timeout: 60
-- Large documents are read and written in slices: on the one worker there is, another process goes on meanwhile. A message tells that
-- it has begun and one that it has ended; in between the other gets its turns, and the reader's slices are counted.
local system, time = require("system"), require("time")
local progress, events = process.listen("progress"), process.events()

local function steps_of(pid)
    for _, info in ipairs(system.hosts.processes("test:roomy")) do
        if info.pid == pid then return info.steps end
    end
    return 0
end

-- The next message of the worker; its death instead is a failure.
local function await(what, state, dont_wait)
    local got = channel.select({ progress:case_receive(), events:case_receive() }, dont_wait)
    local message = got.value
    if not message then return nil end
    assert(got.channel == progress, what .. ": " .. tostring(message.result and message.result.error))
    assert(message.what == what and message.state == state, what)
    return message
end

for _, what in ipairs { "encode", "decode", "decode_deep", "encode_string", "encode_msgpack", "decode_msgpack", "encode_yaml", "decode_yaml" } do
    local worker = assert(process.spawn_monitored("test:worker", "test:roomy", process.pid(), what))
    await(what, "begun")
    local before, turns, ended = steps_of(worker), 0, nil
    repeat
        time.sleep("1ms")
        turns = turns + 1
        ended = await(what, "ended", true)
    until ended
    local slices = steps_of(worker) - before
    assert(ended.ok and turns >= 3, ("%s: %d turns"):format(what, turns))
    assert(slices >= ended.least, ("%s: %d slices, %d at least"):format(what, slices, ended.least))
    process.send(worker, "end", true)
    assert(events:receive().from == worker)
end
