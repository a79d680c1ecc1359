-- modules: funcs
-- How a call can end, and that no way of ending harms the next call. Ways of dying take the state along.
local funcs = require("funcs")

local function call(way)
  local value, err = funcs.call("test:ends", way)
  return value, err
end

local function check(way, kind, text, retryable)
  local value, err = call(way)
  assert(value == nil, way)
  assert(err and err:kind() == kind, way .. ": " .. tostring(err and err:kind()))
  assert(err:message():find(text, 1, true), err:message())
  assert(err:retryable() == retryable, way .. ": retryable " .. tostring(err:retryable()))
  return err
end

local function calls() return (assert(call("count"))) end

assert(calls() == 1)
assert(select("#", call("nothing")) == 2 and call("nothing") == nil and call("nil") == nil)
assert(call("several") == 1 and select(2, call("several")) == nil)
assert(call("other") == "kept" and select(2, call("other")) == nil)
assert(call("function") == nil and select(2, call("function")) == nil)

check("text", errors.INTERNAL, "went wrong", false)
check("false", errors.INTERNAL, "went wrong", false)
local err = check("object", errors.CONFLICT, "taken", true)
assert(err:details().by == "me" and tostring(err) == "taken")
err = check("raise", errors.INTERNAL, "raised", nil)
assert(err:message():find("test:ends:%d+: raised"))
check("raise_object", errors.NOT_FOUND, "thrown", false)
check("raise_table", errors.INTERNAL, "table: ", nil)
check("raise_nil", errors.INTERNAL, "nil", nil)
check("deep", errors.INTERNAL, "result cannot be sent", false)
assert(calls() == 19) -- one state has served all of them

check("deadlock", errors.INTERNAL, "deadlock:", nil)
assert(calls() == 1)
check("coroutine", errors.INTERNAL, "in a coroutine", nil)
assert(calls() == 1)
check("memory", errors.INTERNAL, "out of memory (limit 64 MB)", nil)
assert(calls() == 1)
