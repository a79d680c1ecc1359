-- Keeps its share of the cells. Once told to go it sends numbers to some of them and adds up the answers, then to the next, and so on
-- without end; tells how many messages that were when main asks.
local BATCH = 100

local function start(count)
  local me, cells = process.pid(), {}
  for i = 1, count do cells[i] = assert(process.spawn("million:cell", "million:processes", me)) end
  return cells
end

-- A number to each of the cells from `first` on, and the answers. Returns how many cells those were.
local function round(cells, first, count, answers)
  local last, sum = math.min(first + count - 1, #cells), 0
  for i = first, last do assert(process.send(cells[i], "number", i)) end
  for _ = first, last do sum = sum + answers:receive() - 1 end
  assert(sum == (first + last) * (last - first + 1) // 2, "wrong answers")
  return last - first + 1
end

local function main(parent, count)
  local answers, asks, events = process.listen("answer"), process.listen("ask"), process.events()
  local cells = start(count)
  round(cells, 1, #cells, answers) -- all of them run
  process.send(parent, "live", #cells)

  local go, messages, next_cell = process.listen("go"), 0, 1
  local cases = { events:case_receive(), asks:case_receive(), go:case_receive() }
  local busy_cases = { events:case_receive(), asks:case_receive() }
  local is_going = false
  while true do
    local got = channel.select(is_going and busy_cases or cases, is_going)
    if got.channel == asks then
      process.send(parent, "messages", messages)
      messages = 0
    elseif got.channel == go then
      is_going = true
    elseif got.channel == events then -- asked to stop
      for _, cell in ipairs(cells) do process.terminate(cell) end
      return
    end
    if is_going then
      local reached = round(cells, next_cell, BATCH, answers)
      messages = messages + 2 * reached
      next_cell = next_cell + reached <= #cells and next_cell + reached or 1
    end
  end
end

return { main = main }
