-- modules: system
-- Recursion through C in every shape, each caught in every way.
local shapes = {}
function shapes.plain() local function f() return 1 + f() end return f() end
function shapes.gsub() local function f(s) return s:gsub(".", f) end return f("x") end
function shapes.gsub_huge_buffer() local function f() return (("x"):rep(10):gsub(".", f)) end return f() end
function shapes.tostring() local t = setmetatable({}, {}) getmetatable(t).__tostring = function(x) return tostring(x) end return tostring(t) end
function shapes.format() local t = setmetatable({}, {}) getmetatable(t).__tostring = function(x) return ("%s"):format(x) end return ("%s"):format(t) end
function shapes.concat()
    local t
    t = setmetatable({}, { __len = function() return 2 end, __index = function() return table.concat(t) end })
    return table.concat(t)
end
function shapes.concat_operator() local t = setmetatable({}, {}) getmetatable(t).__concat = function(a, b) return a .. b end return t .. "x" end
function shapes.coroutine_in_gsub()
    local function f() return (("x"):gsub(".", coroutine.wrap(f))) end
    return f()
end
function shapes.coroutines() local function f() return coroutine.wrap(f)() end return f() end
function shapes.coroutines_200()
    local function f(n) if n == 0 then return "deep" end return coroutine.wrap(f)(n - 1) end
    return f(180)
end
function shapes.resume() local function f() return select(2, coroutine.resume(coroutine.create(f))) end return f() end
function shapes.spawned() local function f() coroutine.spawn(f) end f() end
function shapes.pcall() local function f() return select(2, pcall(f)) end return f() end
function shapes.pcall_of_pcall() local list = {} for i = 1, 250 do list[i] = pcall end return pcall(table.unpack(list)) end
function shapes.xpcall() local function f() return select(2, xpcall(f, function(e) return e end)) end return f() end
function shapes.error_in_handler() local function h() error("again") end return xpcall(error, h, "x") end
function shapes.handler_calls_itself() local function h(e) return select(2, xpcall(error, h, e)) end return h("x") end
function shapes.index_chain()
    local t = {}
    for _ = 1, 3000 do t = setmetatable({}, { __index = t }) end
    return t.field
end
function shapes.index_loop() local t = {} setmetatable(t, { __index = t }) return t.field end
function shapes.index_function() local t = setmetatable({}, {}) getmetatable(t).__index = function(x, k) return x[k .. 1] end return t[1] end
function shapes.newindex() local t = setmetatable({}, {}) getmetatable(t).__newindex = function(x, k, v) x[k + 1] = v end t[1] = 1 end
function shapes.call_chain() local t = print for _ = 1, 300 do t = setmetatable({}, { __call = t }) end return t() end
function shapes.comparison() local m = {} m.__lt = function(a, b) return a < b end local t = setmetatable({}, m) return t < t end
function shapes.equality() local m = {} m.__eq = function(a, b) return a == b end return setmetatable({}, m) == setmetatable({}, m) end
function shapes.length() local t = setmetatable({}, {}) getmetatable(t).__len = function(x) return #x end return #t end
function shapes.sort() local function f() table.sort({ 3, 1, 2 }, f) end return f() end
function shapes.pairs() local t = setmetatable({}, {}) getmetatable(t).__pairs = function(x) return pairs(x) end for _ in pairs(t) do end end
function shapes.iterator() local function f() for _ in f do end end return f() end
function shapes.select() local function f(...) return select("#", f(1, ...)) end return f() end
function shapes.move()
    local t = setmetatable({}, {})
    getmetatable(t).__newindex = function() table.move({ 1 }, 1, 1, 1, t) end
    table.move({ 1 }, 1, 1, 1, t)
end
function shapes.insert()
    local t = setmetatable({}, {})
    getmetatable(t).__newindex = function() table.insert(t, 1) end
    table.insert(t, 1)
end
function shapes.unpack()
    local t = setmetatable({}, {})
    getmetatable(t).__index = function(_, i) return table.unpack(t, i, i) end
    return table.unpack(t, 1, 1)
end
function shapes.balance() return ("("):rep(100000):match("^%b()") end
function shapes.captures() return ("x"):match(("("):rep(40) .. (")"):rep(40)) end
function shapes.pattern() return ("a"):rep(300000):find(("a?"):rep(30000)) end
function shapes.lazy() return ("x"):rep(1000000):match("^.-b") end
function shapes.greedy() return ("x"):rep(1000):match("^(.*)(.*)y") end
function shapes.pack() return string.pack(("!1"):rep(100000)) end
function shapes.error_objects() local e = errors.new("x") for i = 1, 20000 --[[tsan: 4000]] do e = errors.wrap(e, "c") end return #e:stack() end
function shapes.details() local d = {} for _ = 1, 100000 do d = { d = d } end return errors.new({ message = "m", details = d }):details() end
function shapes.payload() local d = {} for _ = 1, 100000 do d = { d } end return payload.new(d):data() end
function shapes.send() local d = {} for _ = 1, 100000 do d = { d } end return process.send(process.pid(), "x", d) end
function shapes.garbage() local d = {} for _ = 1, 1000000 --[[tsan: 200000]] do d = { d } end d = nil system.gc.collect() return 1 end
function shapes.error_with_cycle() local e = {} e.e = e error(e) end

return { main = function(name)
    local shape = shapes[name]
    if not shape then
        local names = {}
        for each in pairs(shapes) do names[#names + 1] = each end
        return names
    end
    pcall(shape)
    xpcall(shape, function(e) return tostring(e) end)
    pcall(coroutine.wrap(shape))
    pcall(coroutine.wrap(function() return coroutine.wrap(shape)() end))
    ;("x"):gsub("x", function() pcall(shape) end)
    return "survived"
end }
