-- modules: time, io, system, logger, payload, ctx, uuid, metrics, env, registry, funcs, events, pg, json
-- T2: everything that can be reached from a program, by any path, is in the list: who adds a function adds it here, and thinks about it.
-- T3: every function and method with everything that is wrong as self and as argument.
local allowed = [[
_G _VERSION assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset require select setmetatable tonumber tostring type unpack
xpcall subscribe unsubscribe string table math coroutine os utf8 channel process payload errors time io system logger ctx uuid metrics env registry
funcs events pg json number integer boolean any unknown never Number Integer String Boolean Any Unknown Never Nil typeof]]
local expected = {}
for name in allowed:gmatch("%S+") do expected[name] = true end

-- one line: a library or a kind of object, and its members
for line in ([[
    channel. new select
    channel: case_receive case_send close receive send
    coroutine. create isyieldable resume running spawn status wrap yield
    ctx. all get
    duration: hours microseconds milliseconds minutes nanoseconds seconds
    env. get get_all set
    error: details kind message retryable stack
    errors. call_stack is new wrap
    executor: async call with_actor with_context with_options with_scope
    funcs. async call new
    future: cancel channel error is_canceled is_complete response result
    io. args eprint flush print raw read readline write
    logger: debug error info named warn with
    location: string
    math. abs acos asin atan atan2 ceil cos cosh deg exp floor fmod frexp ldexp log log10 max min mod modf pow rad random
    math. randomseed sin sinh sqrt tan tanh tointeger type ult
    message: from payload topic
    metrics. counter_add counter_inc gauge_dec gauge_inc gauge_set histogram
    os. clock date difftime time
    payload. format new
    payload: data transcode
    process. cancel event events exec get_options id inbox link listen monitor pid registry registry.lookup
    process. registry.register registry.unregister send set_options spawn spawn_linked spawn_linked_monitored
    process. spawn_monitored terminate unlink unlisten unmonitor with_context with_options
    spawner: exec spawn spawn_linked spawn_linked_monitored spawn_monitored with_actor with_context with_message with_name with_options with_scope
    registry. build_delta current_version find get history parse_id snapshot snapshot_at versions
    reghistory: get_version snapshot_at versions
    regsnapshot: entries find get namespace version
    regversion: id next previous string
    string. byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper
    system. cluster cluster.leader cluster.members cluster.size exit gc gc.collect gc.get_percent gc.set_percent
    system. hosts hosts.list hosts.processes lock lock.acquire lock.release memory memory.allocated memory.get_limit
    system. memory.heap_objects memory.set_limit memory.stats modules node node.addr node.id node.role
    system. process process.cwd process.hostname process.pid raft raft.commit_index raft.is_leader raft.is_member
    system. raft.role raft.stats raft.term runtime runtime.cpu_count runtime.goroutines runtime.max_procs
    system. supervisor supervisor.state supervisor.states workers
    table. concat create getn insert is_immutable make_immutable maxn move pack remove sort unpack
    ticker: channel response stop
    time. after date fixed_zone load_location localtz now parse parse_duration sleep ticker timer unix utc
    time: add add_date after before clock date day equal format format_rfc3339 hour in_local in_location is_zero location minute month
    time: nanosecond round second sub truncate unix unix_nano utc weekday year year_day
    timer: channel reset response stop
    utf8. char codepoint codes len offset
    events. send subscribe
    groups: broadcast events get_members join leave monitor release which_groups
    json. decode encode
    pg. open
    subscription: channel close
    type: annotations elem fields inner is key kind optional params ret tparams val variants
    uuid. format parse v1 v3 v4 v5 v7 validate variant version
]]):gmatch("[^\n]+") do
    local owner, members = line:match("(%S+[.:]) (.*)")
    for name in members:gmatch("%S+") do expected[owner .. name] = true end
end

-- the walk
local seen, count = {}, 0
local objects = { ["string metatable"] = true, raised = true, thread = true }
local function visit(value, path, depth)
    local kind = type(value)
    if kind ~= "table" and kind ~= "function" and kind ~= "userdata" and kind ~= "thread" then return end
    if seen[value] then return end
    assert(depth < 6, path)
    seen[value], count = path, count + 1
    assert(expected[path] or objects[path], "not in the list: " .. path)
    local meta = getmetatable(value)
    assert(meta == nil or meta == false or type(meta) == "string", path .. " shows its metatable")
    if kind == "table" then
        for k, v in next, value do
            visit(k, path .. ".(key)", depth + 1)
            visit(v, path .. "." .. tostring(k), depth + 1)
        end
        for k, v in pairs(value) do visit(v, path .. "." .. tostring(k), depth + 1) end
        for _, name in ipairs { "__index", "__gc", "__metatable", "__name", "_LOADED", "_PRELOAD", "loaded", "debug", "package", "load" } do
            visit(rawget(value, name), path .. "." .. name, depth + 1)
        end
    end
