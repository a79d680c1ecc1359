-- modules: funcs
-- What a function's chunk may be: a table with the method, a function, or, without a method, the entry point itself.
local funcs = require("funcs")

-- no method: the chunk is called with the arguments, once per call, on globals that last
for i = 1, 3 do
  local got = assert(funcs.call("test:bare", i, "x"))
  assert(got.first == i and got.second == "x" and got.calls == i)
end
-- unless it returns a function: that is the entry point, and the chunk has run once per state
for i = 1, 3 do assert(funcs.call("test:factory", i) == "1:" .. i) end
-- a table returned by it is a value
assert(funcs.call("test:bare_table").main == nil)
-- a chunk that fails when it is called fails the call only
local value, err = funcs.call("test:bare", "raise")
assert(value == nil and err:message():find("raised", 1, true))
assert(funcs.call("test:bare", 5).calls == 5)
-- it may block, for it is a call
assert(funcs.call("test:bare", "block") == "blocked")

-- method: in a table; a function that is returned counts whatever method says
assert(funcs.call("test:add", 1, 2) == 3)
assert(funcs.call("test:named_function") == "whatever")

-- imports
assert(funcs.call("test:importer", 4) == 8)

-- chunks that cannot be used, each time
for _ = 1, 3 do
  local function check(id, kind, text)
    local result, why = funcs.call(id)
    assert(result == nil and why:kind() == kind, id .. ": " .. tostring(why))
    assert(why:message():find(text, 1, true), why:message())
  end
  check("test:no_method", errors.NOT_FOUND, 'method "absent" not found in module')
  check("test:broken", errors.INTERNAL, "broken on purpose")
  check("test:blocks_in_load", errors.INTERNAL, "cannot block while loading")
  check("test:calls_in_load", errors.INTERNAL, "cannot block while loading")
  check("test:fails_first", errors.INTERNAL, "not yet")
  check("test:syntax", errors.INVALID, "syntax")
end

-- a chunk that takes long is preempted like everything else
assert(funcs.call("test:slow_load") == "loaded")
-- asynchronous calls may begin in a chunk
assert(funcs.call("test:async_in_load") == 3)
