-- Stage 1, and the end of the pipeline: makes lines, reads counts.
local io = require("io")

local TEXT = {
  "The moon is a small moon, as moons go;",
  "it has no wind, no rain and no noise.",
  "A small moon has a small shadow,",
  "and the shadow is as quiet as the moon.",
}

local function main()
  local lines = tonumber(io.args()[1] or 1000)
  local counts, credits = process.listen("item"), process.listen("credit")

  -- Built from the end, since each stage is told the next one; linked, so that all end if one fails.
  local stages, target = {}, process.pid()
  for _, name in ipairs({ "count", "normalize", "split" }) do
    target = assert(process.spawn_linked("pipeline:" .. name, "pipeline:processes", target))
    table.insert(stages, 1, target)
  end
  for i, stage in ipairs(stages) do process.send(stage, "source", stages[i - 1] or process.pid()) end
  process.send(stages[#stages], "credit", 1000000) -- the table of results is small

  coroutine.spawn(function()
    local credit = 0
    for i = 1, lines + 1 do
      while credit == 0 do credit = credit + credits:receive() end
      credit = credit - 1
      process.send(stages[1], "item", i <= lines and TEXT[i % #TEXT + 1] or "end")
    end
  end)

  local rank = 0
  while true do
    local item = counts:receive()
    if item == "end" then break end
    rank = rank + 1
    if rank <= 5 then io.print(string.format("%-8s %d", item.word, item.count)) end
  end
  io.print(rank .. " different words")
end

return { main = main }
