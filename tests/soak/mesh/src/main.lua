-- Builds the mesh, lets it run, stops it, and compares what was sent with what arrived.
local io, system, time = require("io"), require("system"), require("time")

local NEIGHBOURS = 8
local GROWTH_BYTES = 16 * 1024 * 1024
local PLATEAU_SECONDS = 120 -- until then heaps still grow to twice what lives in them, where collection begins, some later than others

local function build(count)
  local me, nodes = process.pid(), {}
  for i = 1, count do nodes[i] = assert(process.spawn_linked("mesh:node", "mesh:processes", me)) end
  for i, node in ipairs(nodes) do
    local peers = {}
    for k = 1, NEIGHBOURS do peers[k] = nodes[(i + k * k * 31) % count + 1] end
    assert(process.send(node, "peers", peers))
  end
  return nodes
end

local function tell_all(nodes, topic)
  for _, node in ipairs(nodes) do assert(process.send(node, topic)) end
end

-- What all heaps have mapped; resident bytes would count a sanitizer's shadow too.
local function memory_bytes()
  system.gc.collect()
  return system.memory.stats().heap_sys
end

local function main()
  local count, seconds = tonumber(io.args()[1] or 100), tonumber(io.args()[2] or 2)
  local stopped, totals = process.listen("stopped"), process.listen("totals")
  local nodes = build(count)

  time.sleep(seconds * time.SECOND // 4)
  local early = memory_bytes()
  time.sleep(seconds * time.SECOND * 3 // 4)
  local growth = memory_bytes() - early
  local allowed = GROWTH_BYTES + (seconds // 4 < PLATEAU_SECONDS and early // 3 or 0)

  tell_all(nodes, "stop")
  for _ = 1, count do stopped:receive() end
  -- Whatever was sent is in the receivers' mailboxes now, before "drain".
  tell_all(nodes, "drain")
  local sent, received = 0, 0
  for _ = 1, count do
    local pair = totals:receive()
    sent, received = sent + pair[1], received + pair[2]
  end
  io.print(string.format("%d processes, %d sent, %d received, memory grew by %d KB", count, sent, received, growth // 1024))
  if sent ~= received or sent == 0 then return nil, "messages were lost or doubled" end
  if growth > allowed then return nil, "memory grows" end
end

return { main = main }
