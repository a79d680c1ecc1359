-- modules: uuid
-- v1, v4, v7: right form, right marks, never twice; v7 and the moments of v1 only grow
local form = "^%x%x%x%x%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%-%x%x%x%x%x%x%x%x%x%x%x%x$"
local seen = {}
for version, make in pairs({ [1] = uuid.v1, [4] = uuid.v4, [7] = uuid.v7 }) do
    for _ = 1, 3000 do
        local u, err = make()
        assert(err == nil and #u == 36 and u:match(form) and u == u:lower(), u)
        assert(not seen[u], u)
        seen[u] = true
        assert(uuid.version(u) == version and uuid.variant(u) == "RFC4122" and uuid.validate(u) == true)
    end
end

local last = uuid.v7()
for _ = 1, 10000 do
    local u = uuid.v7()
    assert(u > last, u)
    last = u
end

local node
for _ = 1, 100 do
    local before, t, after = os.time(), uuid.parse(uuid.v1()), os.time()
    assert(t.timestamp >= before - 1 and t.timestamp <= after + 1 and math.type(t.timestamp) == "integer")
    assert(#t.node == 12 and t.node == (node or t.node))
    assert(tonumber(t.node:sub(1, 2), 16) & 1 == 1) -- not the address of any network card
    node = t.node
    t = uuid.parse(uuid.v7())
    assert(t.timestamp >= before and t.timestamp <= os.time() + 1 and t.node == nil)
end
local t = uuid.parse(uuid.v4())
assert(t.version == 4 and t.variant == "RFC4122" and t.timestamp == nil and t.node == nil)

-- random bits are random: each of the 122 is sometimes set and sometimes not
local ones = {}
for _ = 1, 200 do
    local digits = uuid.format(uuid.v4(), "simple")
    for i = 1, 32 do
        local value = tonumber(digits:sub(i, i), 16)
        for bit = 0, 3 do
            ones[i * 4 + bit] = (ones[i * 4 + bit] or 0) + (value >> bit & 1)
        end
    end
end
for i = 1, 32 do
    for bit = 0, 3 do
        local fixed = i == 13 or (i == 17 and bit >= 2)
        local count = ones[i * 4 + bit]
        assert(fixed or (count > 40 and count < 160), i .. "." .. bit .. ": " .. count)
    end
end
