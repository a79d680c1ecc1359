-- modules: pg, time
-- Snapshots and the events that follow them.

local i = assert(pg.open("scopes:main"))
local me = process.pid()

local sub, members, err = i:monitor("g")
assert(sub and #members == 0 and err == nil)
assert(tostring(sub) == "pg.Subscription{}" and type(sub.close) == "function" and sub.unknown == nil)
local ch = sub:channel()
assert(ch == sub:channel() and tostring(ch) == "channel{cap=64, len=0}")

assert(i:join("g") and i:join("h") and i:join("g") and i:leave("g"))
local function expect(channel_, kind, group)
  local e, ok = channel_:receive()
  assert(ok and e.system == "pg" and e.kind == kind and e.path == group, e.kind .. " " .. e.path)
  assert(e.data.Group == group and #e.data.PIDs == 1 and e.data.PIDs[1] == me)
end
expect(ch, "member.joined", "g")
expect(ch, "member.joined", "g") -- nothing about h
expect(ch, "member.left", "g")

-- the snapshot has what was before, the events what comes after
local second, now = i:monitor("g")
assert(#now == 1 and now[1] == me)
assert(i:leave("g"))
expect(second:channel(), "member.left", "g")
expect(ch, "member.left", "g")

-- all groups
local all, snapshot, e3 = i:events()
assert(all and e3 == nil and snapshot.h[1] == me and #snapshot.h == 1 and snapshot.g == nil)
assert(next(snapshot, next(snapshot)) == nil)
assert(i:join{ "a", "b", "g" })
expect(all:channel(), "member.joined", "a")
expect(all:channel(), "member.joined", "b")
expect(all:channel(), "member.joined", "g")
expect(ch, "member.joined", "g")
local _, full = i:events()
assert(full.a[1] == me and full.b[1] == me and full.g[1] == me and full.h[1] == me)

-- names that look like patterns are names
local star = i:monitor("*")
local prefix = i:monitor("a*")
assert(i:join("*") and i:join("a*"))
expect(star:channel(), "member.joined", "*")
expect(prefix:channel(), "member.joined", "a*")
assert(channel.select({ star:channel():case_receive(), prefix:channel():case_receive() }, true).default)

-- other scopes and the event bus are other things
local other = assert(pg.open("scopes:other"))
local other_sub = other:monitor("g")
assert(tostring(other_sub:channel()) == "channel{cap=8, len=0}") -- monitor_buffer
assert(other:join("g"))
expect(other_sub:channel(), "member.joined", "g")
assert(channel.select({ ch:case_receive() }, true).default)

-- close: a waiting receiver gets nil, false; what has come can still be received
local function is_closed(c)
  local value, ok = c:receive()
  return value == nil and ok == false
end
local done = channel.new()
coroutine.spawn(function() done:send(is_closed(ch)) end)
assert(sub:close() == true and done:receive() == true and sub:close() == true and is_closed(ch))

local marker = i:monitor("marker")
local function all_sent() -- the broker has sent what came before this
  assert(i:join("marker"))
  marker:channel():receive()
end
local keeps, flushes, late = i:monitor("g"), i:monitor("g"), i:monitor("g")
for _ = 1, 100 do assert(i:join("g")) end
all_sent()
assert(keeps:close() and flushes:close{ flush = true } and late:close())
assert(is_closed(flushes:channel()))
for _ = 1, 100 do expect(keeps:channel(), "member.joined", "g") end
assert(is_closed(keeps:channel()))
expect(late:channel(), "member.joined", "g")
assert(late:close{ flush = true } and is_closed(late:channel())) -- flushed later
assert(late:close{} and late:close{ flush = false } and late:close(nil))
local ok, e = pcall(late.close, late, true)
assert(not ok and tostring(e):find("bad argument", 1, true))
ok, e = pcall(late.close, ch)
assert(not ok and tostring(e):find("pg.Subscription expected", 1, true))

-- far more events than the channel's capacity wait
local slow = i:monitor("slow")
for _ = 1, 2000 do assert(i:join("slow") and i:leave("slow")) end
for _ = 1, 2000 do
  expect(slow:channel(), "member.joined", "slow")
  expect(slow:channel(), "member.left", "slow")
end

-- bad input
for _, wrong in ipairs{ "", ("n"):rep(1025) } do
  local a, b, c = i:monitor(wrong)
  assert(a == nil and b == nil and c:kind() == errors.INVALID)
end
local a, b, c = i:monitor()
assert(a == nil and b == nil and c:kind() == errors.INVALID and tostring(c) == "group name required")

-- select over a subscription
assert(i:join("selected"))
local sel = i:monitor("selected")
assert(i:leave("selected"))
local r = channel.select{ sel:channel():case_receive(), time.after("10s"):case_receive() }
assert(r.channel == sel:channel() and r.value.kind == "member.left")
