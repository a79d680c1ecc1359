-- modules: time
-- timeout: 30
-- Calls that would take for ever: while they run, others of the process and other processes go on, and terminate ends them.
local bombs = {
    function() return (("a"):rep(4000)):find(".-.-.-b") end,
    function() return (("x"):rep(1000000)):find(("x*"):rep(20) .. "y") end,
    function() for _ in ("a"):rep(1000000):gmatch("a*b") do end return ("a"):rep(1000000):match("a*a*b") end,
    function() return table.move({}, 1, 1 << 40, 2) end,
    function() return table.concat(setmetatable({}, { __len = function() return 1 << 40 end, __index = function() return "" end })) end,
    function() return table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, true) end,
    function() return table.remove(setmetatable({}, { __len = function() return 1 << 40 end }), 1) end,
    function() table.sort({ 3, 1, 2 }, function() while true do end end) end,
    function() return ("x"):gsub("x", function() while true do end end) end,
    function() while true do pcall(string.rep, "x", 100000) end end,
    function() return (("a"):rep(100000)):gsub(("a?"):rep(30) .. ("a"):rep(30) .. "b", "") end,
    function() return ("(" ):rep(300000):match(("%b()"):rep(2)) or ("("):rep(300000):gsub("%b()", "") end,
}
local index = ...
if index then
    return bombs[index]()
end
for i = 1, #bombs do
    local pid = assert(process.spawn_monitored("test:main", "test:processes", i))
    time.sleep("30ms")
    process.terminate(pid)
    local event = process.events():receive()
    assert(event.kind == process.event.EXIT and event.from == pid, i)
end
