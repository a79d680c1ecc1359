-- modules: time
-- Links: spec 6.6, 6.7; S6, S7, S8, S9.
local time = require("time")
local function main()
    local me = process.pid()
    local events = process.events()
    local function none_waiting()
        time.sleep("3ms")
        assert(channel.select({ events:case_receive() }, true).default, "an event too many")
    end
    assert(process.get_options().trap_links == false)
    assert(process.set_options { trap_links = true } == true)

    -- a failing linked child: LINK_DOWN with the result; a normal end: nothing
    local pid = assert(process.spawn_linked("test:child", "test:processes", "die_on_message"))
    process.send(pid, "die", "boom")
    local e = events:receive()
    assert(e.kind == "pid.link.down" and e.from == pid and e.result.error:message() == "boom" and math.type(e.at) == "integer")
    assert(process.spawn_linked("test:child", "test:processes", "nothing"))
    none_waiting()
    -- `return false, "x"` counts as failure
    pid = assert(process.spawn_linked("test:child", "test:processes", "return_false"))
    assert(events:receive().from == pid)

    -- linked and monitored: EXIT first, then LINK_DOWN
    pid = assert(process.spawn_linked_monitored("test:child", "test:processes", "die_on_message"))
    process.send(pid, "die", "x")
    e = events:receive()
    assert(e.kind == "pid.exit" and e.from == pid)
    e = events:receive()
    assert(e.kind == "pid.link.down" and e.from == pid)

    -- link(): repeated is fine; dead peer is an error and no LINK_DOWN
    pid = assert(process.spawn("test:child", "test:processes", "die_on_message"))
    assert(process.link(pid) == true and process.link(pid) == true)
    process.send(pid, "die", "y")
    assert(events:receive().from == pid)
    none_waiting()
    local none, err = process.link(pid)
    assert(none == nil and err:kind() == errors.INTERNAL and err:message() == "pid not registered" and err:details().role)
    none_waiting()

    -- S7: unlink races exit
    for i = 1, 300 do
        pid = assert(process.spawn_linked("test:child", "test:processes", "die_on_message"))
        process.send(pid, "die", "z")
        if i % 3 == 0 then coroutine.yield() end
        assert(process.unlink(pid) == true and process.unlink(pid) == true)
        channel.select { events:case_receive(), default = true } -- may have been seen before the unlink
    end
    none_waiting()

    -- the child dies with us and we with it: without trap_links the peer fails too, even if it never asked for events
    local linked = process.listen("linked")
    local a = assert(process.spawn_monitored("test:child", "test:processes", "die_on_message"))
    local b = assert(process.spawn_monitored("test:child", "test:processes", "linked_to", a, me))
    linked:receive()
    process.send(a, "die", "down with us")
    local first, second = events:receive(), events:receive()
    if first.from ~= a then first, second = second, first end
    assert(first.from == a and first.result.error:message() == "down with us")
    assert(second.from == b and second.result.error:message() == "linked process failed")

    -- with trap_links it gets the event
    local down = process.listen("down")
    a = assert(process.spawn("test:child", "test:processes", "die_on_message"))
    b = assert(process.spawn("test:child", "test:processes", "linked_to", a, me, true))
    linked:receive()
    process.send(a, "die", "seen")
    e = down:receive()
    assert(e.kind == "pid.link.down" and e.from == a and e.result.error:message() == "seen")

    -- S9: a chain of ten, the last fails: all fail
    local chain = { assert(process.spawn_monitored("test:child", "test:processes", "die_on_message")) }
    for i = 2, 10 do
        chain[i] = assert(process.spawn_monitored("test:child", "test:processes", "linked_to", chain[i - 1], me))
        linked:receive()
    end
    process.send(chain[1], "die", "chain")
    local gone = {}
    for _ = 1, 10 do gone[events:receive().from] = true end
    for i = 1, 10 do assert(gone[chain[i]]) end
    none_waiting()

    -- options
    local ok
    ok, err = process.set_options { trap_links = false, nonsense = true }
    assert(ok == false and err:kind() == errors.INVALID and process.get_options().trap_links == false, "valid keys are applied")
    ok, err = process.set_options { trap_links = 1 }
    assert(ok == false and err:kind() == errors.INVALID)
    ok, err = process.set_options("x")
    assert(ok == false and err:kind() == errors.INVALID)
    assert(process.set_options { upgradable = true } and process.get_options().upgradable == true)
    assert(process.set_options {})
end
return { main = main }
