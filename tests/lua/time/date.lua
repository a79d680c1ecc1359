-- modules: time
-- time.date and time.unix: every field, carried over; the whole range; what they refuse
local utc = time.utc
local function shows(t, expected)
    local text = t:format("2006-01-02 15:04:05.999999999")
    assert(text == expected, text .. ", expected " .. expected)
end
local t = time.date(2024, time.DECEMBER, 29, 15, 4, 5, 500000000, utc)
shows(t, "2024-12-29 15:04:05.5")
local y, mo, d = t:date()
assert(y == 2024 and mo == 12 and d == 29 and select("#", t:date()) == 3)
local h, mi, s = t:clock()
assert(h == 15 and mi == 4 and s == 5 and select("#", t:clock()) == 3)
assert(t:year() == 2024 and t:month() == 12 and t:day() == 29 and t:hour() == 15 and t:minute() == 4 and t:second() == 5)
assert(t:nanosecond() == 500000000 and t:weekday() == time.SUNDAY and t:year_day() == 364 and t:unix() == 1735484645)
assert(t:unix_nano() == 1735484645500000000)
for _, method in ipairs({ "year", "month", "day", "hour", "minute", "second", "nanosecond", "weekday", "year_day", "unix", "unix_nano" }) do
    assert(math.type(t[method](t)) == "integer", method)
    assert(not pcall(t[method]) and not pcall(t[method], {}) and not pcall(t[method], 5) and not pcall(t[method], time.utc), method)
end

-- out of range
shows(time.date(2024, 13, 1, 0, 0, 0, 0, utc), "2025-01-01 00:00:00")
shows(time.date(2024, 0, 1, 0, 0, 0, 0, utc), "2023-12-01 00:00:00")
shows(time.date(2024, -11, 1, 0, 0, 0, 0, utc), "2023-01-01 00:00:00")
shows(time.date(2024, 3, 0, 0, 0, 0, 0, utc), "2024-02-29 00:00:00")
shows(time.date(2023, 2, 29, 0, 0, 0, 0, utc), "2023-03-01 00:00:00")
shows(time.date(2024, 10, 32, 25, 61, 61, 1000000001, utc), "2024-11-02 02:02:02.000000001")
shows(time.date(2024, 1, 1, 0, 0, 0, -1, utc), "2023-12-31 23:59:59.999999999")
shows(time.date(2024, 1, 1, 0, 0, -86401, 0, utc), "2023-12-30 23:59:59")
shows(time.date(2024, 1, -365, 0, 0, 0, 0, utc), "2022-12-31 00:00:00")
shows(time.date(2024.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, utc), "2024-01-01 01:01:01.000000001")

-- leap years
for year, days in pairs({ [2023] = 365, [2024] = 366, [1900] = 365, [2000] = 366, [1] = 365, [4] = 366, [0] = 366, [-1] = 365, [-4] = 366 }) do
    assert(time.date(year, 12, 31, 0, 0, 0, 0, utc):year_day() == days, year)
    assert(time.date(year, 3, 0, 0, 0, 0, 0, utc):day() == (days == 366 and 29 or 28), year)
end

-- far away
t = time.date(1, 1, 1, 0, 0, 0, 0, utc)
assert(t:is_zero() and t:unix() == -62135596800 and t:weekday() == time.MONDAY)
assert(not time.unix(0, 0):is_zero() and not time.date(1, 1, 1, 0, 0, 0, 1, utc):is_zero())
t = time.date(9999, 12, 31, 23, 59, 59, 999999999, utc)
shows(t, "9999-12-31 23:59:59.999999999")
assert(t:unix() == 253402300799 and t:weekday() == time.FRIDAY and t:unix_nano() == math.maxinteger)
assert(time.date(1, 1, 1, 0, 0, 0, 0, utc):unix_nano() == math.mininteger)
shows(time.date(0, 1, 1, 0, 0, 0, 0, utc), "0000-01-01 00:00:00")
shows(time.date(-44, 3, 15, 0, 0, 0, 0, utc), "-0044-03-15 00:00:00")
shows(time.date(123456789, 1, 1, 0, 0, 0, 0, utc), "123456789-01-01 00:00:00")
t = time.unix(math.maxinteger, 999999999):utc()
shows(t, "292277026596-12-04 15:30:07.999999999")
assert(t:unix() == math.maxinteger)
t = time.unix(math.mininteger, 0):utc()
shows(t, "-292277022657-01-27 08:29:52")
assert(t:year() == -292277022657 and t:year_day() == 27)
assert(type(tostring(time.unix(math.maxinteger, 0))) == "string")

-- unix
shows(time.unix(1703862245, 0):utc(), "2023-12-29 15:04:05")
shows(time.unix(1703862245, 500000000):utc(), "2023-12-29 15:04:05.5")
shows(time.unix(0, -1):utc(), "1969-12-31 23:59:59.999999999")
shows(time.unix(0, 3 * 10^9 + 1):utc(), "1970-01-01 00:00:03.000000001")
shows(time.unix(-1.9, 1.9):utc(), "1969-12-31 23:59:59.000000001")
assert(time.unix(5, 7):unix() == 5 and time.unix(5, 7):nanosecond() == 7 and time.unix(-5, 0):unix() == -5)

-- left out
shows(time.date(2024):utc():in_location(utc), time.date(2024, 1, 1, 0, 0, 0, 0):utc():format("2006-01-02 15:04:05"))
shows(time.date(2024, 5, nil, nil, nil, nil, nil, utc), "2024-05-01 00:00:00")
assert(time.unix(5):nanosecond() == 0 and time.unix(5, nil):unix() == 5)
assert(time.date(2024, 1, 1, 0, 0, 0, 0):location():string() == "Local" and time.unix(0, 0):location():string() == "Local")

local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
end
raises("number expected", time.date)
raises("number expected", time.date, "x", 1, 1, 0, 0, 0, 0)
raises("bad argument #2", time.date, 2024, {}, 1, 0, 0, 0, 0)
raises("bad argument #7", time.date, 2024, 1, 1, 0, 0, 0, true)
raises("bad argument #4", time.date, 2024, 1, 1, utc)
raises("time.Location expected, got string", time.date, 2024, 1, 1, 0, 0, 0, 0, "UTC")
raises("time.Location expected, got time.Time", time.date, 2024, 1, 1, 0, 0, 0, 0, t)
raises("out of range", time.date, 0 / 0, 1, 1, 0, 0, 0, 0)
raises("out of range", time.date, 1 / 0, 1, 1, 0, 0, 0, 0)
raises("time out of range", time.date, 1 << 62, 1, 1, 0, 0, 0, 0)
raises("time out of range", time.date, 292277026597, 1, 1, 0, 0, 0, 0, utc)
raises("time out of range", time.date, -292277022658, 1, 1, 0, 0, 0, 0, utc)
raises("time out of range", time.date, 2024, math.maxinteger, 1, 0, 0, 0, 0)
raises("time out of range", time.date, 2024, 1, 1, math.maxinteger, 0, 0, 0)
raises("time out of range", time.unix, math.maxinteger, 1000000000)
raises("time out of range", time.unix, math.mininteger, -1)
raises("number expected", time.unix)
raises("number expected", time.unix, "x")
raises("bad argument #2", time.unix, 1, {})
raises("out of range", time.unix, 1e300)
