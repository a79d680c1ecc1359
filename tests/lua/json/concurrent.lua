-- modules: json
-- Coroutines of one process that read and write at the same time, large and small: each gets its own.
local json = require("json")
local function document(tag, count)
    local list = {}
    for i = 1, count do list[i] = { tag = tag, i = i, text = ("%s %d"):format(tag, i) } end
    return list
end
local done = channel.new(0)
local workers = 6
for w = 1, workers do
    coroutine.spawn(function()
        local count = w % 2 == 0 and 4000 or 300
        for round = 1, 6 do
            local tag = ("worker %d round %d"):format(w, round)
            local text = assert(json.encode(document(tag, count)))
            local none, err = json.decode(text:sub(1, -2) .. "x")
            assert(none == nil and tostring(err):find("found 'x'", 1, true), tostring(err))
            local back = assert(json.decode(text))
            assert(#back == count)
            for i = 1, count, 100 do assert(back[i].tag == tag and back[i].i == i and back[i].text == ("%s %d"):format(tag, i)) end
        end
        done:send(w)
    end)
end
local sum = 0
for _ = 1, workers do sum = sum + done:receive() end
assert(sum == workers * (workers + 1) // 2)

-- where it cannot be suspended it does the same without
local text = json.encode(document("x", 4000))
local proxy = setmetatable({}, { __lt = function() return #json.decode(text) == 4000 and #json.encode(json.decode(text)) == #text end })
local sorted = { setmetatable({}, getmetatable(proxy)), proxy }
assert(proxy < sorted[1])
local decoded = ("x"):gsub("x", function() return tostring(#json.decode(text)) end)
assert(decoded == "4000")
for v in (function(s, n) if not n then return #assert(json.decode(s)) end end), text do assert(v == 4000) end
