-- modules: funcs, time
-- Processes that can be called: spawned on their default host, their exit value is the result.
local funcs, time = require("funcs"), require("time")

local value, err = funcs.call("test:callable", "value", { 1, 2 })
assert(err == nil and value.id == "test:callable" and value.given[2] == 2)
assert(value.pid:find("^{test:processes|"))
value = funcs.call("test:callable_too", "value", 1)
assert(value.id == "test:callable_too")

value, err = funcs.call("test:callable", "fail")
assert(value == nil and err:kind() == errors.CONFLICT and err:message() == "as told")
value, err = funcs.call("test:callable", "raise")
assert(value == nil and err:kind() == errors.INTERNAL and err:message():find("raised"))

local future = funcs.async("test:callable", "value", "x")
assert(future:channel():receive():data().given == "x")

-- no such host; the process does not load
value, err = funcs.call("test:homeless")
assert(value == nil and err:kind() == errors.NOT_FOUND and err:message() == "host not found")
assert(err:details().host_id == "test:nowhere")
value, err = funcs.call("test:broken_process")
assert(value == nil and err:message():find("broken on purpose", 1, true))

-- the caller goes away: CANCEL, and the process may take its time
process.registry.register("witness")
local told = process.listen("told")
local caller = assert(process.spawn("test:calls_process", "test:processes"))
local callee = process.listen("waiting"):receive()
process.terminate(caller)
local event = told:receive()
assert(event.kind == process.event.CANCEL and event.from == caller and event.reason == "caller context canceled")
assert(process.send(callee, "go", 1))
assert(told:receive() == "gone")

-- so does a canceled future, and a time limit
future = funcs.async("test:callable", "wait")
callee = process.listen("waiting"):receive()
future:cancel()
assert(told:receive().reason == "caller context canceled")
assert(process.send(callee, "go", 1) and told:receive() == "gone")
value, err = funcs.new():with_options({ timeout = 20 }):call("test:callable", "wait")
assert(value == nil and err:kind() == errors.TIMEOUT)
callee = process.listen("waiting"):receive()
assert(told:receive().reason == "caller context canceled")
assert(process.send(callee, "go", 1) and told:receive() == "gone")

-- as processes they can be terminated
future = funcs.async("test:callable", "wait")
callee = process.listen("waiting"):receive()
assert(process.terminate(callee))
assert(future:channel():receive():message() == "process terminated")
