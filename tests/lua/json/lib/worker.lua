-- modules: json
-- Reads and writes large documents when told to; says when it begins and ends, and how many slices it should have taken at least.
local json = require("json")
local f = payload.format

local function records(count)
    local list = {}
    for i = 1, count do
        list[i] = { id = i, name = "user " .. i, email = ("user%d@example.com"):format(i), active = i % 2 == 0, score = i * 1.37, tags = { "alpha", "beta" },
                    address = { street = "Main street " .. i, city = "Springfield", geo = { lat = i / 7, lon = -i / 3 } } }
    end
    return list
end

-- Each returns what does it, how many slices it takes at least, and what looks at the result. 20 MB are decoded.
local documents = {}
local function document(count, format)
    local key = format .. count
    documents[key] = documents[key] or assert(payload.new(records(count)):transcode(format))
    return documents[key]
end
local most, many, few = 105000, 30000, 5000
local function is_whole(n) return function(v) return #v == n and v[n].address.geo.lat == n / 7 and v[1].tags[2] == "beta" end end
local ways = {
    encode = function()
        local list = records(many)
        return function() return json.encode(list) end, 10, function(v) return #v > 5 << 20 and v:sub(-2) == "}]" end
    end,
    decode = function()
        local text = document(most, f.JSON):transcode(f.STRING):data()
        documents = {}
        assert(#text > 20000000)
        return function() return json.decode(text) end, 20, is_whole(most)
    end,
    decode_deep = function()
        local text = "[" .. ((("["):rep(100) .. "1" .. ("]"):rep(100) .. ","):rep(10000)) .. "1]"
        return function() return json.decode(text) end, 10, function(v) return #v == 10001 and v[10000][1][1][1] end
    end,
    encode_msgpack = function()
        local p = payload.new(records(many))
        return function() return p:transcode(f.MSGPACK) end, 5, function(v) return v:get_format() == f.MSGPACK end
    end,
    decode_msgpack = function()
        local p = document(many, f.MSGPACK)
        return function() return p:data() end, 5, is_whole(many)
    end,
    encode_yaml = function()
        local p = payload.new(records(few))
        return function() return p:transcode(f.YAML) end, 2, function(v) return v:get_format() == f.YAML end
    end,
    decode_yaml = function()
        local p = document(few, f.YAML)
        return function() return p:data() end, 2, is_whole(few)
    end,
}

return { main = function(owner)
    local orders = process.listen("do")
    while true do
        local what = orders:receive()
        if what == "end" then return end
        local run, least, is_right = ways[what]()
        process.send(owner, "progress", { what = what, state = "begun" })
        local value, err = run()
        assert(value, tostring(err))
        process.send(owner, "progress", { what = what, state = "ended", least = least, ok = not not is_right(value) })
    end
end }
