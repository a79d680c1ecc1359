-- modules: json
-- Reads or writes a large document; says when it begins and ends, and how many slices it should have taken at least.
local json = require("json")
local f = payload.format
local some, many = 30000 --[[tsan: 6000]], 100000 --[[tsan: 20000]]

local function records(count)
    local list = {}
    for i = 1, count do
        list[i] = { id = i, name = "user " .. i, email = ("user%d@example.com"):format(i), active = i % 2 == 0, score = i * 1.37, tags = { "alpha", "beta" },
                    address = { street = "Main street " .. i, city = "Springfield", geo = { lat = i / 7, lon = -i / 3 } } }
    end
    return list
end
local function document(count, format) return assert(payload.new(records(count)):transcode(format)) end
local function is_whole(n) return function(v) return #v == n and v[n].address.geo.lat == n / 7 and v[1].tags[2] == "beta" end end

-- Each returns what does it, how many slices it takes at least, and what looks at the result. 20 MB are decoded.
local ways = {}
function ways.encode()
    local list = records(some)
    return function() return json.encode(list) end, some // 3000, function(v) return #v > 175 * some and v:sub(-2) == "}]" end
end
function ways.decode()
    local one, list = '{"id":%d,"name":"a name","list":[1,2.5,"three"],"map":{"a":{"b":true}},"text":"%s"}', {}
    for i = 1, many do list[i] = one:format(i, ("x"):rep(130)) end
    local text = "[" .. table.concat(list, ",") .. "]"
    list = nil
    assert(#text > 200 * many)
    return function() return json.decode(text) end, many // 5000, function(v) return #v == many and v[many].id == many and v[1].map.a.b end
end
function ways.decode_deep()
    local text = "[" .. ((("["):rep(100) .. "1" .. ("]"):rep(100) .. ","):rep(10000)) .. "1]"
    return function() return json.decode(text) end, 10, function(v) return #v == 10001 and v[10000][1][1][1] end
end
function ways.encode_string()
    local text = ("a string with \n and \u{20AC} in it "):rep(400000)
    return function() return json.encode(text) end, 3, function(v) return #v == #text + 400000 + 2 end
end
function ways.encode_msgpack()
    local p = payload.new(records(some))
    return function() return p:transcode(f.MSGPACK) end, some // 6000, function(v) return v:get_format() == f.MSGPACK end
end
function ways.decode_msgpack()
    local p = document(some, f.MSGPACK)
    return function() return p:data() end, some // 6000, is_whole(some)
end
function ways.encode_yaml()
    local p = payload.new(records(5000))
    return function() return p:transcode(f.YAML) end, 2, function(v) return v:get_format() == f.YAML end
end
function ways.decode_yaml()
    local p = document(5000, f.YAML)
    return function() return p:data() end, 2, is_whole(5000)
end

return { main = function(owner, what)
    local run, least, is_right = ways[what]()
    process.send(owner, "progress", { what = what, state = "begun" })
    local value, err = run()
    assert(value, tostring(err))
    process.send(owner, "progress", { what = what, state = "ended", least = least, ok = not not is_right(value) })
    process.listen("end"):receive()
end }
