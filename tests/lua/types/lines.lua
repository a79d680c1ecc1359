-- Errors have the lines of the source.
local function line_of(f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok)
  return tonumber(tostring(message):match(":(%d+):"))
end

type Big = {
  a: number, -- with a comment
  --[[ and one
       of several lines ]]
  b: "x\
y" | [[
z
]],
}

assert(line_of(function() error("here") end) == 18)
assert(line_of(function(a: {
  x: number,
}, b: Big
): (Big,
  number)
  return a.x.y.z as
    Big
end, {}) == 24)

interface Thing
  function f(
    a: number
  ): string
end
assert(line_of(function()
  local a: Big? = nil
  local b = a!
  return (b as
    Big).c
end) == 37)
assert(line_of(function() return (nil
  as any)() end) == 39)
