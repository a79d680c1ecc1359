-- What comes with a call is checked before anything is done with it: types are values that check.
type Circle = {kind: "circle", radius: number @min(0)}
type Square = {kind: "square", side: number @min(0)}
type Shape = Circle | Square

local areas = {
  circle = function(shape: Circle): number return math.pi * shape.radius ^ 2 end,
  square = function(shape: Square): number return shape.side ^ 2 end,
}

local function area(shape: any): (number?, error?)
  local valid, failure = Shape:is(shape)
  if failure then return nil, failure end
  return areas[valid.kind](valid)
end

return { area = area }
