-- What a spawn, a message and a timer cost while more and more processes live, each with a timer of its own.
local io = require("io")

-- 100000: 100k
local function label(count)
  if count % 1000000 == 0 then return count // 1000000 .. "M" end
  return count % 1000 == 0 and count // 1000 .. "k" or tostring(count)
end

local function main()
  local most, results = tonumber(io.args()[1] or 100000), process.listen("result")
  local _, err = process.spawn_monitored("bench:driver", "bench:processes", process.pid(), most)
  if err then return nil, err end
  local events = process.events()
  local cases = { results:case_receive(), events:case_receive() }
  while true do
    local got = channel.select(cases)
    if got.channel == events then return nil, got.value.result.error end
    local what, count, value = table.unpack(got.value)
    io.print(string.format("RESULT growth_%s_%s %.3f ns", what, label(count), value))
    if what == "timer" and count == most then return end
  end
end

return { main = main }
