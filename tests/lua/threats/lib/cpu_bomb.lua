-- modules: time, system, json
-- Each way computes for ever, or for so long that nobody can tell.
local time = require("time")
local vm, c = {}, {}
local function forever() while true do end end

-- in the VM
vm.loop = forever
function vm.empty_for() for _ = 1, math.maxinteger do end end
function vm.float_for() for _ = 1, math.huge do end end
function vm.repeat_until() repeat until false end
vm["goto"] = function() ::again:: goto again end
function vm.tail_calls() local function f() return f() end f() end
function vm.calls() local function f() end while true do f() end end
function vm.arithmetic() local x = 1.5 while true do x = x * 1.0000001 // 1 end end
function vm.garbage() while true do local _ = { {}, "x" .. math.random(100) } end end
function vm.upvalues() local n = 0 while true do (function() n = n + 1 end)() end end
function vm.next_loop() local t = { 1, 2, 3 } while true do for _ in pairs(t) do end end end
function vm.iterator() for _ in function() return true end do end end
function vm.pcall() while true do pcall(forever) end end
function vm.pcall_error() while true do pcall(error, "x") end end
function vm.xpcall() while true do xpcall(forever, forever) end end
function vm.handler() xpcall(error, forever, "x") end
function vm.handler_error() while true do xpcall(error, error, "x") end end
function vm.index() return setmetatable({}, { __index = forever }).x end
function vm.newindex() setmetatable({}, { __newindex = forever }).x = 1 end
function vm.add() return setmetatable({}, { __add = forever }) + 1 end
function vm.eq() return setmetatable({}, { __eq = forever }) == setmetatable({}, {}) end
function vm.lt() return setmetatable({}, { __lt = forever }) < {} end
function vm.concat() return setmetatable({}, { __concat = forever }) .. "x" end
function vm.len() return #setmetatable({}, { __len = forever }) end
function vm.call() return setmetatable({}, { __call = forever })() end
function vm.tostring() return tostring(setmetatable({}, { __tostring = forever })) end
function vm.pairs() for _ in pairs(setmetatable({}, { __pairs = forever })) do end end
function vm.index_chain()
    local t = {}
    for _ = 1, 50 do t = setmetatable({}, { __index = t }) end
    while true do local _ = t.nothing end
end
function vm.coroutine() coroutine.wrap(forever)() end
function vm.coroutines() while true do coroutine.wrap(function() end)() end end
function vm.ping_pong() local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end end
function vm.nested_coroutines()
    local function deep(n) if n == 0 then forever() end coroutine.wrap(deep)(n - 1) end
    deep(50)
end
function vm.fiber() coroutine.spawn(forever) end
function vm.fibers() for _ = 1, 20 do coroutine.spawn(function() while true do coroutine.yield() end end) end forever() end
function vm.channels()
    local a = channel.new(1)
    while true do a:send(1) a:receive() end
end
function vm.select() local a = channel.new(0) while true do channel.select({ a:case_receive() }, true) end end
function vm.to_itself()
    local inbox = process.inbox()
    while true do process.send(process.pid(), "x", 1) inbox:receive() end
end
function vm.no_sleep() while true do time.sleep(0) end end
function vm.spawns() while true do process.spawn("test:nothing", "test:processes") end end

