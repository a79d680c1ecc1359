-- The words of the type syntax are ordinary names.
local as, is, type_ = 1, 2, type(3)
local a = as
as = 5
assert(a == 1 and as == 5 and is == 2 and type_ == "number")

local interface, readonly, asserts, typeof, keyof, fun, extends = 1, 2, 3, 4, 5, 6, 7
local t = {type = 1, as = 2, is = 3, interface = 4, readonly}
t.as, t.is = t.is, t.as
assert(t.type == 1 and t.as == 3 and t.is == 2 and t[1] == 2)
assert(interface + readonly + asserts + typeof + keyof + fun + extends == 28)

local object = {}
function object:as(x) return x end
function object.is(type) return type end
assert(object:as(3) == 3 and object.is(4) == 4)

local type = function(x) return x end
type = type(type)
local called
do
  local as = function(x) called = x end
  local b = a
  as(4)
  assert(called == 4)
  local c = b
  as{5}
  assert(called[1] == 5)
  local d = c
  as"six"
  assert(called == "six" and d == a)
end
goto as
error("not reached")
::as::

local function keep(x: integer): integer
  local is = x
  is = is + 1
  return is
end
assert(keep(1) == 2)

local interface = 3 type = 4
assert(interface == 3 and type == 4)
for as = 1, 2 do is = as end
assert(is == 2)
