-- modules: pg
local parent, scope, rounds = ...
local i = assert(pg.open(scope))
local joined = 0
for n = 1, rounds do
  if n % 3 == 0 and joined > 0 then
    assert(i:leave("g"))
    joined = joined - 1
  else
    assert(i:join(n % 2 == 0 and { "g", "noise" } or "g"))
    joined = joined + 1
  end
  if n % 7 == 0 then coroutine.yield() end
end
process.send(parent, "finished")
process.inbox():receive()
