-- Kills services at random, so many a second, and checks every death and every restart: exactly one EXIT, the name free and then
-- taken by the next one, a restart not before its delay and not much after, no process left over.
local io, system, time = require("io"), require("system"), require("time")

-- As in services.sh.
local INITIAL_NS, MOST_NS, FACTOR, JITTER = 50 * time.MILLISECOND, 400 * time.MILLISECOND, 2, 0.1

local services = {} -- index -> {pid, deaths, killed_at; pid is nil while it is down}
local by_pid = {}
local late = {} -- how much later than the longest delay each restart was, milliseconds
local exits, slack_ns = 0, 0

local function now_ns() return time.now():unix_nano() end

local function came_up(index, pid)
  local service = services[index]
  assert(not service.pid, "service " .. index .. " runs twice")
  assert(process.registry.lookup("service " .. index) == pid, "the name belongs to somebody else")
  if service.killed_at then
    local delay = math.min(MOST_NS, INITIAL_NS * FACTOR ^ (service.deaths - 1))
    local waited = now_ns() - service.killed_at
    assert(waited >= delay * (1 - JITTER), string.format("restart %d came after %.1f ms", service.deaths, waited / 1e6))
    assert(waited <= delay * (1 + JITTER) + slack_ns, string.format("restart %d came after %.1f ms", service.deaths, waited / 1e6))
    late[#late + 1] = math.max(0, waited - delay * (1 + JITTER)) / 1e6
  end
  service.pid = pid
  by_pid[pid] = index
  assert(process.monitor(pid))
end

local function ended(event)
  local index = assert(by_pid[event.from], "a second EXIT, or of a stranger")
  by_pid[event.from] = nil
  assert(services[index].pid == nil and event.result.error, "nobody killed service " .. index)
  exits = exits + 1
end

local function kill(count)
  local index = math.random(count)
  local service = services[index]
  if not service.pid then return end -- it is down: another one next time
  service.deaths, service.killed_at = service.deaths + 1, now_ns()
  assert(process.terminate(service.pid))
  service.pid = nil
end

local function all_up(count)
  for index = 1, count do
    if not services[index].pid then return false end
  end
  return true
end

local function check_end(count)
  local kills = 0
  for index = 1, count do
    local state = assert(system.supervisor.state("services:service_" .. index))
    assert(state.status == "running", "service " .. index .. " is " .. state.status)
    kills = kills + services[index].deaths
    assert(process.registry.lookup("service " .. index) == services[index].pid)
  end
  assert(exits == kills, exits .. " EXITs for " .. kills .. " deaths")
  for _, host in ipairs(system.hosts.list()) do
    if host.id == "services:processes" then assert(host.processes == count, "processes left over: " .. host.processes - count) end
  end
  return kills
end

local function main(services_count, per_second, seconds, slowness)
  local count, rate = tonumber(services_count or 1000), tonumber(per_second or 50)
  slack_ns = 5 * time.SECOND * tonumber(slowness or 1)
  for index = 1, count do services[index] = { deaths = 0 } end
  local ups, events = process.listen("up", { message = true }), process.events()
  assert(process.registry.register("killer"))

  local ticker, over = time.ticker(time.SECOND // rate), time.after(tonumber(seconds or 60) * time.SECOND)
  local cases = { events:case_receive(), ups:case_receive(), ticker:channel():case_receive(), over:case_receive() }
  local is_over = false
  while not (is_over and exits > 0 and all_up(count) and next(by_pid) ~= nil) do
    local got = channel.select(cases)
    if got.channel == events then
      if got.value.kind == process.event.CANCEL then return end
      ended(got.value)
    elseif got.channel == ups then
      came_up(got.value:payload():data(), got.value:from())
    elseif got.channel == over then
      is_over = true
      ticker:stop()
      cases = { cases[1], cases[2] }
    elseif not is_over then
      kill(count)
    end
  end
  -- An EXIT may still be on its way for a service that is up again already: all are here before those of the next round.
  time.sleep("100ms")
  while true do
    local got = channel.select({ cases[1] }, true)
    if got.default then break end
    ended(got.value)
  end

  local kills = check_end(count)
  table.sort(late)
  io.print(string.format("%d services, %d deaths, %d EXITs; restarts late by p50 %.1f ms, p99 %.1f ms, max %.1f ms", count, kills, exits,
    late[#late // 2 + 1] or 0, late[math.ceil(#late * 0.99)] or 0, late[#late] or 0))
end

return { main = main }