-- in the libraries
function c.find() return ("a"):rep(4000):find(".-.-.-b") end
function c.find_stars() return ("x"):rep(1000000):find(("x*"):rep(20) .. "y") end
function c.find_plain() while true do ("a"):rep(1 << 20):find(("a"):rep(1 << 19) .. "b", 1, true) end end
function c.gmatch() for _ in ("a"):rep(1000000):gmatch("a*b") do end end
function c.match_balance() return (("("):rep(1000000)):match("%b()%b()") end
function c.match_back() return ("a"):rep(100000):match("(a*)(a*)%1%2b") end
function c.match_frontier() return ("a"):rep(1000000):match(".-%f[b].-%f[b]") end
function c.gsub() while true do ("a"):rep(1 << 20):gsub("a", "b") end end
function c.gsub_function() while true do ("a"):rep(1000):gsub("a", forever) end end
function c.gsub_table() while true do ("a"):rep(100000):gsub("a", setmetatable({}, { __index = function() return "b" end })) end end
function c.move() table.move({}, 1, 1 << 40, 2) end
function c.move_back() table.move({}, 2, 1 << 40, 1) end
function c.move_index() table.move(setmetatable({}, { __index = function() end, __newindex = function() end }), 1, 1 << 40, 2) end
function c.concat() table.concat(setmetatable({}, { __len = function() return 1 << 40 end, __index = function() return "" end })) end
function c.concat_range() table.concat(setmetatable({}, { __index = function() return "" end }), "", 1, math.maxinteger) end
function c.sort() local t = {} for i = 1, 100000 do t[i] = i end while true do table.sort(t, function() return true end) end end
function c.sort_function() table.sort({ 3, 1, 2 }, forever) end
function c.sort_random() local t = {} for i = 1, 100000 do t[i] = i end while true do table.sort(t, function() return math.random() < 0.5 end) end end
function c.sort_lt() local m = { __lt = forever } table.sort({ setmetatable({}, m), setmetatable({}, m) }) end
function c.sort_huge() table.sort(setmetatable({}, { __len = function() return 1 << 30 end, __index = function(_, i) return i end })) end
function c.insert() while true do local t = {} for i = 1, 20000 do table.insert(t, 1, i) end end end
function c.insert_huge() table.insert(setmetatable({}, { __len = function() return 1 << 40 end }), 1, "x") end
function c.remove_huge() table.remove(setmetatable({}, { __len = function() return 1 << 40 end }), 1) end
function c.unpack() while true do pcall(table.unpack, {}, 1, 900000) end end
function c.unpack_index() while true do table.unpack(setmetatable({}, { __index = function() end }), 1, 100000) end end
function c.rep() while true do ("x"):rep(1 << 24) end end
function c.reverse() local s = ("x"):rep(1 << 22) while true do s:reverse() end end
function c.upper() local s = ("x"):rep(1 << 22) while true do s:upper() s:lower() end end
function c.byte() local s = ("x"):rep(100000) while true do s:byte(1, -1) end end
function c.format() while true do ("%99d %99.99f %q"):format(1, 1e308, ("\0"):rep(100000)) end end
function c.format_tostring() ("%s"):format(setmetatable({}, { __tostring = forever })) end
function c.pack() while true do pcall(string.pack, ("!16 i16 "):rep(100000)) pcall(string.packsize, ("i4"):rep(1000000)) end end
function c.utf8_len() local s = ("é"):rep(1 << 20) while true do utf8.len(s) end end
function c.utf8_codes() local s = ("é"):rep(1 << 20) while true do for _ in utf8.codes(s) do end end end
function c.utf8_codepoint() local s = ("é"):rep(100000) while true do utf8.codepoint(s, 1, -1) end end
function c.utf8_offset() local s = ("\u{10ffff}"):rep(1 << 20) while true do utf8.offset(s, -1 << 20) utf8.offset(s, 1 << 20) end end
function c.tonumber() local s = ("1"):rep(1 << 20) while true do tonumber(s) tonumber(s, 36) end end
function c.compare() local a, b = ("a\0"):rep(1 << 20) .. "1", ("a\0"):rep(1 << 20) .. "2" while true do local _ = a < b end end
function c.date() while true do pcall(os.date, ("%c"):rep(10000)) end end
function c.encode()
    local big = {}
    for i = 1, 100000 do big[i] = { i } end
    while true do process.send(process.pid(), "x", big) end
