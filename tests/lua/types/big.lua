-- Values that take more than a slice; sharing; nested unions.
-- timeout: 60
type Row = {id: number, name: string, tags: {string}}
type Rows = {Row}
local rows = {}
for i = 1, 20000 do rows[i] = {id = i, name = "n", tags = {"a", "b"}} end
assert(Rows:is(rows) == rows and Rows(rows) == rows)
rows[19999].tags[2] = 7
local v, err = Rows:is(rows)
assert(v == nil and err:message() == "[19999].tags[2]: expected string, got number", err)
type Map = {[string]: number}
local map = {}
for i = 1, 30000 do map["k" .. i] = i end
assert(Map:is(map))
map.k77 = "x"
assert(select(2, Map:is(map)):message() == "k77: expected number, got string")
type Any = {[string]: any} | {Any}
type Big = Map | Rows
assert(not Big:is(rows))
map[1] = 5
assert(not Big:is(map))
rows[19999].tags[2] = "x"
assert(Big:is(rows))

-- Others run meanwhile, also where a function cannot be suspended.
local turns = 0
coroutine.spawn(function() for _ = 1, 3 do turns = turns + 1 coroutine.yield() end end)
local co = coroutine.wrap(function() return Rows:is(rows) end)
assert(co() == rows)
assert(table.concat({(table.unpack({(string.gsub("x", "x", function() return tostring(Rows:is(rows) == rows) end))}))}) == "true")

-- 2^60 paths, 60 tables
type Tree = {l: Tree?, r: Tree?, v: number}
local node = {v = 1}
for _ = 1, 60 do node = {l = node, r = node, v = 1} end
assert(Tree:is(node) == node)
local bottom = {v = "x"}
node = bottom
for _ = 1, 60 do node = {l = node, r = node, v = 1} end
assert(not Tree:is(node))
-- unions that each try both members
type T2 = {a: T2?, b?: string, n: number} | {a: T2?, n: number}
local chain = {n = "x"}
for _ = 1, 30 do chain = {a = chain, n = 1} end
assert(not T2:is(chain))
