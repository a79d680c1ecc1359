-- Fills a heap of about `megabytes` with small tables and replaces them over and over: steady garbage, constant size.
local BYTES_PER_RECORD = 200 -- two tables, a string, a slot

local function record(i)
  return { id = i, name = "record " .. i, tags = { i, i + 1 } }
end

local function main(parent, megabytes)
  local count = megabytes * 1000000 // BYTES_PER_RECORD
  local records = {}
  for i = 1, count do records[i] = record(i) end
  process.send(parent, "full", count)

  local stop = process.inbox()
  local stop_case, replaced = { stop:case_receive(), default = true }, 0
  while channel.select(stop_case).default do
    for _ = 1, 1000 do
      replaced = replaced + 1
      local i = replaced * 7919 % count + 1
      assert(records[i].tags[2] - records[i].tags[1] == 1)
      records[i] = record(i)
    end
  end
  process.send(parent, "replaced", replaced)
end

return { main = main }
