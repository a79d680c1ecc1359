-- modules: funcs, ctx
-- Executors: immutable, context values over inherited ones, independent calls.
local funcs, ctx = require("funcs"), require("ctx")

local e = funcs.new()
assert(type(e) == "userdata" and e ~= funcs.new() and tostring(e) == "funcs.Executor{}" and e.nothing == nil)
assert(e:call("test:add", 1, 2) == 3)
assert(e:async("test:add", 3, 4):channel():receive():data() == 7)
local value, err = e:call("")
assert(value == nil and err:message() == "function ID required")
value, err = e:call("test:nowhere")
assert(err:kind() == errors.NOT_FOUND and err:details().target == "test:nowhere")
value, err = e:async("test:nowhere")
assert(value == nil and err:kind() == errors.NOT_FOUND)

-- context
local function sees(executor) return assert(executor:call("test:sees")) end
assert(next(sees(e)) == nil)
local a = e:with_context({ user = "ann", n = 1, list = { 1, 2 }, [5] = "dropped" })
assert(a ~= e and next(sees(e)) == nil)
local seen = sees(a)
assert(seen.user == "ann" and seen.n == 1 and math.type(seen.n) == "integer" and seen.list[2] == 2 and seen["5"] == nil)
local b = a:with_context({ user = "bob", more = true })
seen = sees(b)
assert(seen.user == "bob" and seen.n == 1 and seen.more == true)
assert(sees(a).user == "ann" and sees(a).more == nil)
assert(sees(a:with_context({})).user == "ann")
seen = a:async("test:sees"):channel():receive():data()
assert(seen.user == "ann")
-- the plain-data form: what is no data becomes text
assert(sees(e:with_context({ f = print })).f:find("function", 1, true))
-- copied when it is set
local t = { x = 1 }
local c = e:with_context(t)
t.x = 2
assert(sees(c).x == 1)

-- inherited from frame to frame: function to function, and under what an Executor there sets
seen = assert(b:call("test:relays", "test:sees", {}))
assert(seen.user == "bob" and seen.n == 1)
seen = assert(b:call("test:relays", "test:sees", { user = "cid", own = 1 }))
assert(seen.user == "cid" and seen.n == 1 and seen.own == 1)
assert(sees(b).own == nil)
-- process to function, function to process
local spawner = process.with_context({ who = "spawned" })
local pid = assert(spawner:spawn("test:sees_as_process", "test:processes", process.pid()))
seen = process.listen("seen"):receive()
assert(seen.by_function.who == "spawned" and seen.own.who == "spawned")
-- a chunk-level Executor takes what its call inherits, each time
for i = 1, 3 do
  seen = assert(e:with_context({ round = i }):call("test:chunk_executor"))
  assert(seen.round == i and seen.fixed == "yes" and seen.user == nil)
end
assert(next(ctx.all()) == nil)

-- options
local o = e:with_options({ timeout = "10s", priority = "high", retry = { max_attempts = 1 } })
assert(o ~= e and o:call("test:add", 1, 1) == 2)
assert(o:with_options({}):with_options({ anything = { 1, 2 }, network = "x" }):call("test:add", 1, 1) == 2)
assert(sees(o:with_context({ k = "v" })).k == "v")

-- many at once through one
local done = channel.new(50)
for i = 1, 50 do
  coroutine.spawn(function() done:send(a:call("test:add", i, i) == 2 * i and sees(a).user == "ann") end)
end
for _ = 1, 50 do assert(done:receive()) end

-- wrong arguments
local function raises(text, f, ...)
  local ok, message = pcall(f, ...)
  assert(not ok and tostring(message):find(text, 1, true), tostring(message))
  return message
end
for _, bad in ipairs{ 1, "x", true, print } do
  raises("table expected", e.with_context, e, bad)
  raises("table expected", e.with_options, e, bad)
end
raises("table expected", e.with_context, e)
raises("table expected", e.with_options, e)
raises("option names must be strings", e.with_options, e, { [1] = "x" })
raises("actor expected", e.with_actor, e, "me")
raises("actor expected", e.with_actor, e)
raises("scope expected", e.with_scope, e, {})
for _, method in ipairs{ "with_context", "with_options", "with_actor", "with_scope", "call", "async" } do
  raises("funcs.Executor expected", e[method], {}, {})
end
raises("bad argument", e.call, e, 5)
t = {}
t.self = t
assert(raises("contains itself", e.with_context, e, { t = t }):kind() == errors.INVALID)

local function refused(options, text)
  local new, why = e:with_options(options)
  assert(new == nil and why:kind() == errors.INVALID, text)
  assert(why:message():find(text, 1, true), why:message())
end
local duration = "a number of milliseconds or a duration like"
refused({ timeout = "soon" }, "option timeout must be " .. duration)
refused({ timeout = -1 }, "option timeout must be " .. duration)
refused({ timeout = 1e300 }, "option timeout must be " .. duration)
refused({ timeout = true }, "option timeout must be " .. duration)
refused({ timeout = "-1s" }, "option timeout must be " .. duration)
refused({ retry = 3 }, "option retry must be a table like")
refused({ retry = { 1, 2 } }, "option retry must be a table like")
refused({ retry = { max_attempts = -1 } }, "option retry.max_attempts must be a whole number")
refused({ retry = { max_attempts = 1.5 } }, "option retry.max_attempts must be a whole number")
refused({ retry = { max_attempts = "3" } }, "option retry.max_attempts must be a whole number")
refused({ retry = { initial_delay = "x" } }, "option retry.initial_delay must be " .. duration)
refused({ retry = { max_delay = {} } }, "option retry.max_delay must be " .. duration)
refused({ retry = { backoff_factor = -1 } }, "option retry.backoff_factor must be a number, 0 or more")
refused({ retry = { jitter = 2 } }, "option retry.jitter must be a number from 0 to 1")
refused({ retry = { retry_kinds = "Timeout" } }, "option retry.retry_kinds must be a list of error kinds")
refused({ retry = { skip_kinds = { 1 } } }, "option retry.skip_kinds must be a list of error kinds")
