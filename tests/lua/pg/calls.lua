-- modules: pg, funcs
-- A call of a function is a process of its own: it leaves its groups when it returns, though its state stays.
local funcs = require("funcs")

for _ = 1, 3 do
  assert(funcs.call("test:call", "make") == 3)
  assert(funcs.call("test:call", "look") == "gone")
end
local i = assert(pg.open("scopes:main"))
assert(#i:which_groups() == 0)
