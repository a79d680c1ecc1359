-- process.registry: spec 6.10; S23.
local function main()
    local r = process.registry
    assert(r.LOCAL == 0 and r.EVENTUAL == 1 and r.CONSISTENT == 2 and r.STRONG == 3)
    local me = process.pid()
    assert(r.register("me") == true and r.register("me") == true)
    assert(r.register("me2") == true)
    assert(r.lookup("me") == me and r.lookup("me2") == me)
    local ch = process.listen("t")
    assert(process.send("me", "t", 5) and ch:receive() == 5)
    local none, err = r.lookup("nobody")
    assert(none == nil and err:kind() == errors.NOT_FOUND and err:message() == "name not registered")

    local child = assert(process.spawn("test:child", "test:processes", "wait"))
    none, err = r.register("me", child)
    assert(none == nil and err:kind() == errors.ALREADY_EXISTS and err:message() == "name already registered")
    assert(r.register("kid", child) == true and r.lookup("kid") == child)
    assert(r.register("kid", child, r.LOCAL) == true)
    none, err = r.register("x", "no pid")
    assert(none == nil and err:kind() == errors.INVALID)
    none, err = r.register("")
    assert(none == nil and err:kind() == errors.INVALID)
    for scope = 1, 3 do
        none, err = r.register("x", nil, scope)
        assert(none == nil and err:kind() == errors.INTERNAL and err:message():find("registry not available"))
    end
    none, err = r.register("x", nil, 9)
    assert(none == nil and err:kind() == errors.INVALID)
    assert(not pcall(r.register) and not pcall(r.register, {}))
    assert(r.unregister("me2") == true and r.unregister("me2") == false)
    assert(r.unregister("kid", r.LOCAL) == true)
    none, err = r.unregister("kid", r.STRONG)
    assert(none == false and err:kind() == errors.INTERNAL)
    process.terminate(child)

    -- a dead process cannot get a name
    local dead = assert(process.spawn_monitored("test:child", "test:processes", "nothing"))
    process.events():receive()
    none, err = r.register("ghost", dead)
    assert(none == nil and err:kind() == errors.NOT_FOUND)

    -- S23: exactly one winner
    local won = process.listen("won")
    for round = 1, 50 do
        local racers = 8
        for _ = 1, racers do
            assert(process.spawn("test:racer", "test:processes", "race" .. round, me))
        end
        local winners = 0
        for _ = 1, racers do
            if won:receive() then winners = winners + 1 end
        end
        assert(winners == 1, winners)
    end
end
return { main = main }
