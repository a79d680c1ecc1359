-- Types of C modules: in annotations, in declared types, and as values.
-- modules: time, funcs, events, pg, registry, logger, json
-- imports: host=test:host_types
local time, funcs, events, pg, registry, logger = require("time"), require("funcs"), require("events"), require("pg"),
    require("registry"), require("logger")
local clock = require("time")
local ch_lib = channel

-- In annotations they are gone.
local function later(t: time.Time, by: time.Duration, more: channel.Channel<string>?): (time.Time, error?)
    return t:add(by)
end
local second = time.parse_duration("1s")
local now: time.Time = time.now()
assert(later(now, second):sub(now):seconds() == 1)

-- In declared types they accept just that type.
type Job = {at: time.Time, every: time.Duration?, done: channel.Channel<Job>?}
assert(Job:is({at = now}) and Job:is({at = now, every = second, done = channel.new()}))
for text, bad in pairs({
    ["at: required field missing"] = {every = second},
    ["at: expected time.Time, got userdata"] = {at = second},
    ["at: expected time.Time, got string"] = {at = "now"},
    ["at: expected time.Time, got table"] = {at = {}},
    ["every: expected time.Duration?, got userdata"] = {at = now, every = now},
    ["done: expected channel.Channel?, got userdata"] = {at = now, done = second},
    ["at: expected time.Time, got type"] = {at = Job},
}) do
    local _, err = Job:is(bad)
    assert(err and err:message() == text, tostring(err))
end
type Alias = {t: clock.Time, c: ch_lib.Channel<number>}
assert(Alias:is({t = now, c = channel.new()}) and Alias.t == time.Time and Alias.c == channel.Channel)
type Either = time.Time | time.Duration | string
assert(Either:is(now) and Either:is(second) and Either:is("x") and not Either:is(time.utc) and not Either:is(1))
type Many = {time.Duration}
assert(Many:is({second, second}) and not Many:is({second, 1}))
type ByTime = {[string]: time.Location}
assert(ByTime:is({x = time.utc}) and not ByTime:is({x = second}))

-- As values.
local D = time.Duration
assert(type(D) == "type" and D:kind() == "userdata" and tostring(D) == "time.Duration" and D:name() == nil)
assert(rawequal(D, time.Duration) and rawequal(D, Job.every:inner()))
local v, err = D:is(second)
assert(v == second and err == nil and D(second) == second and time.Duration.is(second))
v, err = D:is(now)
assert(v == nil and err:kind() == errors.INVALID and err:message() == "expected time.Duration, got userdata")
local ok, raised = pcall(D, 1)
assert(not ok and raised:message() == "expected time.Duration, got number" and raised:details().got == "number")
assert(typeof(now) == time.Time and time.Time ~= time.Duration)
assert(time.Time <= typeof(time.now()) and not (typeof(time.now()) <= time.Time))
assert(not (time.Time <= time.Duration))
ok, raised = pcall(D, Integer)
assert(not ok and tostring(raised):find("time.Duration is not generic: it takes no type arguments", 1, true))
assert(rawequal(channel.Channel(String), channel.Channel))
ok, raised = pcall(channel.Channel, String, String)
assert(not ok and tostring(raised):find("channel.Channel takes 1 type argument, got 2", 1, true))
assert(time.Nothing == nil)
assert(not pcall(function() time.Duration = nil end))

-- All there are.
local values = {
    [time.Time] = now, [time.Duration] = second, [time.Location] = time.utc, [time.Timer] = time.timer("1h"),
    [time.Ticker] = time.ticker("1h"), [channel.Channel] = channel.new(), [channel.Case] = channel.new():case_receive(),
    [payload.Payload] = payload.new(1), [errors.Error] = errors.new("x"), [events.Subscription] = events.subscribe("x"),
    [funcs.Executor] = funcs.new(), [process.Spawner] = process.with_context({}),
    [registry.History] = registry.history(), [registry.Snapshot] = registry.snapshot(),
    [registry.Version] = registry.current_version(), [funcs.Future] = funcs.async("test:host_types_call"),
}
local count = 0
for T, value in pairs(values) do
    count = count + 1
    assert(type(T) == "type" and type(value) == "userdata" and T:is(value) == value, tostring(T))
    for other, wrong in pairs(values) do
        assert(T == other or not T:is(wrong), tostring(T) .. " accepts a " .. tostring(other))
    end
end
assert(count == 16)
assert(tostring(process.Message) == "process.Message" and tostring(pg.Instance) == "pg.Instance")
assert(tostring(pg.Subscription) == "pg.Subscription" and pg.Subscription ~= events.Subscription)
type Log = {log: logger.Logger}
assert(Log:is({log = logger}) and Log:is({log = logger:named("x")}) and not Log:is({log = now}))
assert(errors.Error:is(select(2, D:is(1))) and not errors.Error:is("text"))

-- They are members of their module like others.
local names = {}
for name, member in pairs(time) do names[name] = type(member) end
assert(names.Time == "type" and names.now == "function")

-- Names that no module has.
type Missing = {x: time.Nothing, y: nowhere.Thing?}
assert(select(2, Missing:is({x = 1})):message() == "x: unresolved type time.Nothing")
assert(select(2, Missing:is({x = now})):message() == "x: unresolved type time.Nothing")

-- Through modules and messages.
local host = require("host")
assert(host.Span:is({from = now, to = now}) and not host.Span:is({from = now, to = second}))
type Nested = {span: host.Span, hidden: host.Hidden?}
assert(Nested:is({span = {from = now, to = now}, hidden = {every = second}}))
assert(not Nested:is({span = {from = now, to = now}, hidden = {every = now}}))
local pid = assert(process.spawn("test:type_echo", "test:processes"))
local answers = process.listen("answer")
for _, T in ipairs({time.Duration, Job.every, host.Span}) do
    process.send(pid, "ask", {T = T, v = 1})
    local answer = answers:receive()
    assert(rawequal(answer.T, T) and not answer.is and answer.text == tostring(T))
end
process.send(pid, "ask", "stop")
local text
text, err = json.encode({time.Time})
assert(text == nil and err:message():find("cannot encode type", 1, true))