end
function c.encode_string() local s = ("x"):rep(1 << 22) while true do process.send("{test:processes|0x1}", "x", s) end end
function c.decode()
    local big, inbox = {}, process.inbox()
    for i = 1, 50000 do big[i] = { i } end
    process.send(process.pid(), "x", big)
    local box = inbox:receive():payload()
    while true do box:data() end
end
function c.payload() local big = {} for i = 1, 200000 do big[i] = "x" .. i end while true do payload.new(big):data() end end
function c.errors() local e = errors.new("x") while true do e = errors.wrap(e, "y") tostring(e) e:stack() end end
function c.error_details()
    local big = {}
    for i = 1, 100000 do big["k" .. i] = i end
    while true do errors.new({ message = "m", details = big }):details() end
end
function c.immutable() local t = table.make_immutable({ 1, 2 }) while true do pcall(function() t[1] = 2 end) end end
function c.select() local function all(...) while true do select("#", ...) select(-1, ...) end end all(table.unpack({}, 1, 200000)) end
function c.next_hole() local t = {} for i = 1, 1 << 17 do t[i] = i end for i = 2, 1 << 17 do t[i] = nil end while true do next(t, 1) end end
function c.hosts() while true do require("system").hosts.processes("test:processes") end end
function c.collect() local t = {} for i = 1, 100000 do t[i] = {} end while true do require("system").gc.collect() end end
function c.math() while true do math.random(1 << 40) math.fmod(1e308, 1e-308) end end
function c.require() while true do pcall(require, ("x"):rep(100000)) end end

-- texts: large ones, and maps whose keys all have the same hash: Lua looks at one byte in four of a string of this length
local json = require("json")
local function colliding(count)
    local list = {}
    for i = 0, count - 1 do list[i + 1] = ('"%03da%03da%s":1'):format(i // 1000, i % 1000, ("a"):rep(88)) end
    return "{" .. table.concat(list, ",") .. "}"
end
function c.json_decode() local text = "[" .. ("[1,{\"a\":\"b\"}],"):rep(200000) .. "1]" while true do json.decode(text) end end
function c.json_refused() local text = "[" .. ("[1,{\"a\":\"b\"}],"):rep(50000) .. "x]" while true do json.decode(text) end end
function c.json_small() while true do json.decode("[1,2,{}]") json.decode("[1") json.encode({ 1 }) end end
function c.json_encode() local list = {} for i = 1, 200000 do list[i] = { i } end while true do json.encode(list) end end
function c.json_sort() local map = {} for i = 1, 200000 do map["k" .. i] = i end while true do json.encode(map) end end
function c.json_long_keys() local map = {} for i = 1, 20 do map[("k"):rep(1 << 20) .. i] = i end while true do json.encode(map) end end
function c.json_string() local text = ("\1"):rep(1 << 22) while true do json.encode(text) end end
function c.json_sparse() local list = {} for i = 1, 300000 do list[i] = i end list[150000] = nil while true do json.encode(list) end end
function c.json_collisions() local text = colliding(100000) while true do json.decode(text) end end
function c.json_collisions_small() local text = colliding(600) while true do json.decode(text) end end
function c.yaml() local p = payload.new({ ("- {a: b}\n"):rep(20000) }) while true do p:transcode(payload.format.YAML):transcode(payload.format.LUA) end end
function c.yaml_read() local p = payload.new(("- {a: b}\n"):rep(20000)):transcode(payload.format.STRING) while true do p:transcode(payload.format.YAML):data() end end
function c.msgpack_collisions()
    local p = payload.new(colliding(50000)):transcode(payload.format.STRING):transcode(payload.format.JSON)
    p = p:transcode(payload.format.MSGPACK)
    while true do p:data() end
end

return { main = function(library, way)
    local ways = library == "c" and c or vm
    if way then
        ways[way]()
        channel.new():receive() -- those that end by themselves
    end
    local names = {}
    for name in pairs(ways) do names[#names + 1] = name end
    table.sort(names)
    return names
end }
