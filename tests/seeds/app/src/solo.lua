-- What one process does for itself: channels, timers, tickers, coroutines; and orders that depend on hashes and addresses.
local time, digest = require("time"), require("digest")

local function add_orders(sum)
  local names, t = {}, {}
  for i, key in ipairs({ "a", "bb", "ccc", 1.5, 7, -1, true, {}, {}, {}, print, add_orders, function() end,
                         coroutine.create(print), channel.new(1), channel.new(1), errors.new("e") }) do
    names[key], t[key] = i, i
  end
  for key in pairs(t) do sum.add(names[key]) end
  local strings = {}
  for i = 1, 40 do strings[string.format("%x", math.random(1 << 60))] = i end
  for key, value in pairs(strings) do sum.add(key, value) end
  sum.add(table.concat(digest.order_of_strings, " "))
  sum.add(tostring({}), tostring(add_orders), tostring(coroutine.create(print)), tostring(print))
end

local function add_pipeline(sum)
  local numbers, squares = channel.new(0), channel.new(3)
  coroutine.spawn(function() for i = 1, 30 do numbers:send(i) end numbers:close() end)
  for _ = 1, 3 do
    coroutine.spawn(function()
      for n in function() return (numbers:receive()) end do
        if math.random(3) == 1 then time.sleep("10us") end
        squares:send(n * n)
      end
      squares:send("end")
    end)
  end
  local ends, total = 0, 0
  while ends < 3 do
    local square = squares:receive()
    if square == "end" then ends = ends + 1 else total = total + square sum.add(square) end
  end
  assert(total == 30 * 31 * 61 // 6, "a number was lost or doubled")
end

local function add_timers(sum)
  local ticker, late, never = time.ticker("700us"), time.timer("5ms"), time.timer("1h")
  local ticks, done = 0, time.after("20ms")
  assert(never:stop() and late:reset("4ms"))
  local cases = { done:case_receive(), ticker:channel():case_receive(), late:channel():case_receive() }
  repeat
    local got = channel.select(cases)
    ticks = ticks + (got.channel == ticker:channel() and 1 or 0)
    if got.channel == late:channel() then cases[3] = nil end
    sum.add(time.now():unix_nano())
    for i = 1, math.random(300) do sum.add(i) end
  until got.channel == done
  ticker:stop()
  assert(ticks >= 20 and ticks <= 28, ticks)
end

local function add_generator(sum)
  local generator = coroutine.wrap(function() for i = 1, 500 do coroutine.yield(i) end end)
  for i = 1, 500 do assert(generator() == i) end
  sum.add(math.random(1 << 60), os.time(), os.clock())
end

local function main()
  local sum = digest.new()
  for _, part in ipairs({ add_orders, add_pipeline, add_timers, add_generator }) do part(sum) end
  return sum.text()
end

return { main = main }
