-- Calls functions: one after the other, at the same time, with retries, with a time limit.
local io, funcs = require("io"), require("funcs")

local function main()
  -- A call waits for the result; errors keep their kind. The function checks what it is given.
  io.print(string.format("area: %.2f", funcs.call("calc:area", { kind = "circle", radius = 1 })))
  for _, shape in ipairs({ { kind = "cloud" }, { kind = "square" }, { kind = "circle", radius = -1 } }) do
    local _, failure = funcs.call("calc:area", shape)
    io.print("error:", failure, failure:kind())
  end

  -- Futures run at the same time.
  local futures, sum = {}, 0
  for side = 1, 10 do futures[side] = assert(funcs.async("calc:area", { kind = "square", side = side })) end
  for _, future in ipairs(futures) do
    local result = future:response():receive()
    sum = sum + result:data()
  end
  io.print("sum of squares:", math.tointeger(sum))

  -- The entry's options retry it, its callers do not know.
  io.print((funcs.call("calc:weather", "the moon")))

  -- An executor carries options for all its calls.
  local impatient = funcs.new():with_options({ timeout = "20ms" })
  local _, failure = impatient:call("calc:slow")
  io.print("error:", failure:kind())
end

return { main = main }
