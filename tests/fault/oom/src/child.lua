local time = require("time")

local function main(parent)
  assert(process.registry.register("child"))
  local data = process.inbox():receive():payload():data()
  time.sleep("1ms")
  assert(process.send(parent, "answer", #data.text + #data.list))
end

return { main = main }
