-- Switches `count` times between a loop and a coroutine that adds, by values that are passed both ways. The same text for moonlet and for
-- the stand-alone interpreter.
return function(count)
  local adder = coroutine.create(function(value)
    local sum = 0
    while true do
      sum = sum + value
      value = coroutine.yield(sum)
    end
  end)
  local resume, ok, sum = coroutine.resume, nil, 0
  for i = 1, count // 2 do ok, sum = resume(adder, i & 0xff) end
  assert(ok)
  return sum
end
