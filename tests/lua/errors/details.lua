-- Details: string keys only, nested tables kept, a fresh table each time, empty is nil (10.2, 10.3).
local given = {field = "name", limits = {min = 1, list = {1, 2, 3}}, flag = false, size = 10, ratio = 0.5}
local e = errors.new{message = "m", details = given}
local d = e:details()
assert(d ~= given and d.field == "name" and d.limits.min == 1 and #d.limits.list == 3)
assert(d.flag == false and math.type(d.size) == "integer" and d.ratio == 0.5)

-- changing what was given or got changes nothing
given.field = "changed"
given.limits.min = 100
d.field = "changed too"
d.limits.list[1] = nil
local again = e:details()
assert(again ~= d and again.field == "name" and again.limits.min == 1 and again.limits.list[1] == 1)

-- other keys than strings are left out at the top, kept below
e = errors.new{message = "m", details = {"one", [true] = 2, [1.5] = 3, kept = {"x", [true] = "y"}}}
d = e:details()
assert(d[1] == nil and d[true] == nil and d[1.5] == nil and d.kept[1] == "x" and d.kept[true] == "y")

for _, empty in ipairs{{}, {1, 2, 3}, {[true] = 1}} do
  assert(errors.new{message = "m", details = empty}:details() == nil)
end

-- cycles and errors inside
local cycle = {}
cycle.me = cycle
d = errors.new{message = "m", details = {cycle = cycle, cause = errors.new("inner")}}:details()
assert(d.cycle.me == d.cycle and d.cause:message() == "inner")

-- a read-only table works like any other
local frozen = table.make_immutable({a = {b = 1}})
assert(errors.new{message = "m", details = frozen}:details().a.b == 1)

-- too deep raises
local deep = {}
for _ = 1, 200 do deep = {x = deep} end
assert(not pcall(errors.new, {message = "m", details = deep}))
