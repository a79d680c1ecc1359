-- modules: system
-- Leaves finalizers of every kind behind, in the way it is told.
return { main = function(way, to)
    local kept = {}
    local function tell() process.send(to, "told", way) while way == "loop" do end kept[#kept + 1] = {} end
    local meta = { __gc = tell, __close = tell, __mode = "k" }
    assert(getmetatable(setmetatable({}, meta)) == meta and meta.__gc == tell)
    for i = 1, 1000 do
        local object = setmetatable({}, meta)
        local late = setmetatable({}, {})
        getmetatable(late).__gc = tell
        setmetatable({}, { __gc = true })
        if i % 2 == 0 then kept[#kept + 1] = { object, late } end
    end
    setmetatable(_G, { __gc = tell })
    system.gc.collect()
    if way == "late" then meta.__gc = nil meta.__gc = tell for i = 1, 1000 do setmetatable({}, meta) end end
    kept = {}
    system.gc.collect()
    if way == "error" then error("x") end
    if way == "terminate" then channel.new():receive(process.inbox()) end
    if way == "memory" then while true do kept[#kept + 1] = setmetatable({}, meta) end end
    return way
end }
