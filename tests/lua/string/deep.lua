-- Recursion through C calls ends with an error, never a crash; the process goes on
local shapes = {
    function(f) return (("x"):gsub("x", f)) end,
    function(f) return string.format("%s", setmetatable({}, { __tostring = f })) end,
    function(f) return table.concat(setmetatable({}, { __len = function() return 1 end, __index = f })) end,
    function(f) table.sort({ 1, 2, 3 }, f) end,
    function(f) return coroutine.wrap(function() return (("x"):gsub("x", f)) end)() end,
    function(f) return (("x"):gsub("x", setmetatable({}, { __index = f }))) end,
    function(f) return table.unpack(setmetatable({}, { __index = f }), 1, 1) end,
    function(f) return setmetatable({}, { __lt = f }) < {} end,
}
for i, shape in ipairs(shapes) do
    local function again()
        shape(again)
        return "y"
    end
    local ok, e = pcall(again)
    assert(not ok and tostring(e):find("overflow"), i)
end
