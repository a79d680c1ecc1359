local shapes = {
  circle = function(shape) return math.pi * shape.radius ^ 2 end,
  square = function(shape) return shape.side ^ 2 end,
}

local function area(shape)
  local of = shapes[shape.kind]
  if not of then
    return nil, errors.new({ message = "no such shape: " .. tostring(shape.kind), kind = errors.INVALID, retryable = false })
  end
  return of(shape)
end

return { area = area }
