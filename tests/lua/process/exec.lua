-- modules: time
-- process.exec: spec 6.8.
local time = require("time")
local HOST = "test:processes"

local function exec(...)
    return process.exec("test:child", HOST, ...)
end

local function fails(kind, message, retryable, ...)
    local value, err = exec(...)
    assert(value == nil and err, "must fail")
    assert(err:kind() == kind and err:message() == message and err:retryable() == retryable,
        err:kind() .. ": " .. err:message() .. " " .. tostring(err:retryable()))
    return err
end

local function refused(kind, text, ...)
    local value, err = process.exec(...)
    assert(value == nil and errors.is(err, kind) and err:message():find(text, 1, true), tostring(err))
    return err
end

-- values
assert(exec("value", 7) == 7 and exec("value", false) == false and exec("nothing") == nil)
assert(select("#", exec("value", nil)) == 1 and exec("values") == 1 and exec("return_other") == 7)
local v, e = exec("value", { a = { 1, "x" } })
assert(v.a[2] == "x" and e == nil)
v = exec("args", 1, nil, "x", nil)
assert(v[1] == 1 and v[3] == "x" and v.n == 4)
v = exec("args", print, channel.new(), process)
assert(v.n == 3 and v[1] == nil and v[2] == nil)

-- errors keep kind, message, retryable, details
fails(errors.INTERNAL, "returned text", false, "return_text")
fails(errors.INTERNAL, "no", false, "return_false")
assert(fails(errors.TIMEOUT, "ret", true, "return_object"):details().n == 1)
fails(errors.INTERNAL, "plain", nil, "raise", "plain")
assert(fails(errors.CONFLICT, "obj", true, "raise_object"):details().k == "v")
fails(errors.INTERNAL, "nul\0inside", nil, "raise", "nul\0inside")
fails(errors.INTERNAL, "nul\0inside", false, "return_text_of", "nul\0inside")

-- big arguments and results
v = exec("value", ("x"):rep(1 << 20))
assert(#v == 1 << 20)
local many = {}
for i = 1, 100000 do many[i] = { i } end
v = exec("value", many)
assert(#v == 100000 and v[100000][1] == 100000)
v, e = exec("big", 17 << 20)
assert(v == nil and e:message():find("result cannot be sent", 1, true))
v, e = exec("value", ("x"):rep(17 << 20))
assert(v == nil and errors.is(e, errors.INVALID) and e:message():find("arguments cannot be sent", 1, true))

-- missing and wrong arguments
refused(errors.INVALID, "process id required")
refused(errors.INVALID, "process id required", nil, HOST)
refused(errors.INVALID, "process id required", "", HOST)
refused(errors.INVALID, "host id required", "test:child")
refused(errors.INVALID, "host id required", "test:child", "")
for _, id in ipairs { "child", ":child", "test:", ":" } do
    refused(errors.INVALID, "namespace:name", id, HOST)
end
assert(refused(errors.NOT_FOUND, "host not found", "test:child", "test:nowhere"):details().host_id == "test:nowhere")
assert(refused(errors.NOT_FOUND, "factory not found", "test:nobody", HOST):details().factory_id == "test:nobody")
for _, bad in ipairs { 1, true, {}, print } do
    assert(not pcall(process.exec, bad, HOST) and not pcall(process.exec, "test:child", bad))
end

-- load errors
refused(errors.INTERNAL, "broken", "test:broken", HOST)
refused(errors.NOT_FOUND, 'method "main" not found', "test:no_method", HOST)
refused(errors.INTERNAL, "broken at last", "test:slow_broken", HOST)
assert(process.exec("test:slow_load", HOST, "loaded") == "loaded")

-- only the caller waits
local ticks, over = 0, false
coroutine.spawn(function() while not over do ticks = ticks + 1 coroutine.yield() end end)
assert(exec("sleep", 20 * time.MILLISECOND) == "slept")
over = true
assert(ticks > 0)

-- several at once, each gets its own
local done = channel.new(10)
for i = 1, 10 do coroutine.spawn(function() done:send(exec("value", i)) end) end
local sum = 0
for _ = 1, 10 do sum = sum + done:receive() end
assert(sum == 55)

-- through pcall and user coroutines
local ok, got = pcall(exec, "value", "through pcall")
assert(ok and got == "through pcall")
assert(coroutine.wrap(function() return exec("value", "wrapped") end)() == "wrapped")

-- terminated
local events = process.events()
process.registry.register("exec_main")
coroutine.spawn(function() done:send({ exec("tell_and_wait", "exec_main", "here") }) end)
local pid = process.listen("here"):receive()
assert(process.terminate(pid))
v = done:receive()
assert(v[1] == nil and v[2]:message() == "process terminated" and v[2]:kind() == errors.INTERNAL)
assert(not process.send(pid, "x"))
assert(channel.select { events:case_receive(), default = true }.default, "exec makes no events")

-- the caller's death does not cancel the child
local caller = assert(process.spawn_monitored("test:exec_caller", HOST, "exec_main"))
pid = process.listen("started"):receive()
assert(process.terminate(caller))
assert(events:receive().from == caller)
assert(process.monitor(pid) == true)
assert(process.send(pid, "go", "on"))
e = events:receive()
assert(e.from == pid and e.result.value == "on" and e.result.error == nil)

-- not while loading
v, e = process.exec("test:exec_in_load", HOST)
assert(v == nil and e:message():find("cannot block while loading", 1, true), tostring(e))
