-- modules: time
-- The roles of the scenarios.
local time = require("time")
local acts = {}
-- computes until told to end; the answer is how many rounds that were
function acts.compute(to)
    local stop = process.listen("stop")
    process.send(to, "ready")
    process.listen("start"):receive()
    local rounds = 0
    repeat
        for _ = 1, 1000 do end
        rounds = rounds + 1
    until not channel.select({ stop:case_receive() }, true).default
    return rounds
end
-- holds timers of every kind and ends, or waits to be ended
function acts.timers(count, stay)
    local kept = {}
    for i = 1, count do
        kept[i] = i % 4 == 0 and time.timer("1h") or i % 4 == 1 and time.ticker("1h") or i % 4 == 2 and time.after("1h") or time.after("2ms")
    end
    for _ = 1, 100 do coroutine.spawn(function() time.sleep("1h") end) end
    if stay then process.events():receive() end
    return #kept
end
-- would tell what it must not: timers end with their process
function acts.late(to)
    for i = 1, 20 do
        coroutine.spawn(function()
            time.sleep(i * time.MILLISECOND)
            process.send(to, "late", i)
        end)
    end
    time.sleep("5ms")
end
function acts.nothing() end
function acts.busy() local n = 0 for i = 1, 20000 do n = n + i end return n end
function acts.wait() process.events():receive() end
return { main = function(act, ...) return acts[act](...) end }
