-- modules: time
local utc = time.utc
local function at(text) return assert(time.parse("2006-01-02 15:04:05.999999999", text, utc)) end
local function shows(t, expected)
    local text = t:format("2006-01-02 15:04:05.999999999")
    assert(text == expected, text .. ", expected " .. expected)
end
local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
end
local t = at("2024-02-28 23:00:00")

-- add: number, text, Duration
shows(t:add(time.HOUR), "2024-02-29 00:00:00")
shows(t:add("24h"), "2024-02-29 23:00:00")
shows(t:add(time.parse_duration("1h30m")), "2024-02-29 00:30:00")
shows(t:add(-1), "2024-02-28 22:59:59.999999999")
shows(t:add(0), "2024-02-28 23:00:00")
shows(t:add(1.9), "2024-02-28 23:00:00.000000001")
shows(t:add(math.maxinteger), "2316-06-09 22:47:16.854775807")
shows(t:add(math.mininteger), "1731-11-19 23:12:43.145224192")
shows(t, "2024-02-28 23:00:00") -- it does not change
for _, bad in ipairs({ "", "soon", "7d", {}, true, print, 0 / 0, t }) do
    raises("bad argument", t.add, t, bad)
end
raises("bad argument", t.add, t)
raises("bad argument", t.add)
raises("time out of range", function() return time.unix(math.maxinteger, 0):add("1s") end)
raises("time out of range", function() return time.unix(math.mininteger, 0):add(-1) end)

-- sub: a Duration, the nearest there is
assert(t:add("90m"):sub(t):minutes() == 90 and t:sub(t:add("90m")):minutes() == -90 and t:sub(t):nanoseconds() == 0)
assert(at("2024-01-01 00:00:00.1"):sub(at("2023-12-31 23:59:59.9")):milliseconds() == 200)
assert(tostring(at("2024-01-01 00:00:00"):sub(at("2023-01-01 00:00:00"))) == "8760h0m0s")
assert(at("9999-01-01 00:00:00"):sub(at("0001-01-01 00:00:00")):nanoseconds() == math.maxinteger)
assert(at("0001-01-01 00:00:00"):sub(at("9999-01-01 00:00:00")):nanoseconds() == math.mininteger)
assert(time.unix(math.maxinteger, 0):sub(time.unix(math.mininteger, 0)):nanoseconds() == math.maxinteger)

-- add_date: carried over
shows(t:add_date(0, 1, 0), "2024-03-28 23:00:00")
shows(t:add_date(1, 0, 1), "2025-03-01 23:00:00")
shows(t:add_date(0, 0, -59), "2023-12-31 23:00:00")
shows(t:add_date(0, -2, 0), "2023-12-28 23:00:00")
shows(t:add_date(0, 25, 0), "2026-03-28 23:00:00")
shows(at("2023-01-31 12:00:00.5"):add_date(0, 1, 0), "2023-03-03 12:00:00.5")
shows(at("2024-01-31 12:00:00"):add_date(0, 1, 0), "2024-03-02 12:00:00")
shows(at("2024-02-29 00:00:00"):add_date(1, 0, 0), "2025-03-01 00:00:00")
shows(at("2024-02-29 00:00:00"):add_date(4, 0, 0), "2028-02-29 00:00:00")
shows(at("2024-01-01 00:00:00"):add_date(-2025, 0, 0), "-0001-01-01 00:00:00")
shows(t:add_date(0.9, 1.9, 0.9), "2024-03-28 23:00:00")
for _, args in ipairs({ {}, { 1 }, { 1, 1 }, { 1, 1, "x" }, { {}, 1, 1 }, { 1, true, 1 }, { 0 / 0, 1, 1 }, { 1e300, 1, 1 } }) do
    raises("bad argument", t.add_date, t, table.unpack(args))
end
for _, args in ipairs({ { 1 << 40, 0, 0 }, { 0, math.maxinteger, 0 }, { 0, 0, math.mininteger }, { math.maxinteger, 0, 0 }, { math.mininteger, 0, 0 } }) do
    raises("time out of range", t.add_date, t, table.unpack(args))
