-- Catches everything it can, for ever, in the way its argument says.
local function forever()
    while true do end
end
local ways = {
    pcall = function()
        while true do pcall(forever) end
    end,
    nested = function()
        local function again() while true do pcall(pcall, forever) end end
        while true do pcall(again) end
    end,
    xpcall = function()
        while true do xpcall(forever, forever) end
    end,
    handler = function()
        xpcall(error, forever, "x")
        while true do end
    end,
    unyieldable = function()
        local busy = setmetatable({}, {__lt = forever})
        while true do
            pcall(table.concat, setmetatable({}, {__len = function() return 1 end, __index = function() forever() end}))
            pcall(function() return busy < busy end)
        end
    end,
    coroutine = function()
        while true do
            local co = coroutine.wrap(function() while true do pcall(forever) end end)
            pcall(co)
        end
    end,
    blocked = function()
        while true do
            pcall(function() channel.new():receive() end)
        end
    end,
    receiving = function()
        local inbox = process.inbox()
        while true do pcall(inbox.receive, inbox) end
    end,
}
local function main(way)
    ways[way]()
end
return { main = main }
