-- Ends with an error of every shape, in every place.
local shapes = {}
local function forever() while true do end end
function shapes.none() error() end
function shapes.text() error("text", 0) end
function shapes.binary() error("a\0b\n\27[31m", 0) end
function shapes.integer() error(42) end
function shapes.float() error(0 / 0) end
shapes["false"] = function() error(false) end
function shapes.table() error({ message = "field" }) end
function shapes.cycle() local e = {} e.e = e error(setmetatable(e, { __index = e })) end
function shapes.tostring_loops() error(setmetatable({}, { __tostring = forever })) end
function shapes.tostring_raises() error(setmetatable({}, { __tostring = function() error("again") end })) end
function shapes.tostring_number() error(setmetatable({}, { __tostring = function() return 1 end })) end
function shapes.name_loops() error(setmetatable({}, { __name = setmetatable({}, { __tostring = forever }) })) end
function shapes.concat() error(setmetatable({}, { __concat = forever, __len = forever, __index = forever, __eq = forever })) end
shapes["function"] = function() error(print) end
function shapes.thread() error((coroutine.running())) end
function shapes.channel() error(channel.new()) end
function shapes.huge() error(("x"):rep(50000000), 0) end
function shapes.huge_with_position() error(("x"):rep(20000000)) end
function shapes.object() error(errors.new({ message = "object", kind = errors.CONFLICT })) end
function shapes.huge_object() error(errors.new({ message = ("x"):rep(20000000), kind = errors.CONFLICT })) end
function shapes.huge_details() error(errors.new({ message = "details", details = { d = ("x"):rep(20000000) } })) end
function shapes.wrapped() local e = errors.new("in") for i = 1, 3000 do e = errors.wrap(e, "c") end error(e) end
function shapes.runtime() local x = nil return x.field end
function shapes.long_name() local t = setmetatable({}, { __name = ("n"):rep(100000) }) return t + 1 end

local places = {}
function places.main(f) f() end
function places.coroutine(f) coroutine.wrap(f)() end
function places.fiber(f) coroutine.spawn(f) channel.new():receive() end
function places.returned(f) local _, e = pcall(f) return nil, e end
function places.gsub(f) ("x"):gsub("x", f) end
function places.metamethod(f) return #setmetatable({}, { __len = f }) end

return { main = function(shape, place)
    if shape then return places[place](shapes[shape]) end
    local answer = { shapes = {}, places = {} }
    for name in pairs(shapes) do table.insert(answer.shapes, name) end
    for name in pairs(places) do table.insert(answer.places, name) end
    return answer
end }
