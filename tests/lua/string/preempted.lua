-- modules: time
-- Long calls give the same results when they are suspended in the middle: each takes many slices beside a busy second process.
if ... == "busy" then
    while true do
    end
end
local pids = {}
for i = 1, 2 do
    pids[i] = assert(process.spawn("test:main", "test:processes", "busy"))
end
local a = ("abc"):rep(100000)
assert(#a == 300000 and a:sub(1, 6) == "abcabc" and a:sub(-4) == "cabc")
assert(a:upper():lower() == a and a:reverse():reverse() == a)
assert(a:find("cba", 1, true) == nil and a:find(("abc"):rep(5000) .. "x", 1, true) == nil)
assert((a .. "x"):find(("abc"):rep(5000) .. "x", 1, true) == 285001)
assert((a .. "xyz"):find("x%a+$") == 300001 and a:match("[^abc]") == nil and a:match(".*b()") == 300000)
local text, n = a:gsub("b", "<%0>")
assert(n == 100000 and #text == 500000 and text:sub(1, 5) == "a<b>c")
local count = 0
for _ in a:gmatch("a(.)c") do
    count = count + 1
end
assert(count == 100000)
local list = {}
for i = 1, 20000 do
    list[i] = (i * 7919) % 20011
end
local joined = table.concat(list, ",")
assert(select(2, joined:gsub(",", "")) == 19999)
table.sort(list)
for i = 2, #list do
    assert(list[i - 1] <= list[i])
end
table.sort(list, function(x, y) return x > y end)
for i = 2, #list do
    assert(list[i - 1] >= list[i])
end
table.move(list, 1, 20000, 2)
table.insert(list, 1, -1)
assert(#list == 20002 and list[1] == -1 and list[2] == list[3] and table.remove(list, 1) == -1 and #list == 20001)
assert(select("#", table.unpack(list, 1, 10000)) == 10000)
assert(utf8.len(a) == 300000 and utf8.offset(a, 200000) == 200000)
assert(#("%d"):rep(1000):format(table.unpack(list, 1, 1000)) > 1000)
for i = 1, 2 do
    process.terminate(pids[i])
end
