-- modules: time
local ok, e = pcall(require, "json")
assert(not ok and e:find("module 'json' not found", 1, true), e)
ok, e = pcall(require, "logger") -- exists, not listed
assert(not ok and e:find("module 'logger' not found; list it under modules of the entry", 1, true), e)
assert(logger == nil)
for name in ("process channel payload errors os coroutine string table math"):gmatch("%S+") do
    assert(require(name) == _G[name], name)
end
assert(require("time") == time and time.sleep)
assert(not pcall(require) and not pcall(require, {}) and not pcall(require, nil))
ok, e = pcall(require, "")
assert(not ok and e:find("not found", 1, true))
ok, e = pcall(require, "nothing") -- does not exist
assert(not ok and e:find("module 'nothing' not found$"), e)
