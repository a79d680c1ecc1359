-- Joins the group; after every `count` news in their order it tells how long their texts were together.
local pg = require("pg")

local function main(parent, count)
  local groups, news = assert(pg.open("bench:groups")), process.listen("news")
  assert(groups:join("news"))
  process.send(parent, "ready")
  while true do
    local length = 0
    for i = 1, count do
      local got = news:receive()
      if got.number == i then length = length + #got.text end
    end
    process.send(parent, "done", length)
  end
end

return { main = main }
