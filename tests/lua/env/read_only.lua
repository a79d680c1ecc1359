-- Libraries and modules cannot be written to, whichever way.
-- modules: time
local function refused(f, text)
    local ok, e = pcall(f)
    assert(not ok and e:find(text, 1, true), tostring(e))
end
for _, name in ipairs{"string", "table", "math", "coroutine", "os", "utf8", "channel", "process", "payload", "errors", "time"} do
    local text = "attempt to modify read-only table '" .. name .. "'"
    refused(function() _G[name].new_member = 1 end, text)
    local key = next(_G[name])
    assert(type(key) == "string", name)
    refused(function() _G[name][key] = nil end, text)
    refused(function() rawset(_G[name], "x", 1) end, text)
    refused(function() setmetatable(_G[name], {}) end, "protected")
    assert(getmetatable(_G[name]) == false, name)
    assert(_G[name].new_member == nil)
    assert(table.is_immutable(_G[name]))
end
refused(function() table.insert(string, 1) end, "read-only")
