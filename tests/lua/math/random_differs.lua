-- Two processes draw different numbers without a seed, and the same ones with it
if ... == "draw" then
    local seed = select(2, ...)
    if seed then
        math.randomseed(seed)
    end
    return math.random(math.maxinteger)
end
local function draw(seed)
    local pid = assert(process.spawn_monitored("test:main", "test:processes", "draw", seed))
    local event = process.events():receive()
    assert(event.from == pid and event.result.error == nil)
    return event.result.value
end
assert(draw() ~= draw())
assert(draw(7) == draw(7) and draw(7) ~= draw(8))
