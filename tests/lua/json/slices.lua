-- modules: json, time, system
-- flags: --workers 1
-- timeout: 60
-- Large documents are read and written in slices: on the one worker there is, another process goes on meanwhile. A message tells that
-- it has begun and one that it has ended; in between the other gets its turns, and the reader's slices are counted.
local system, time = require("system"), require("time")

local function steps_of(pid)
    for _, info in ipairs(system.hosts.processes("test:roomy")) do
        if info.pid == pid then return info.steps end
    end
    return 0
end

local progress = process.listen("progress")
local worker = assert(process.spawn_monitored("test:worker", "test:roomy", process.pid()))
for _, what in ipairs { "encode", "decode", "decode_deep", "encode_msgpack", "decode_msgpack", "encode_yaml", "decode_yaml" } do
    process.send(worker, "do", what)
    local began = progress:receive()
    assert(began.what == what and began.state == "begun", what)
    local before, turns, ended = steps_of(worker), 0, nil
    repeat
        time.sleep("1ms")
        turns = turns + 1
        local got = channel.select({ progress:case_receive() }, true)
        ended = got.value
    until ended
    assert(ended.what == what and ended.state == "ended" and ended.ok, what)
    local slices = steps_of(worker) - before
    assert(turns >= 3, ("%s: %d turns"):format(what, turns))
    assert(slices >= ended.least, ("%s: %d slices, %d at least"):format(what, slices, ended.least))
end
process.send(worker, "do", "end")
assert(process.events():receive().from == worker)
