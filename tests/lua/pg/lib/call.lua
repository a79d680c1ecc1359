-- kind: function.lua
-- modules: pg, events
-- Keeps what a call has made in chunk-level locals; the next call looks what has become of it.
local pg, events = require("pg"), require("events")
local kept

return function(what)
  if what == "make" then
    local instance = assert(pg.open("scopes:main"))
    assert(instance:join{ "calls", "calls", "more" })
    local sub = instance:monitor("calls")
    local all = instance:events()
    assert(instance:join("calls"))
    assert(sub:channel():receive().kind == "member.joined")
    kept = { instance = instance, sub = sub, all = all, pid = process.pid() }
    return #instance:get_members("calls")
  end
  assert(kept.pid ~= process.pid())
  assert(tostring(kept.instance) == "pg.Instance{scopes:main, released}")
  local value, err = kept.instance:join("calls")
  assert(value == nil and err:kind() == errors.INVALID)
  for _, sub in ipairs{ kept.sub, kept.all } do
    local e, ok = sub:channel():receive()
    assert(e == nil and ok == false and sub:close{ flush = true })
  end
  local instance = assert(pg.open("scopes:main"))
  assert(#instance:get_members("calls") == 0 and #instance:which_groups() == 0)
  return "gone"
end
