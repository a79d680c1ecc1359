-- modules: io, time, system
-- imports: arena=test:arena
-- T9: whatever is raised, wherever: the process ends at once with a text, no code of it runs for that, and nobody else is hurt.
local expected = {
    none = "^nil$", text = "text$", binary = "a", integer = "^42$", float = "nan$", ["false"] = "^false$", table = "^table: 0x%x+$",
    cycle = "^table: 0x%x+$", tostring_loops = "^table: 0x%x+$", tostring_raises = "^table: 0x%x+$", tostring_number = "^table: 0x%x+$",
    name_loops = "^table: 0x%x+$", concat = "^table: 0x%x+$", ["function"] = "^function: ", thread = "^thread: 0x%x+$",
    object = "^object$", details = "^details$", wrapped = "in$", runtime = "attempt to index a nil value",
}

local function main()
    arena.open()
    local lists = select(2, arena.exit_of(assert(process.spawn_monitored("test:raise", "test:processes"))))
    assert(#lists.shapes >= 23 and #lists.places == 6)
    for _, place in ipairs(lists.places) do
        for _, shape in ipairs(lists.shapes) do
            local what = shape .. " in " .. place
            local err, value = arena.exit_of(assert(process.spawn_monitored("test:raise", "test:processes", shape, place)))
            if place == "returned" and not err then
                assert(value == nil) -- `return nil, e` is a failure only with a text or an error object
            else
                assert(err, what)
                local text = err:message()
                assert(#text <= 1 << 20 or err:kind() == errors.CONFLICT, what .. ": " .. #text)
                assert(err:kind() == errors.INTERNAL or err:kind() == errors.CONFLICT or err:kind() == "", what .. ": " .. err:kind())
                assert(text:find(expected[shape] or "."), what .. ": " .. text:sub(1, 200))
            end
        end
    end
    -- nobody watches: the end is reported in the log, and the report is short
    for _, shape in ipairs(lists.shapes) do assert(process.spawn("test:raise", "test:processes", shape, "main")) end
    arena.wait_ticks(5)
    arena.close()
end
return { main = main }
