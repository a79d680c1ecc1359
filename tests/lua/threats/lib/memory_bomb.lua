-- modules: time
-- Each way takes memory until it is ended. `keep` holds what would else be garbage.
local time = require("time")
local keep, ways = {}, {}
local function forever(f) while true do f() end end
local function pile(f) return function() forever(function() keep[#keep + 1] = f() end) end end

function ways.doubling() local s = "x" forever(function() s = s .. s end) end
function ways.rep() keep[1] = ("x"):rep(1 << 26) end
function ways.rep_with_separator() keep[1] = (""):rep(1 << 24, "ab") end
function ways.array() for i = 1, math.maxinteger do keep[i] = i end end
function ways.hash() for i = 1, math.maxinteger do keep[i + 0.5] = true end end
function ways.linked_list() forever(function() keep = { keep } end) end
ways.closures = pile(function() local up = 1 return function() return up end end)
ways.coroutines = pile(function() return coroutine.create(print) end)
ways.suspended_coroutines = pile(function()
    local co = coroutine.wrap(function(...) coroutine.yield(...) end)
    co(1, 2, 3)
    return co
end)
function ways.fibers() forever(function() coroutine.spawn(function() time.sleep("1h") end) end) end
ways.strings = pile(function() return ("%099d"):format(#keep) end)
function ways.concat()
    local part = ("x"):rep(10000)
    for i = 1, 10000 do keep[i] = part end
    keep[0] = table.concat(keep)
end
function ways.format() local s = "x" forever(function() s = ("%s%s"):format(s, s) end) end
function ways.gsub() local s = ("x"):rep(10000) s:gsub("", s) end
function ways.gsub_function() local s = ("x"):rep(10000) s:gsub(".", function() return s end) end
function ways.create() keep[1] = table.create(1 << 26, 0) end
function ways.pack()
    local function grow(...) return grow(..., ...) end
    forever(function() keep = table.pack(keep, table.unpack(keep)) end)
end
function ways.move() keep[1] = 1 forever(function() table.move(keep, 1, #keep, #keep + 1) end) end
function ways.insert() forever(function() table.insert(keep, 1.5) end) end
function ways.channel_items() local ch = channel.new(1 << 30) forever(function() ch:send({}) end) end
ways.channels = pile(function() return channel.new(10) end)
function ways.errors()
    local e = errors.new("x")
    pile(function() return errors.wrap(e, "y") end)()
end
ways.payloads = pile(function() return payload.new({ 1, 2, 3 }) end)
function ways.messages()
    local inbox = process.inbox()
    pile(function()
        process.send(process.pid(), "t", ("x"):rep(10000))
        return inbox:receive()
    end)()
end
function ways.timers() forever(function() keep[#keep + 1] = time.timer("1h") end) end
ways.forgotten_timers = function() forever(function() time.after("1h") end) end
ways.times = pile(function() return time.now() end)
function ways.topics() local n = 0 forever(function() n = n + 1 process.listen("topic" .. n) end) end
function ways.varargs()
    local function deep(n, ...) if n == 0 then return ... end return (deep(n - 1, table.unpack({}, 1, 20000))) end
    forever(function() keep[#keep + 1] = table.pack(deep(20), table.unpack({}, 1, 10000)) end)
end
function ways.recursion()
    local function deeper(n) return 1 + deeper({ n }) end
    forever(function() keep[#keep + 1] = { pcall(deeper) } end)
end
ways.metatables = pile(function() return setmetatable({}, { __index = {} }) end)
function ways.packed()
    local parts = {}
    for i = 1, 60 do parts[i] = ("x"):rep(1000000) end
    keep[1] = string.pack(("s4"):rep(60), table.unpack(parts))
end
function ways.upper() local s = ("x"):rep(1 << 22) pile(function() s = s .. "y" return s:upper() end)() end
function ways.sort()
    for i = 1, 1 << 20 do keep[i] = -i end
    table.sort(keep)
    ways.array()
end
function ways.error_values() pile(function() return select(2, pcall(error, ("e"):rep(100000) .. #keep)) end)() end
-- the same, wrapped in everything that could catch it
function ways.pcall() forever(function() pcall(ways.doubling) end) end
function ways.pcall_deep() forever(function() pcall(pcall, xpcall, ways.array, function(e) return e end) end) end
function ways.message_handler() forever(function() xpcall(error, ways.closures, "x") end) end
function ways.metamethod() local _ = setmetatable({}, { __index = ways.array }).field end
function ways.in_coroutine() forever(function() pcall(coroutine.wrap(ways.strings)) end) end
function ways.in_fiber() coroutine.spawn(ways.linked_list) channel.new():receive() end
function ways.in_comparator()
    local list = { 3, 2, 1, 5 }
    table.sort(list, function(a, b) ways.array() return a < b end)
end
function ways.in_tostring() tostring(setmetatable({}, { __tostring = ways.strings })) end
function ways.in_gsub() ("x"):gsub("x", ways.hash) end
function ways.in_concat()
    table.concat(setmetatable({}, { __len = function() return 1 << 40 end, __index = function() return "0123456789" end }))
end

return { main = function(way)
    if way == "names" then
        local names = {}
        for name in pairs(ways) do names[#names + 1] = name end
        table.sort(names)
        return names
    end
    ways[way]()
end }