end

-- round and truncate: multiples from 0001-01-01 00:00:00 UTC on
local function d(text) return assert(time.parse_duration(text)) end
local moment = at("2024-12-29 15:34:45.123456789")
for unit, texts in pairs({
    ["1ns"] = { "2024-12-29 15:34:45.123456789", "2024-12-29 15:34:45.123456789" },
    ["1us"] = { "2024-12-29 15:34:45.123456", "2024-12-29 15:34:45.123457" },
    ["1ms"] = { "2024-12-29 15:34:45.123", "2024-12-29 15:34:45.123" },
    ["1s"] = { "2024-12-29 15:34:45", "2024-12-29 15:34:45" },
    ["2s"] = { "2024-12-29 15:34:44", "2024-12-29 15:34:46" },
    ["1m"] = { "2024-12-29 15:34:00", "2024-12-29 15:35:00" },
    ["10m"] = { "2024-12-29 15:30:00", "2024-12-29 15:30:00" },
    ["1h"] = { "2024-12-29 15:00:00", "2024-12-29 16:00:00" },
    ["24h"] = { "2024-12-29 00:00:00", "2024-12-30 00:00:00" },
    ["168h"] = { "2024-12-23 00:00:00", "2024-12-30 00:00:00" }, -- weeks from a Monday
    ["0s"] = { "2024-12-29 15:34:45.123456789", "2024-12-29 15:34:45.123456789" },
    ["-1h"] = { "2024-12-29 15:34:45.123456789", "2024-12-29 15:34:45.123456789" },
}) do
    shows(moment:truncate(d(unit)), texts[1])
    shows(moment:round(d(unit)), texts[2])
end
shows(at("2024-01-01 00:00:00.5"):round(d("1s")), "2024-01-01 00:00:01") -- a half goes up
shows(at("2024-01-01 00:00:00.499999999"):round(d("1s")), "2024-01-01 00:00:00")
shows(time.date(1, 1, 1, 0, 0, 0, -1, utc):truncate(d("1h")), "0000-12-31 23:00:00") -- down also before year 1
shows(time.date(1, 1, 1, 0, 0, -1800, 0, utc):round(d("1h")), "0001-01-01 00:00:00")
shows(time.date(1, 1, 1, 0, 0, -1801, 0, utc):round(d("1h")), "0000-12-31 23:00:00")
local fixed = time.fixed_zone("X", 1800)
assert(time.date(2024, 1, 1, 12, 0, 0, 0, fixed):truncate(d("1h")):format("15:04 MST") == "11:30 X")
for _, method in ipairs({ "round", "truncate" }) do
    for _, bad in ipairs({ 1, "1h", {}, true, t, utc }) do
        raises("time.Duration expected", t[method], t, bad)
    end
    raises("time.Duration expected", t[method], t)
    raises("time.Time expected", t[method])
end
raises("time out of range", function() return time.unix(math.maxinteger, 999999999):round(d("1h")) end)

-- comparison is of instants
local same = t:in_location(fixed)
assert(t:equal(same) and not t:before(same) and not t:after(same) and t ~= same)
assert(t:before(t:add(1)) and t:after(t:add(-1)) and not t:equal(t:add(1)))
assert(at("0001-01-01 00:00:00"):before(at("9999-01-01 00:00:00")))
for _, method in ipairs({ "sub", "before", "after", "equal" }) do
    for _, bad in ipairs({ 1, "2024-01-01", {}, true, d("1s"), utc }) do
        raises("time.Time expected", t[method], t, bad)
    end
    raises("time.Time expected", t[method], t)
    raises("time.Time expected", t[method])
end
for _, f in ipairs({ function() return t < same end, function() return t <= same end, function() return t + 1 end, function() return t - same end,
                     function() return t .. "" end, function() return #t end, function() return t() end }) do
    assert(not pcall(f))
end
