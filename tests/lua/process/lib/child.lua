-- modules: time
-- The many ways a child can behave; the first argument names one.
local time = require("time")
local acts = {}

function acts.nothing() end
function acts.value(v) return v end
function acts.values() return 1, 2 end
function acts.args(...) return table.pack(...) end
function acts.raise(text) error(text, 0) end
function acts.raise_here() error("with position") end
function acts.raise_object() error(errors.new { message = "obj", kind = errors.CONFLICT, retryable = true, details = { k = "v" } }) end
function acts.raise_table() error({}) end
function acts.return_text() return "ignored", "returned text" end
function acts.return_text_of(text) return nil, text end
function acts.return_object() return 1, errors.new { message = "ret", kind = errors.TIMEOUT, retryable = true, details = { n = 1 } } end
function acts.return_false() return false, "no" end
function acts.return_other() return 7, 8 end
function acts.block() channel.new():receive() end
function acts.wait() process.events():receive() end
function acts.spin() while true do end end
function acts.spin_pcall() while true do pcall(function() while true do end end) end end
function acts.sleep(ns) time.sleep(ns) return "slept" end
function acts.echo(to)
    local ch = process.listen("ping")
    while true do
        local v, ok = ch:receive()
        if not ok then return end
        process.send(to, "pong", v)
    end
end
function acts.tell(to, topic, ...) process.send(to, topic, ...) end
function acts.tell_and_wait(to, topic)
    process.send(to, topic, process.pid())
    process.events():receive()
end
function acts.burst(to, n)
    for i = 1, n do process.send(to, i % 2 == 0 and "even" or "odd", i) end
end
function acts.name(name, to)
    assert(process.registry.register(name))
    process.send(to, "named", process.pid())
    process.events():receive()
end
function acts.events(to)
    local ch = process.events()
    while true do
        local e = ch:receive()
        process.send(to, "event", e)
        if e.reason == "end" then return "ended" end
    end
end
function acts.linked_to(pid, to, trap)
    if trap then assert(process.set_options { trap_links = true }) end
    assert(process.link(pid))
    process.send(to, "linked")
    local e = process.events():receive()
    process.send(to, "down", e)
end
function acts.die_on_message()
    local ch = process.listen("die")
    error(ch:receive(), 0)
end
function acts.end_on_message()
    local ch = process.listen("end")
    return (ch:receive())
end
function acts.big(n) return ("x"):rep(n) end
function acts.big_error(n) return nil, ("e"):rep(n) end

return { main = function(act, ...) return assert(acts[act], act)(...) end }