end
-- objects of every type there is
local thing = {
    channel = channel.new(1), case = channel.new(1):case_receive(), error = errors.new("x"), payload = payload.new(1),
    time = time.now(), duration = time.parse_duration("1s"), timer = time.timer("1h"), ticker = time.ticker("1h"), location = time.fixed_zone("X", 60), inbox = process.inbox(),
    future = funcs.async("test:nothing_called"), events = process.events(), logger = logger, spawner = process.with_context {},
    regsnapshot = registry.snapshot(), regversion = registry.current_version(), reghistory = registry.history(),
    executor = funcs.new(), subscription = events.subscribe("nobody"), groups = pg.open("test:groups"), type = Integer,
}
process.send(process.pid(), "x", 1)
thing.message = thing.inbox:receive()
local methods = ([[send receive close case_send case_receive kind message retryable details stack data transcode format topic from payload
    nanoseconds microseconds milliseconds seconds minutes hours sub add before after equal unix unix_nano format_rfc3339 add_date
    clock date day hour in_local in_location is_zero location minute month nanosecond round second string truncate utc weekday year year_day response channel stop reset
    entries find get namespace version id next previous versions get_version snapshot_at
    cancel is_canceled is_complete result info debug warn error with named exec spawn spawn_linked spawn_linked_monitored spawn_monitored with_actor with_context with_message with_name
    with_options with_scope call async join leave get_members get_local_members which_groups which_local_groups broadcast broadcast_local monitor
    events release is elem key val inner ret fields variants params tparams annotations optional __gc __index __metatable __tostring __name]])
for name in pairs(thing) do objects[name] = true end
for k in pairs(_G) do assert(expected[k], "a global too many: " .. k) end
for k in pairs(expected) do if k ~= "_G" and not k:find("[.:]") then visit(_G[k], k, 1) end end
visit(_G, "_G", 0)
visit(getmetatable(""), "string metatable", 1)
local functions = {}
local order = {}
for name in pairs(thing) do order[#order + 1] = name end
table.sort(order) -- "channel" before "events" and "inbox", which are channels too
for _, name in ipairs(order) do
    local object = thing[name]
    visit(object, name, 1)
    for method in methods:gmatch("%S+") do
        local ok, f = pcall(function() return object[method] end)
        if ok and type(f) == "function" then
            functions[name .. ":" .. method] = f
            visit(f, name .. ":" .. method, 2)
        end
        assert(not ok or f == nil or not method:find("^__"), name .. "." .. method)
    end
end
visit(select(2, pcall(error, errors.new("x"))), "raised", 1)
visit(select(2, pcall(require, "debug")), "require", 1)
visit(coroutine.running(), "thread", 1)
for path in ([[io.open io.popen io.lines os.execute os.exit os.remove os.getenv string.dump debug.getinfo]]):gmatch("%S+") do
    local library, name = path:match("(.*)%.(.*)")
    local f = _G[library] and _G[library][name]
    assert(f == nil or not pcall(f, print), path)
end
assert(count > 150, count)

-- wrong calls; left out: what ends or suspends the caller by design
local skip = { ["process.terminate"] = true, ["system.exit"] = true, print = true, ["_G.print"] = true, ["io.read"] = true, ["io.readline"] = true, ["io.print"] = true, ["io.write"] = true,
    ["io.flush"] = true, ["io.eprint"] = true, ["channel.select"] = true, ["time.sleep"] = true, subscribe = true, unsubscribe = true, ["process.inbox"] = true }
for path, f in pairs(functions) do
    if not path:find(":receive") and not path:find(":send") and not path:find("logger:") then skip[path] = nil else skip[path] = true end
end
local list = {}
for value, path in pairs(seen) do
    if type(value) == "function" and not skip[path] and not path:find("^_G%.") and not path:find("^logger") and not path:find("^io%.") then
        functions[path] = value
    end
end
for path, f in pairs(functions) do if not skip[path] then list[#list + 1] = path end end
table.sort(list)
local arguments = { nil, true, 0, -1, 1e308, 0 / 0, math.mininteger, math.maxinteger, "", "x", ("x"):rep(100000), "\0", {}, setmetatable({}, { __index = error }), print,
    coroutine.create(print), "1h", "%b", 3.7 }
local total = 19
for _, object in pairs(thing) do total = total + 1 arguments[total] = object end
math.randomseed(11)
local function any() return arguments[math.random(total)] end
local calls = 0
for _, path in ipairs(list) do
    local f = functions[path]
    for _ = 1, 150 do
        local n = math.random(0, 4)
        -- alone in a coroutine: what blocks or yields is left where it is
        local co = coroutine.create(function(...)
            local ok, e = pcall(f, ...)
            assert(ok or e ~= "process is ending")
            return true
        end)
        local a, b, c, d = any(), any(), any(), any()
        if path == "string.rep" or path == "table.create" or path:find("^utf8") or path == "channel.new" then
            if type(b) == "number" and b > 1000 then b = 3 end
            if type(a) == "number" and a > 1000 then a = 3 end
        end
        coroutine.resume(co, table.unpack({ a, b, c, d }, 1, n))
        calls = calls + 1
    end
end
assert(calls > 20000, calls)
