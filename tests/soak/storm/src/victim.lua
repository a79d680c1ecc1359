-- Lives with timers, a helper coroutine, a name and garbage until told how to end. With a partner: linked to it.
local time = require("time")

local endings = {
  error = function() error("told to fail") end,
  nested = function()
    local co = coroutine.wrap(function() pcall(error, "ignored") time.sleep("1ms") error("told to fail") end)
    co()
  end,
  normal = function() return "told to return" end,
  wait = function() channel.new(0):receive() end,
  spin = function() while true do end end,
}

local function main(name)
  if not name then return process.inbox():receive() end -- a partner: it dies by its link only
  assert(process.registry.register(name))
  local inbox, quiet = process.inbox(), channel.new(0)
  coroutine.spawn(function() quiet:receive() end)
  local timers = {}
  for i = 1, 20 do timers[i] = time.after(i .. "h") end
  local partner = assert(process.spawn_linked("storm:victim", "storm:processes"))
  while true do
    local message = inbox:receive()
    local data = message:payload():data()
    if message:topic() == "die" then
      process.send(message:from(), "dying", name)
      return endings[data]()
    end
    process.send(message:from(), "pong", { name, partner, data })
  end
end

return { main = main }
