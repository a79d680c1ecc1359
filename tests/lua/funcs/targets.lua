-- modules: funcs
-- What can be called, and what is said of the rest.
local funcs = require("funcs")

for _, call in ipairs{ funcs.call, funcs.async } do
  local function check(id, kind, text)
    local value, err = call(id)
    assert(value == nil and err:kind() == kind, tostring(id))
    assert(err:message() == text or (text == nil), err:message())
    assert(err:retryable() == false)
    return err
  end
  check(nil, errors.INVALID, "function ID required")
  check("", errors.INVALID, "function ID required")
  check("name", errors.INVALID, "namespace required in function ID")
  check(":name", errors.INVALID, "namespace required in function ID")
  check("test:", errors.INVALID, "name required in function ID")
  check("test:nowhere", errors.NOT_FOUND, "function not found")
  assert(check("test:nowhere", errors.NOT_FOUND):details().target == "test:nowhere")
  assert(check("test:a\0b", errors.NOT_FOUND):details().target)
  assert(check("test:" .. ("x"):rep(10000), errors.NOT_FOUND))
  check("test:a:b", errors.NOT_FOUND, "function not found")
  assert(check("test:tool", errors.NOT_FOUND):details().target == "test:tool") -- a library
  assert(check("test:processes", errors.NOT_FOUND)) -- a host
  assert(check("test:main", errors.NOT_FOUND):message():find("without meta.default_host", 1, true))
  for _, id in ipairs{ 1, true, {}, print } do
    local ok, message = pcall(call, id)
    assert(not ok and message:find("bad argument #1", 1, true), message)
  end
end

-- a function cannot be spawned, and its group is no host
local pid, err = process.spawn("test:add", "test:processes")
assert(pid == nil and err:kind() == errors.NOT_FOUND and err:message() == "factory not found")
assert(funcs.call("test:add", 1, 1) == 2)
pid, err = process.spawn("test:child", "test:add")
assert(pid == nil and err:kind() == errors.NOT_FOUND and err:message() == "host not found")
