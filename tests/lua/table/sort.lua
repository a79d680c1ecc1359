-- modules: time
-- table.sort: order, stability, all kinds of elements, comparators that fail, lie, yield and block
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local function sorted(t, less)
    table.sort(t, less)
    for i = 2, #t do
        if less then
            assert(not less(t[i], t[i - 1]))
        else
            assert(t[i - 1] <= t[i])
        end
    end
    return t
end
math.randomseed(11)
for _, n in ipairs({ 0, 1, 2, 3, 7, 8, 9, 31, 100, 1000, 1023, 1025, 3000 }) do
    local ints, floats, mixed, texts, objects = {}, {}, {}, {}, {}
    for i = 1, n do
        ints[i] = math.random(-n, n)
        floats[i] = math.random()
        mixed[i] = i % 2 == 0 and math.random(n) or math.random() * n
        texts[i] = "k" .. math.random(n) .. (i % 5 == 0 and "\0x" or "")
        objects[i] = { key = math.random(n // 3 + 1), place = i }
    end
    sorted(ints)
    sorted(floats)
    sorted(mixed)
    sorted(texts)
    sorted(ints, function(a, b) return a > b end)
    sorted(texts, function(a, b) return a > b end)
    sorted(ints)
    table.sort(objects, function(a, b) return a.key < b.key end)
    for i = 2, n do
        local a, b = objects[i - 1], objects[i]
        assert(a.key < b.key or (a.key == b.key and a.place < b.place))
    end
end
-- inconsistent comparators end, and lose nothing
for _, lie in ipairs({ function() return true end, function() return false end, function() return math.random(2) == 1 end, function() return 1 end, function() end }) do
    local t, sum = {}, 0
    for i = 1, 500 do
        t[i] = i
    end
    table.sort(t, lie)
    for i = 1, 500 do
        sum = sum + t[i]
    end
    assert(sum == 125250)
end
local nans = {}
for i = 1, 200 do
    nans[i] = i % 3 == 0 and 0 / 0 or math.random()
end
table.sort(nans)
assert(#nans == 200)
-- metamethods
local number = { __lt = function(a, b) return a.v < b.v end }
local objects = {}
for i = 1, 50 do
    objects[i] = setmetatable({ v = (i * 17) % 53 }, number)
end
table.sort(objects)
for i = 2, 50 do
    assert(objects[i - 1].v < objects[i].v)
end
-- errors leave the table as it was
local t = { 3, 1, 2 }
assert(fails(table.sort, t, function() error("no", 0) end) == "no" and t[1] == 3 and t[2] == 1 and t[3] == 2)
assert(fails(table.sort, { 1, "x" }):find("attempt to compare") and fails(table.sort, { {}, {} }):find("attempt to compare two table values"))
assert(fails(table.sort, { 1, 2 }, 5):find("function expected, got number") and fails(table.sort):find("table expected"))
assert(fails(table.sort, setmetatable({}, { __len = function() return math.maxinteger end })):find("array too big"))
-- a comparator that changes the table, blocks, or yields
local changing = { 5, 4, 3, 2, 1 }
table.sort(changing, function(a, b) changing[1] = nil return a < b end)
assert(table.concat(changing) == "12345")
local slow = sorted({ 3, 1, 2 }, function(a, b) time.sleep("1ms") return a < b end)
assert(table.concat(slow) == "123")
local list = { 4, 2, 3, 1 }
local co = coroutine.create(function()
    table.sort(list, function(a, b) return coroutine.yield(a, b) end)
    return "done"
end)
local ok, a, b = coroutine.resume(co)
while a ~= "done" do
    assert(ok)
    ok, a, b = coroutine.resume(co, a < b)
end
assert(table.concat(list) == "1234")
