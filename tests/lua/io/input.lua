-- modules: io, time
-- stdin: first line
-- stdin: 
-- stdin: third
-- stdin: rest of it
assert(io.readline() == "first line")
assert(io.readline() == "")
-- reading suspends this coroutine only
local others = 0
local stop = false
coroutine.spawn(function()
    while not stop do
        others = others + 1
        time.sleep("1ms")
    end
end)
assert(io.read(3) == "thi")
assert(io.readline() == "rd")
local rest = ""
while #rest < 11 do rest = rest .. assert(io.read(0)) end
assert(rest == "rest of it\n", rest)
stop = true
for _ = 1, 3 do
    local v, e = io.read()
    assert(v == nil and type(e) == "userdata" and tostring(e) == "EOF")
    v, e = io.readline()
    assert(v == nil and tostring(e) == "EOF")
end
assert(not pcall(io.read, {}) and not pcall(io.read, "x") and not pcall(io.read, 1.5))
assert(others > 0)
