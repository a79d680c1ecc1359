-- yaml: meta: {command: {name: attack}}
-- imports: arena=test:arena
-- modules: io, time, system, json
-- flags: --workers 1
-- timeout: 60
-- T36: a JSON object of 1 MB whose keys all have the same hash. It is decoded, whole, while the canary goes on beside.
local arena, json = require("arena"), require("json")

local function main(show)
    local count = 10000 --[[tsan: 2000]]
    local keys = {}
    for i = 0, count - 1 do keys[i + 1] = ('"%03da%03da%s":%d'):format(i // 1000, i % 1000, ("a"):rep(88), i) end
    local text = "{" .. table.concat(keys, ",") .. "}"
    assert(#text > 100 * count)
    arena.open()
    local map = assert(json.decode(text))
    arena.close(show)
    local seen = 0
    for i = 0, count - 1, count // 20 do
        assert(map[("%03da%03da%s"):format(i // 1000, i % 1000, ("a"):rep(88))] == i)
        seen = seen + 1
    end
    assert(seen == 20)
end
return { main = main }
