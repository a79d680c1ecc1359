-- Sends 1..count to one receiver; waits a little when the receiver's mailbox is full.
local time = require("time")

local function main(receiver, count)
  for i = 1, count do
    while true do
      local ok, err = process.send(receiver, "number", i)
      if ok then break end
      assert(err:kind() == errors.RATE_LIMITED, tostring(err))
      time.sleep("1ms")
    end
  end
end

return { main = main }
