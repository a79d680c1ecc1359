-- modules: uuid, io
-- flags: --seed 7
-- In seeded mode identifiers are part of what a seed repeats; the clock stands, and yet they differ.
local first = uuid.parse(uuid.v1())
assert(first.timestamp == 1577836800)
local seen = {}
for _ = 1, 1000 do
    for _, make in ipairs({ uuid.v1, uuid.v4, uuid.v7 }) do
        local u = make()
        assert(not seen[u])
        seen[u] = true
    end
end
assert(uuid.parse(uuid.v7()).timestamp == 1577836800)
