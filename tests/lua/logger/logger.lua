-- modules: logger, time
-- flags: -v
-- expect-stderr: plain message
-- expect-stderr: 42
-- expect-stderr: as an error
-- expect-stderr: the text of the error
-- expect-stderr: north
-- expect-stderr: a.b
-- expect-stderr: kept-everywhere
-- expect-stderr: nested-deep
-- expect-stderr: 1m30s
-- expect-stderr: test:main
-- expect-stderr: (cycle)
-- expect-stderr: (too long)
-- expect-stderr: (cut)
assert(type(logger) == "userdata" and require("logger") == logger)
assert(select("#", logger:info("plain message")) == 0)
for _, level in ipairs{"debug", "info", "warn", "error"} do
    local log = logger[level]
    assert(type(log) == "function" and select("#", logger[level](logger, "m", {n = 1})) == 0)
    logger[level](logger, 42)
    logger[level](logger, errors.new("as an error"))
    logger[level](logger, "m", nil)
    logger[level](logger, "m", {})
    assert(not pcall(log) and not pcall(log, logger) and not pcall(log, logger, {}) and not pcall(log, logger, nil))
    assert(not pcall(log, logger, "m", 1) and not pcall(log, logger, "m", "x") and not pcall(log, {}, "m"))
    assert(not pcall(log, logger, true) and not pcall(log, "m"))
end
logger:error("failed", {error = errors.new("the text of the error")})

local child = logger:with{region = "north", always = "kept-everywhere"}
assert(child ~= logger and type(child) == "userdata")
child:info("from a child")
child:info("overridden", {region = "south"})
child:with{more = 1}:with{}:info("grandchild")
assert(not pcall(logger.with, logger) and not pcall(logger.with, logger, 1) and not pcall(logger.with))

local named = logger:named("a"):named("b")
named:warn("named")
named:with{x = 1}:named("c"):info("both")
assert(tostring(named) == "logger.Logger{a.b}" and tostring(logger) == "logger.Logger{}")
assert(not pcall(logger.named, logger, "") and not pcall(logger.named, logger) and not pcall(logger.named, logger, {}))
assert(logger.nothing == nil)

-- any value as a field
local cycle = {v = 1}
cycle.self = cycle
local shared = {1, 2}
logger:info("values", {
    nested = {list = {1, 2.5, "x", true}, map = {deep = {deeper = "nested-deep"}}},
    pid = "a pid of my own", location = "mine", duration = time.parse_duration("90s"), now = time.now(),
    channel = channel.new(), f = print, thread = coroutine.running(), cycle = cycle, twice = {shared, shared},
    binary = "\0\1\255\"\\\n\t\r\xc3\x28é", nan = 0 / 0, inf = 1 / 0, int = math.mininteger, float = 2.0, empty = {},
    [1] = "not a string key", [true] = "nor this",
    with_tostring = setmetatable({}, {__tostring = function() error("must not run") end}),
})
local deep = {}
for _ = 1, 100 do deep = {deep} end
logger:info("deep", {deep = deep, library = string, message = ("m"):rep(1000)})
-- too much for one record: cut, still a record
local wide = {}
for i = 1, 100000 do wide[i] = i end
logger:info("wide", {wide = wide, after = "still there", text = ("é"):rep(1000000)})
local many = {}
for i = 1, 5000 do many["key" .. i] = i end
logger:info("many", many)
logger:with(many):with{wide = wide}:info("kept many", {x = 1})
logger:info("frozen", table.make_immutable{a = 1})
