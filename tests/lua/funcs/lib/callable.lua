-- yaml: meta: {default_host: processes}
local function main(way, given)
  if way == "value" then return { id = process.id(), pid = process.pid(), given = given } end
  if way == "fail" then return nil, errors.new{ message = "as told", kind = errors.CONFLICT } end
  if way == "raise" then error("raised") end
  local events = process.events()
  process.send("witness", "waiting", process.pid())
  process.send("witness", "told", (events:receive()))
  process.listen("go"):receive()
  process.send("witness", "told", "gone")
end

return { main = main }
