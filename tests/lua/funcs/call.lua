-- modules: funcs
local funcs = require("funcs")

-- values
assert(funcs.call("test:add", 2, 3) == 5)
local value, err = funcs.call("test:add", 2.5, 1)
assert(value == 3.5 and err == nil)
assert(select("#", funcs.call("test:add", 1, 1)) == 2)
local function echo(...) return assert(funcs.call("test:echo", ...)) end
assert(echo().n == 0 and echo(nil).n == 1 and echo(1, nil, nil).n == 3)
local t = { 1, { "two" }, x = true, y = 1.5, [2.5] = "z" }
t.self = t
local copy = echo(t, "b\0in", math.maxinteger)
assert(copy[1].self == copy[1] and copy[1][2][1] == "two" and copy[1][2.5] == "z" and copy[1].x == true)
assert(copy[2] == "b\0in" and copy[3] == math.maxinteger and math.type(copy[3]) == "integer")
copy = echo(print, channel.new(), errors.new{ message = "m", kind = errors.TIMEOUT }, { f = print, x = 1 })
assert(copy[1] == nil and copy[2] == nil and copy[3]:kind() == errors.TIMEOUT and copy[4].f == nil and copy[4].x == 1)

-- the copy is made at the moment of the call
t = { 1 }
local future = funcs.async("test:echo", t)
t[1] = 2
assert(future:channel():receive():data()[1][1] == 1)

-- large arguments and results
local list = {}
for i = 1, 100000 do list[i] = i end
copy = echo(list, ("s"):rep(1000000))
assert(#copy[1] == 100000 and copy[1][100000] == 100000 and #copy[2] == 1000000)

-- what cannot be sent
local deep = {}
local at = deep
for _ = 1, 300 do at.t = {} at = at.t end
value, err = funcs.call("test:echo", deep)
assert(value == nil and err:kind() == errors.INVALID and err:message():find("arguments cannot be sent", 1, true))
value, err = funcs.async("test:echo", deep)
assert(value == nil and err:kind() == errors.INVALID)

-- many callers at the same time
local sum, done = 0, channel.new(100)
for i = 1, 100 do
  coroutine.spawn(function()
    for j = 1, 10 do
      local value = assert(funcs.call("test:add", i, j))
      sum = sum + value
    end
    done:send(true)
  end)
end
for _ = 1, 100 do done:receive() end
assert(sum == 10 * 5050 + 100 * 55)

-- calls work where other blocking functions do
assert(select(2, pcall(funcs.call, "test:add", 1, 2)) == 3)
local wrapped = coroutine.wrap(function() coroutine.yield((funcs.call("test:add", 3, 4))) end)
assert(wrapped() == 7)
local meta = setmetatable({}, { __index = function(_, k) return (funcs.call("test:add", k, 1)) end })
assert(meta[1] == 2)
local ok, message = pcall(table.concat, setmetatable({}, { __len = function() return 1 end,
  __index = function() return funcs.call("test:add", 1, 1) end }))
assert(ok or message:find("cannot block here", 1, true), message)
