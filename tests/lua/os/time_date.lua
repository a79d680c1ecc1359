-- os: the five fields, time from tables, all specifiers of date
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local names = {}
for name in pairs(os) do
    names[#names + 1] = name
end
table.sort(names)
assert(table.concat(names, " ") == "clock date difftime platform time" and os.platform == "moonlet" and os.getenv == nil and os.execute == nil)

assert(math.type(os.time()) == "integer" and os.time() > 1500000000)
local before = os.clock()
assert(math.type(before) == "float" and before >= 0 and os.clock() >= before)
assert(os.difftime(10, 4) == 6 and fails(os.difftime, 1):find("number expected"))

-- 2006-01-02 15:04:05 UTC
local moment = 1136214245
local function utc(format) return os.date("!" .. format, moment) end
assert(utc("%c") == "Mon Jan  2 15:04:05 2006" and utc("%x %X") == "01/02/06 15:04:05")
assert(utc("%a %A %b %B") == "Mon Monday Jan January" and utc("%Y-%m-%d %H:%M:%S") == "2006-01-02 15:04:05")
assert(utc("%I %p %y %j %w %U %W %z %Z %%") == "03 PM 06 002 1 01 01 +0000 UTC %")
assert(utc("%Q %1 %") == "%Q %1 %" and utc("") == "" and utc("plain\0text") == "plain\0text")
assert(os.date("!%U %W %j %w", 1104537600) == "00 53 001 6") -- 2005-01-01: ISO week 53 of 2004
assert(os.date("!%I %p", 0) == "12 AM" and os.date("!%I %p", 12 * 3600) == "12 PM" and os.date("!%Y", -1) == "1969")
assert(os.date("!%S", 5.9) == "05" and #os.date() == 24 and os.date("%Y", nil) == os.date("%Y"))
assert(#os.date("!" .. ("%Y"):rep(5000), 0) == 20000)

local t = os.date("!*t", moment)
assert(t.year == 2006 and t.month == 1 and t.day == 2 and t.hour == 15 and t.min == 4 and t.sec == 5 and t.wday == 2 and t.yday == 2 and t.isdst == false)
for _, field in ipairs({ "year", "month", "day", "hour", "min", "sec", "wday", "yday" }) do
    assert(math.type(t[field]) == "integer", field)
end
assert(os.time(os.date("*t", moment)) == moment and os.time(os.date("*t")) <= os.time())

-- hour, min, sec default to 0; year, month, day to today; values out of range are carried over
local day = { year = 2024, month = 2, day = 29 }
local noon = os.time({ year = 2024, month = 2, day = 29, hour = 12 })
assert(noon - os.time(day) == 12 * 3600)
assert(os.time({ year = 2024, month = 2, day = 30, hour = 12 }) == os.time({ year = 2024, month = 3, day = 1, hour = 12 }))
assert(os.time({ year = 2023, month = 14, day = 29, hour = 12 }) == noon and os.time({ year = 2024, month = 2, day = 29, hour = 11, min = 59, sec = 60 }) == noon)
assert(os.time({ year = 2024, month = 2, day = 29, hour = 12, min = "x", isdst = true }) == noon)
assert(os.time({ year = 2024, month = 2, day = 29.9, hour = 12 }) == noon and day.hour == nil)
local today = os.date("*t")
local midnight = os.time({ year = today.year, month = today.month, day = today.day })
assert(math.abs(os.time({}) - midnight) <= 86400)
assert(fails(os.time, 5):find("table expected, got number") and fails(os.time, { year = 1e300 }):find("out%-of%-bound"))
assert(fails(os.date, "%c", "x"):find("number expected") and fails(os.date, "%c", 1e300):find("bad argument #2"))

-- all seconds there are
assert(os.date("!%c", math.maxinteger) == "Sun Dec  4 15:30:07 292277026596" and os.date("!%c", math.mininteger) == "Sun Jan 27 08:29:52 -292277022657")
assert(os.date("!%Y %y %x", -62135596801) == "0 00 12/31/00" and os.date("!%Y %y", -62198755200) == "-1 99")
assert(os.date("!%c", 253402300800) == "Sat Jan  1 00:00:00 10000" and os.date("!*t", 253402300800).year == 10000)
assert(fails(os.time, { year = 1 << 60 }):find("cannot be represented") and fails(os.time, { year = 2024, sec = math.maxinteger }):find("cannot be represented"))
assert(fails(os.time, { year = 0 / 0 }):find("field 'year' is out%-of%-bound"))
assert(os.time({ year = 2024, month = 1, day = 1, sec = 1.9 }) - os.time({ year = 2024, month = 1, day = 1 }) == 1)
assert(os.time({ year = 2024, month = 1, day = 1, hour = -1 }) == os.time({ year = 2023, month = 12, day = 31, hour = 23 }))
assert(os.time({ year = 2024, month = 1, day = 1, min = "5", hour = false, sec = {} }) == os.time({ year = 2024, month = 1, day = 1 }))

-- every specifier on days around new year, against the fields of *t
for _, day in ipairs({ 0, 1104537600, 1135987200, 1230768000, 1262304000, 1293840000, 1609459200, 1735603200, 1735689600, 951782400, 1709164800 }) do
    for hour = 0, 23, 5 do
        local at = day + hour * 3600 + 59
        local f = os.date("!*t", at)
        local twelve = (f.hour + 11) % 12 + 1
        assert(os.date("!%Y|%m|%d|%H|%M|%S|%j|%w|%I|%p|%y", at) == string.format("%d|%02d|%02d|%02d|%02d|%02d|%03d|%d|%02d|%s|%02d", f.year, f.month, f.day,
            f.hour, f.min, f.sec, f.yday, f.wday - 1, twelve, f.hour < 12 and "AM" or "PM", f.year % 100))
        assert(os.date("!%U", at) == string.format("%02d", (f.yday + 7 - f.wday) // 7))
        assert(f.isdst == false)
    end
end
local iso = { [1104537600] = "53", [1136073600] = "52", [1230768000] = "01", [1262304000] = "53", [1483228800] = "52", [1609459200] = "53", [1735603200] = "01", [1704067200] = "01" }
for at, week in pairs(iso) do
    assert(os.date("!%W", at) == week, at)
end
assert(os.date("!%E %O %k %G %", 0) == "%E %O %k %G %" and os.date("!%%d", 0) == "%d" and os.date("!%\0", 0) == "%\0")
assert(fails(os.date, {}):find("string expected") and fails(os.date, "%c", {}):find("number expected") and os.date("!%S", "5") == "05")
assert(fails(os.difftime, "x", 1):find("number expected") and fails(os.time, "x"):find("table expected"))
