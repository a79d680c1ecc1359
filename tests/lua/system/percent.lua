-- modules: system
-- gc.set_percent: a heap that must not be collected grows by its garbage; one that must is kept small
local function churn()
  local peak = 0
  for i = 1, 40 do
    local garbage = {}
    for j = 1, 2000 do garbage[j] = { j } end
    peak = math.max(peak, system.memory.allocated())
    coroutine.yield() -- a new percentage is followed from the next slice on
  end
  return peak
end
local before = system.memory.allocated()
system.gc.set_percent(0)
system.gc.collect()
churn()
system.gc.collect()
local small = churn() - before
system.gc.set_percent(-1)
system.gc.collect() -- what was begun under the old percentage is over
coroutine.yield()
system.gc.collect()
local large = churn() - before
system.gc.set_percent(100)
assert(large > 3 * small, large .. " against " .. small)
