-- modules: time, logger, ctx
-- Argument errors name the function, whoever called it.
local time, logger, ctx = require("time"), require("logger"), require("ctx")

local function names(name, argument, f, ...)
    local ok, err = pcall(f, ...)
    local start = "bad argument #" .. argument .. " to '" .. name .. "' ("
    assert(not ok and tostring(err):sub(1, #start) == start, name .. ": " .. tostring(err))
end

-- plain globals, libraries, libraries inside libraries, modules
names("tonumber", 1, tonumber)
names("setmetatable", 2, setmetatable, {}, 1)
names("rep", 1, string.rep)
names("insert", 1, table.insert, 1)
names("floor", 1, math.floor, "x")
names("wrap", 1, coroutine.wrap, 1)
names("spawn", 1, process.spawn, 1, 1)
names("send", 2, process.send, "x", 5)
names("register", 1, process.registry.register)
names("lookup", 1, process.registry.lookup, {})
names("get", 1, ctx.get)
names("subscribe", 1, subscribe)

-- methods, with the right self and with a wrong one
local ch = channel.new(1)
names("send", 1, ch.send, {})
names("kind", 1, errors.new("x").kind, 1)
names("data", 1, payload.new(1).data)
names("sub", 2, time.now().sub, time.now(), 1)
names("reset", 2, time.timer("1h").reset, time.timer("1h"), "x")
names("named", 2, logger.named, logger)
names("with_name", 2, process.with_context({}).with_name, process.with_context {}, 5)

-- called from a coroutine, by another library function, through several pcalls
local co = coroutine.create(string.rep)
local ok, err = coroutine.resume(co)
assert(not ok and err:find("bad argument #1 to 'rep'", 1, true), err)
ok, err = pcall(table.sort, { 3, 1 }, coroutine.wrap)
assert(not ok and err:find("bad argument #1 to 'wrap'", 1, true), err)
names("pcall", 1, pcall)
local outer
outer, ok, err = pcall(pcall, string.rep)
assert(outer and not ok and err:find("bad argument #1 to 'rep'", 1, true), err)
ok, err = xpcall(string.rep, function(e) return "handled " .. e end)
assert(not ok and err:find("handled bad argument #1 to 'rep'", 1, true), err)

-- as before where the call tells the name
ok, err = pcall(function() string.rep() end)
assert(err:find("bad argument #1 to 'rep'", 1, true), err)
ok, err = pcall(function() ch.send() end)
assert(err:find("bad argument #1 to 'send'", 1, true), err)
