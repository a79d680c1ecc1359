-- Says its last words, then ends as told.
local time = require("time")

local endings = {
  value = function() return 42 end,
  raise = function() error("told to raise") end,
  failure = function() return nil, "told to fail" end,
  object = function() error(errors.new({ message = "told to", kind = errors.CONFLICT })) end,
  coroutine = function()
    coroutine.spawn(function() time.sleep("1ms") error("in a coroutine") end)
    process.inbox():receive()
  end,
  terminate = function() time.sleep("1000h") end,
  spin = function() while true do pcall(string.rep, "x", 10) end end,
  cancel = function() return process.events():receive().kind end,
  deadlock = function() channel.new(0):receive() end,
  timeout = function() channel.select({ time.after("3ms"):case_receive(), process.inbox():case_receive() }) return 42 end,
  memory = function() local t = {} for i = 1, 1e7 do t[i] = { i } end end,
  link = function()
    process.spawn_linked("seeds:victim", "seeds:processes", process.pid(), "raise", 3)
    process.inbox():receive()
    time.sleep("1000h")
  end,
}

local function main(parent, ending, words)
  for number = 1, words do
    assert(process.send(parent, "word", number))
    if math.random(3) == 1 then coroutine.yield() end
  end
  return endings[ending]()
end

return { main = main }
