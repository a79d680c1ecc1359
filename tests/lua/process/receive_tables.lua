-- Small tables with the same keys again and again, then with others: what the receiver has learned of the first must not show.
local me = process.pid()
local topic = process.listen("tables")

local function is_same(got, sent)
    for k, v in pairs(sent) do assert(rawequal(got[k], v), k) end
    for k in pairs(got) do assert(sent[k] ~= nil, k) end
end

local function echo(sent)
    process.send(me, "tables", sent)
    is_same(topic:receive(), sent)
    process.send(me, "unclaimed", sent)
    is_same(process.inbox():receive():payload():data(), sent)
end

-- enough garbage for the collector to come round several times
local function churn()
    for i = 1, 20000 do is_same({ other = "other" .. i }, { other = "other" .. i }) end
end

local shapes = {
    function(i) return { id = i, name = "n" .. i, share = i / 2 } end,
    function(i) return { id = i, name = "n" .. i, share = i / 2, more = true } end,
    function(i) return { name = i } end,
    function(i) return { ["a\0b"] = i, ["a\0c"] = -i, [""] = i } end,
    function(i) return { [("long"):rep(4)] = i, [("k"):rep(15)] = "k" } end,
    function(i) return { i, i + 1, id = "after a sequence" } end,
    function() return {} end,
    function(i)
        local wide = {}
        for k = 1, 12 do wide["key" .. k] = i + k end
        return wide
    end,
}

-- each long enough to be learned, in between and at the end all of them in turn
for _ = 1, 2 do
    for _, make in ipairs(shapes) do
        for i = 1, 40 do echo(make(i)) end
        churn()
        for _, other in ipairs(shapes) do echo(other(7)) end
    end
end

-- nobody else holds the keys: the collector must leave them
local function fresh(i) return { ["fresh" .. 1] = i, ["new" .. 2] = i } end
for i = 1, 40 do echo(fresh(i)) end
churn()
for i = 1, 40 do echo(fresh(i)) end
