-- insert remove move concat pack unpack, with metamethods and bad arguments
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local function is(t, ...)
    assert(#t == select("#", ...))
    for i = 1, #t do
        assert(t[i] == select(i, ...), i)
    end
end
local t = {}
table.insert(t, "a")
table.insert(t, 1, "b")
table.insert(t, 2, "c")
table.insert(t, 4, "d")
is(t, "b", "c", "a", "d")
assert(table.remove(t) == "d" and table.remove(t, 1) == "b" and table.remove(t, 3) == nil)
is(t, "c", "a")
assert(table.remove({}) == nil and table.remove({}, 0) == nil and table.remove({ 1 }, 2) == nil)
assert(fails(table.insert, { 1, 2 }, 5, 0):find("position out of bounds") and fails(table.insert, {}, 0, 0):find("position out of bounds"))
assert(fails(table.insert, {}):find("wrong number of arguments to 'insert'") and fails(table.insert, {}, 1, 2, 3):find("wrong number"))
assert(fails(table.insert, nil, 1):find("table expected, got nil") and fails(table.insert, {}, "x", 1):find("number expected"))
assert(fails(table.remove, { 1, 2, 3 }, 7):find("position out of bounds") and fails(table.remove):find("table expected"))

is(table.move({ 1, 2, 3 }, 1, 3, 2), 1, 1, 2, 3)
is(table.move({ 1, 2, 3 }, 2, 3, 1), 2, 3, 3)
is(table.move({ 1, 2, 3 }, 1, 3, 3, {}) and table.move({ 1, 2 }, 1, 2, 1, { 9, 9, 9 }), 1, 2, 9)
is(table.move({ 1, 2 }, 1, 0, 5), 1, 2)
is(table.move({ 1, 2 }, 2, 1, 5, { 7 }), 7)
assert(fails(table.move, {}, 1, math.maxinteger, 2):find("destination wrap around"))
assert(fails(table.move, {}, math.mininteger, math.maxinteger, 2):find("too many elements to move"))
assert(fails(table.move, {}, 1, 2, 3, 4):find("table expected, got number"))

assert(table.concat({ 1, "b", 2.5 }) == "1b2.5" and table.concat({ "a", "b", "c" }, ", ") == "a, b, c")
assert(table.concat({ "a", "b", "c" }, "-", 2) == "b-c" and table.concat({ "a", "b", "c" }, "-", 1, 2) == "a-b")
assert(table.concat({}, "x") == "" and table.concat({ 1 }, "x", 3) == "" and table.concat({ "a", "b" }, 7) == "a7b")
assert(table.concat({ "x", errors.new("e") }, errors.new(":")) == "x:e")
local many = {}
for i = 1, 3000 do
    many[i] = "item"
end
assert(#table.concat(many, ",") == 14999)
assert(fails(table.concat, { 1, {}, 3 }):find("invalid value (table) at index 2 in table for 'concat'", 1, true))
assert(fails(table.concat, { 1 }, ",", 1, 2):find("invalid value (nil) at index 2", 1, true) and fails(table.concat, 5):find("table expected"))

local p = table.pack(1, nil, 3, nil)
assert(p.n == 4 and p[1] == 1 and p[2] == nil and p[3] == 3 and table.pack().n == 0)
assert(select("#", table.unpack({ 1, nil, 3 }, 1, 3)) == 3 and select("#", table.unpack({}, 2, 1)) == 0 and table.unpack({ 5, 6 }, 2) == 6)
assert(select("#", table.unpack(many)) == 3000 and table.unpack == unpack)
assert(table.unpack({ 1, 2 }, -1, 1) == nil and table.unpack({ [math.maxinteger] = 9 }, math.maxinteger, math.maxinteger) == 9)
assert(fails(table.unpack, {}, 1, 1e8):find("too many results to unpack") and fails(table.unpack, {}, math.mininteger, math.maxinteger):find("too many results"))

-- metamethods
local log = {}
local function proxy(store)
    return setmetatable({}, {
        __len = function() return #store end,
        __index = function(_, k) log[#log + 1] = k return store[k] end,
        __newindex = function(_, k, v) store[k] = v end,
    })
end
local store = { "a", "b" }
table.insert(proxy(store), 1, "z")
is(store, "z", "a", "b")
assert(table.concat(proxy(store), ".") == "z.a.b" and table.remove(proxy(store), 1) == "z" and select("#", table.unpack(proxy(store))) == 2)
assert(table.concat(table.move(proxy(store), 1, 2, 1, {})) == "ab" and #log > 8)
table.sort(proxy(store), function(x, y) return x > y end)
is(store, "b", "a")

assert(next(table.create(10, 10)) == nil and next(table.create()) == nil)
assert(fails(table.create, -1):find("out of range") and fails(table.create, 1, -1):find("out of range"))
assert(table.maxn({ 1, 2, [10] = 1, [3.5] = 2, x = 1 }) == 10 and table.maxn({}) == 0 and table.maxn({ [2.5] = 1, [-3] = 1 }) == 2.5)
assert(table.getn({ 1, 2, 3 }) == 3 and table.getn(proxy(store)) == 2 and fails(table.getn, 5):find("table expected"))
local frozen = table.make_immutable({ 3, 1, 2 })
assert(table.is_immutable(frozen) and not table.is_immutable({}) and table.maxn(frozen) == 3 and table.concat(frozen) == "312")
assert(not pcall(table.insert, frozen, 1) and not pcall(table.sort, frozen) and not pcall(table.remove, frozen) and frozen[1] == 3)
for _, name in ipairs({ "concat", "create", "getn", "insert", "is_immutable", "make_immutable", "maxn", "move", "pack", "remove", "sort", "unpack" }) do
    assert(type(table[name]) == "function", name)
end
