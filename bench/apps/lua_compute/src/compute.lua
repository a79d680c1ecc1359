-- Plain Lua, the same text for moonlet and for the stand-alone interpreter: calls, arithmetic, tables, strings, closures.
-- Returns a function that does it all `scale` times and returns a checksum.

local function fib(n)
  if n < 2 then return n end
  return fib(n - 1) + fib(n - 2)
end

local function sieve(limit)
  local composite, primes = {}, 0
  for i = 2, limit do
    if not composite[i] then
      primes = primes + 1
      for j = i * i, limit, i do composite[j] = true end
    end
  end
  return primes
end

local function nbody(steps)
  local x, y, vx, vy = 1.0, 0.0, 0.0, 1.0
  for _ = 1, steps do
    local r3 = (x * x + y * y) ^ 1.5
    vx, vy = vx - x / r3 * 0.001, vy - y / r3 * 0.001
    x, y = x + vx * 0.001, y + vy * 0.001
  end
  return math.floor((x * x + y * y) * 1000 + 0.5)
end

local function words(count)
  local seen, distinct = {}, 0
  for i = 1, count do
    local word = "w" .. i % 5000
    if not seen[word] then
      seen[word] = 0
      distinct = distinct + 1
    end
    seen[word] = seen[word] + #word
  end
  return distinct
end

local function sorted(count)
  local values, state = {}, 42
  for i = 1, count do
    state = (state * 1103515245 + 12345) & 0x7fffffff
    values[i] = state
  end
  table.sort(values, function(a, b) return a < b end)
  for i = 2, count do assert(values[i - 1] <= values[i]) end
  return values[count // 2]
end

local function closures(count)
  local total = 0
  for i = 1, count do
    local add = function(n) return n + i end
    total = total + add(1)
  end
  return total
end

return function(scale)
  local sum = 0
  for _ = 1, scale do
    sum = sum + fib(27) + sieve(300000) + nbody(500000) + words(300000) + sorted(60000) + closures(400000)
  end
  return sum
end
