-- Puts and gets values, and lets ten coroutines count together.
local io, kv = require("io"), require("kv")

local function main()
  kv.wait()
  assert(kv.put("colour", "green"))
  assert(kv.put("point", { x = 1, y = 2 }))
  io.print("colour: " .. kv.get("colour"))
  io.print("point.y: " .. kv.get("point").y)
  io.print("nothing: " .. tostring(kv.get("nothing")))

  process.send("store", "put", { key = 42, value = "wrong", reply_to = "nobody" }) -- is not even answered

  local done = channel.new(0)
  for _ = 1, 10 do
    coroutine.spawn(function()
      for _ = 1, 20 do assert(kv.add("counter", 1)) end
      done:send(true)
    end)
  end
  for _ = 1, 10 do done:receive() end
  io.print("counter: " .. kv.get("counter"))
end

return { main = main }
