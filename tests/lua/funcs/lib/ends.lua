-- kind: function.lua
-- Ends in the way it is told, counting its calls.
local calls = 0
local ways = {
  nothing = function() end,
  ["nil"] = function() return nil end,
  several = function() return 1, 2, 3 end,
  text = function() return "lost", "went wrong" end,
  ["false"] = function() return false, "went wrong" end,
  object = function()
    return "lost", errors.new{ message = "taken", kind = errors.CONFLICT, retryable = true, details = { by = "me" } }
  end,
  other = function() return "kept", 42 end,
  raise = function() error("raised") end,
  raise_object = function() error(errors.new{ message = "thrown", kind = errors.NOT_FOUND, retryable = false }) end,
  raise_table = function() error({}) end,
  raise_nil = function() error(nil) end,
  ["function"] = function() return print end,
  deep = function()
    local t = {}
    local at = t
    for _ = 1, 300 do at.t = {} at = at.t end
    return t
  end,
  deadlock = function() channel.new():receive() end,
  memory = function()
    local t = {}
    for i = 1, 1e9 do t[i] = ("x"):rep(1000) .. i end
  end,
  coroutine = function()
    coroutine.spawn(function() coroutine.yield() error("in a coroutine") end)
    channel.new():receive()
  end,
  count = function() return calls end,
}
return function(way)
  calls = calls + 1
  return ways[way]()
end
