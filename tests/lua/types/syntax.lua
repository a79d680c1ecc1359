-- Annotations, casts and declarations do nothing while the program runs.
type Point = {x: number, y: number, tag?: string @min_len(2)}
type Id = string | integer
type Handler<T> = (value: T, ...any) -> (boolean, string?)
type Tree = {value: number, kids: {Tree}}
interface Shape: Base
  function area(self): number
  function scale(self, by: number, origin?: Point): Shape, string?
end

local p: Point = {x = 1, y = 2}
local a: number, b: {string}?, c = 1, nil, 3
assert(p.x == 1 and a == 1 and b == nil and c == 3)

local function add<T: number>(x: T, y?: T, ...: T): (T, integer)
  return x + (y or 0), select("#", ...)
end
assert(add(1, 2) == 3 and select(2, add(1, 2, 3, 4)) == 2)

local function check(x: any): asserts x is string
  assert(type(x) == "string")
end
check("s")

local shape = {}
function shape.new<T>(size: number): T return setmetatable({size = size}, {__index = shape}) end
function shape:area(): number return self.size ^ 2 end
assert(shape.new(3):area() == 9)
local twice = function(x: number): number return x * 2 end
assert(twice(2) == 4)

-- a cast is one value
local function two() return 1, 2 end
local function count(...) return select("#", ...) end
assert(count(two() as number) == 1 and count(two()!) == 1 and count(two() :: number) == 1)
assert(count(two(), two() as number) == 2 and count((two() as number)) == 1)
local function pass(...) return ... as number end
assert(count(pass(1, 2, 3)) == 1 and pass(7) == 7)
local t = {two() as number, two()!}
assert(#t == 2 and t[2] == 1)

-- it binds tighter than any operator
assert(-2 as number ^ 2 == -4 and 1 + 2 as number * 3 == 7 and not nil as boolean)
assert("a" .. 1 as integer .. "b" == "a1b" and #t as integer == 2)
assert((p as Point).x == 1 and (p!).y == 2 and p as any as Point == p and p!! == p)
assert(1 as integer < 2 and (3 as number | string) == 3)

-- on a line of its own `(` begins a statement
local called = 0
local function call() called = called + 1 end
local f = call as any
(function() called = called + 10 end)()
local g = call!
;(call)()
type Late = Point
(call or nil)()
assert(called == 12 and f == call and g == call)

-- labels and casts
local x = 5 :: number
::done::
local y = x ::again::
x = x - 1
if x > 0 then goto again end
assert(x == 0 and y == 5)
