local f = payload.format
assert(f.JSON == "json/plain" and f.YAML == "yaml/plain" and f.STRING == "text/plain" and f.BYTES == "application/octet-stream")
assert(f.MSGPACK == "application/msgpack" and f.LUA == "lua/any" and f.GOLANG == "golang/any" and f.ERROR == "golang/error")
assert(f.OTHER == nil and not pcall(function() f.JSON = 1 end))

-- new: never fails, the very value comes back
local t = {}
for _, v in ipairs{t, 1, 1.5, "text", true, false, print, channel.new()} do
    local p = payload.new(v)
    assert(type(p) == "userdata" and p:get_format() == f.LUA and p:data() == v and p:unmarshal() == v)
    assert(select("#", p:data()) == 1)
end
assert(payload.new():data() == nil and payload.new(nil):get_format() == f.LUA)
local e = errors.new("broken")
local p = payload.new(e)
assert(p:get_format() == f.ERROR and p:data() == e and p:unmarshal() == e)
assert(tostring(p) == "payload{format=golang/error}" and tostring(payload.new(1)) == "payload{format=lua/any}")
assert(type(p.data) == "function" and p.nothing == nil)

-- transcode
local s = assert(payload.new("bytes\0of"):transcode(f.STRING))
assert(s:get_format() == f.STRING and s:data() == "bytes\0of" and tostring(s) == "payload{format=text/plain}")
local b = assert(s:transcode(f.BYTES))
assert(b:get_format() == f.BYTES and b:data() == "bytes\0of")
local l = assert(b:transcode(f.LUA))
assert(l:get_format() == f.LUA and l:data() == "bytes\0of")
assert(b:transcode(f.STRING):data() == "bytes\0of" and s:transcode(f.STRING):data() == "bytes\0of")
assert(payload.new(t):transcode(f.LUA):data() == t)
assert(payload.new(e):transcode(f.STRING):data() == "broken")
assert(payload.new(5):transcode(f.STRING):data() == "5")
assert(payload.new(e):transcode(f.ERROR):data() == e)
for _, case in ipairs{{payload.new(t), f.STRING}, {payload.new(nil), f.BYTES}, {payload.new(print), f.STRING}, {s, f.ERROR},
                      {payload.new(1), "no/such"}, {payload.new(1), ""}, {payload.new(1), f.ERROR}, {payload.new(print), f.GOLANG},
                      {payload.new(channel.new()), f.GOLANG}, {s, f.JSON}, {payload.new(print), f.JSON}} do
    local none, err = case[1]:transcode(case[2])
    assert(none == nil and err:kind() == errors.INTERNAL and err:retryable() == false, tostring(err))
end
assert(not pcall(p.transcode, p) and not pcall(p.transcode, p, {}) and not pcall(p.data) and not pcall(p.data, {}))
