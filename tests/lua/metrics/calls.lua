-- modules: metrics
-- What every call returns; the values are looked at by tests/unit/t_metric.c.
local function good(f, ...)
    local ok, err = f(...)
    assert(ok == true and err == nil, tostring(err))
end
local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
end
good(metrics.counter_inc, "requests_total")
good(metrics.counter_inc, "requests_total", nil)
good(metrics.counter_inc, "requests_total", {})
good(metrics.counter_inc, "requests_total", { method = "POST", path = "/" })
good(metrics.counter_add, "bytes_total", 1024)
good(metrics.counter_add, "bytes_total", 0.5, { direction = "out" })
good(metrics.gauge_set, "queue_depth", 42, { queue = "emails" })
good(metrics.gauge_set, "queue_depth", -1e300)
good(metrics.gauge_inc, "connections", { pool = "db" })
good(metrics.gauge_dec, "connections")
good(metrics.histogram, "duration_seconds", 0.123, { method = "GET" })
good(metrics.histogram, "duration_seconds", -1)

-- no effect, and no error either
good(metrics.counter_add, "bytes_total", -5)
good(metrics.counter_add, "bytes_total", 0 / 0)
good(metrics.counter_add, "bytes_total", 1 / 0)
good(metrics.histogram, "duration_seconds", 0 / 0)
good(metrics.gauge_set, "requests_total", 1)
good(metrics.gauge_inc, "duration_seconds")
good(metrics.histogram, "queue_depth", 1)
good(metrics.counter_inc, "connections", { pool = "db" })
good(metrics.counter_inc, "duration_seconds_count")

-- labels that are no strings are ignored
good(metrics.counter_inc, "odd", { 1, 2, 3, [true] = "x", a = 5, b = true, c = {}, d = print, [{}] = "y" })
good(metrics.counter_inc, "odd", table.make_immutable({ a = "b" }))
good(metrics.counter_inc, "odd", { [""] = "x", empty = "" })
good(metrics.counter_inc, "1 näme\0with {everything} in=it\"\n", { ["9 \n"] = "\0\xff\"\\\n" })
good(metrics.histogram, "odd_seconds", 1, { le = "x" })

-- bad arguments
for _, f in pairs(metrics) do
    raises("bad argument #1", f, nil, 1)
    raises("bad argument #1", f, 5, 1)
    raises("bad argument #1", f, {}, 1)
    raises("bad argument #1", f, true, 1)
    raises("bad argument #1", f, "", 1)
    raises("bad argument", f)
end
for _, f in ipairs({ metrics.counter_add, metrics.gauge_set, metrics.histogram }) do
    raises("bad argument #2", f, "bad")
    raises("bad argument #2", f, "bad", nil)
    raises("bad argument #2", f, "bad", "1")
    raises("bad argument #2", f, "bad", {})
    for _, labels in ipairs({ 1, "x", true, print }) do
        raises("bad argument #3", f, "bad", 1, labels)
    end
end
for _, f in ipairs({ metrics.counter_inc, metrics.gauge_inc, metrics.gauge_dec }) do
    for _, labels in ipairs({ 1, "x", true, print }) do
        raises("bad argument #2", f, "bad", labels)
    end
end

-- too much
local function invalid(labels)
    local ok, err = metrics.counter_inc("big", labels)
    assert(ok == nil and err:kind() == errors.INVALID and err:retryable() == false, tostring(err))
    assert(tostring(err):find("labels of big: at most 32, and 2048 bytes", 1, true), tostring(err))
end
local many = {}
for i = 1, 33 do
    many["label" .. i] = "x"
end
invalid(many)
many.label33 = nil
good(metrics.counter_inc, "big", many)
invalid({ a = ("x"):rep(2048) })
invalid({ [("x"):rep(2048)] = "x" })
assert(select(2, metrics.counter_inc(("n"):rep(100000))):kind() == errors.INVALID)
assert(metrics.counter_inc("big", { a = ("x"):rep(1500) }))
