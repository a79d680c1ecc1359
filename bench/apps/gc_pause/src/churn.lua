-- Fills a heap of about `megabytes` with small tables and replaces them over and over: steady garbage, constant size. In the end all are checked.
local BYTES_PER_RECORD = 200 -- two tables, a string, a slot
local GROUP = 1000

local function record(i)
  return { id = i, name = "record " .. i, tags = { i, i + 1 } }
end

local function group(first)
  local records = {}
  for i = 1, GROUP do records[i] = record(first + i) end
  return records
end

local function check(records)
  assert(#records == GROUP, "records got lost")
  for _, r in ipairs(records) do
    assert(r.name == "record " .. r.id and r.tags[1] == r.id and r.tags[2] == r.id + 1, "a record is wrong")
  end
end

local function main(parent, megabytes)
  local count = megabytes * 1000000 // (BYTES_PER_RECORD * GROUP)
  local groups = {}
  for i = 1, count do groups[i] = group(i * GROUP) end
  process.send(parent, "full", count)

  local stop = process.inbox()
  local stop_case, replaced = { stop:case_receive(), default = true }, 0
  while channel.select(stop_case).default do
    for _ = 1, GROUP do
      replaced = replaced + 1
      groups[replaced * 7919 % count + 1][replaced % GROUP + 1] = record(replaced)
    end
  end
  for _, records in ipairs(groups) do check(records) end
  process.send(parent, "replaced", replaced)
end

return { main = main }
