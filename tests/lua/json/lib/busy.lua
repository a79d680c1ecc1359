-- modules: json
-- Reads or writes, for ever.
local json = require("json")
return { main = function(owner, what)
    local text = "[" .. ('{"name":"a name","list":[1,2,3],"map":{"a":{"b":true}}},'):rep(40000) .. "null]"
    local value = what == 2 and json.decode(text:sub(1, 400000):match("^(.*}),") .. "]")
    process.send(owner, "busy", process.pid())
    if what == 1 then text = text .. "x" end
    while true do
        if what == 2 then assert(json.encode(value)) else json.decode(text) end
    end
end }
