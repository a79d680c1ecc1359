-- modules: pg
-- Joins the groups it is told, says so, then answers messages: "hit" is counted, "report" told, "leave" and "join" done, "end" ends it.
local parent, scope, groups = ...
local instance = assert(pg.open(scope))
local inbox = process.inbox()
for _, group in ipairs(groups) do assert(instance:join(group)) end
process.send(parent, "joined", process.pid())
local hits = {}
while true do
  local message = inbox:receive()
  local topic = message:topic()
  local payload = message:payload()
  local data = payload and type(payload) == "userdata" and payload:data()
  if topic == "hit" then
    hits[#hits + 1] = { from = message:from(), data = data, count = payload == nil and 0 or type(payload) == "table" and #payload or 1 }
  elseif topic == "report" then
    process.send(parent, "hits", hits)
    hits = {}
  elseif topic == "join" then
    assert(instance:join(data))
    process.send(parent, "done")
  elseif topic == "leave" then
    assert(instance:leave(data))
    process.send(parent, "done")
  elseif topic == "fail" then
    error("told to", 0)
  else
    return
  end
end
