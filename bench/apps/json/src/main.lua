-- Megabytes of JSON text per second, read and written: a document of 2,000 records (0.5 MB, parsed by the blocking pool) and one record alone
-- (a quarter of a kilobyte, parsed where it is).
local io, json, time = require("io"), require("json"), require("time")

local function record(i)
  return {
    id = i, name = "user " .. i, email = ("user%d@example.com"):format(i), active = i % 2 == 0, score = i * 1.37,
    tags = { "alpha", "beta", "gamma" },
    address = { street = "Main street " .. i, city = "Springfield", zip = "12345", geo = { lat = i / 7, lon = -i / 3 } },
  }
end

local function measure(metric, rounds, bytes, work)
  local began = time.now()
  for _ = 1, rounds do work() end
  local seconds = time.now():sub(began):seconds()
  io.print(string.format("RESULT %s %.1f MB/s", metric, rounds * bytes / seconds / 1e6))
end

local function main()
  local rounds = tonumber(io.args()[1] or 40)
  local list = {}
  for i = 1, 2000 do list[i] = record(i) end
  local text, small = json.encode(list), json.encode(list[1])
  local back = json.decode(text)
  assert(#back == 2000 and back[2000].address.geo.lat == 2000 / 7 and json.encode(back) == text)
  measure("json_decode", rounds, #text, function() return json.decode(text) end)
  measure("json_encode", rounds, #text, function() return json.encode(list) end)
  measure("json_decode_small", rounds * 2000, #small, function() return json.decode(small) end)
  measure("json_encode_small", rounds * 2000, #small, function() return json.encode(list[1]) end)
end

return { main = main }
