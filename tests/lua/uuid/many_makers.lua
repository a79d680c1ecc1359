-- modules: uuid
-- Processes on all workers make them at the same time: no two are the same.
local inbox = process.inbox()
local makers, each = 8, 2000
for _ = 1, makers do
    assert(process.spawn("test:maker", "test:processes", process.pid(), each))
end
local seen, count = {}, 0
for _ = 1, makers do
    local list = inbox:receive():payload():data()
    for _, u in ipairs(list) do
        assert(not seen[u], u)
        seen[u] = true
        count = count + 1
    end
end
assert(count == makers * each * 3)
