-- modules: time
local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok and tostring(err):find(text, 1, true), tostring(err))
end
local function fails(kind, text, ...)
    local loc, err = time.load_location(...)
    assert(loc == nil and err:kind() == kind and err:retryable() == false, tostring(err))
    assert(tostring(err):find(text, 1, true), tostring(err))
end
assert(time.utc:string() == "UTC" and tostring(time.utc) == "UTC" and time.utc == time.utc)
assert(time.localtz:string() == "Local" and tostring(time.localtz) == "Local" and type(time.localtz) == "userdata")
assert(type(time.utc.string) == "function" and time.utc.nothing == nil)

local paris, err = time.load_location("Europe/Paris")
assert(paris and err == nil and paris:string() == "Europe/Paris" and tostring(paris) == "Europe/Paris")
assert(time.load_location("UTC"):string() == "UTC" and time.load_location("Local"):string() == "Local")
for _, name in ipairs({ "America/New_York", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Etc/GMT-14", "GB", "EST5EDT", "Asia/Tokyo", "America/Port-au-Prince" }) do
    assert(time.load_location(name):string() == name)
end
fails(errors.INVALID, "the name of a location must not be empty", "")
fails(errors.NOT_FOUND, 'unknown time zone "Unknown/Zone": ', "Unknown/Zone")
for _, name in ipairs({ "../etc/passwd", "Europe/../../../etc/passwd", "/etc/localtime", "/usr/share/zoneinfo/Europe/Paris", "Europe//Paris", "Europe/Paris/",
                        "./Europe/Paris", "Europe/./Paris", "Europe", "Europe/Paris\0", "Europe\\Paris", "europe/pari s", "zone.tab", "leapseconds", ".", "..", " ", "\xff",
                        ("x"):rep(100000), ("x/"):rep(50) .. "x", "%s%n" }) do
    fails(errors.NOT_FOUND, "unknown time zone", name)
end
fails(errors.NOT_FOUND, "names are like Europe/Paris", "../etc/passwd")
for _, bad in ipairs({ {}, true, print, time.utc }) do
    raises("bad argument #1", time.load_location, bad)
end
raises("bad argument #1", time.load_location)
raises("bad argument #1", time.load_location, nil)

local ist = time.fixed_zone("IST", 5 * 3600 + 30 * 60)
assert(ist:string() == "IST" and tostring(ist) == "IST" and tostring(time.fixed_zone("", 0)) == "")
assert(tostring(time.fixed_zone("a\0b", 1.9)) == "a\0b")
raises("bad argument #1", time.fixed_zone)
raises("bad argument #1", time.fixed_zone, {}, 1)
raises("bad argument #2", time.fixed_zone, "X")
raises("bad argument #2", time.fixed_zone, "X", "y")
raises("name is longer", time.fixed_zone, ("x"):rep(256), 1)
for _, offset in ipairs({ 360000, -360000, math.maxinteger, math.mininteger, 1e300, 0 / 0 }) do
    raises("bad argument #2", time.fixed_zone, "X", offset)
end
assert(time.date(2024, 1, 1, 0, 0, 0, 0, time.fixed_zone("X", 359999)):format("-07:00:00") == "+99:59:59")

-- a Time in another place is the same instant
local t = time.date(2024, 7, 1, 12, 0, 0, 5, time.utc)
local function shows(u, expected, name)
    local text = u:format("2006-01-02 15:04:05 -0700 MST")
    assert(text == expected, text)
    assert(u:location():string() == name and u:nanosecond() == 5 and u:equal(t))
end
shows(t:in_location(paris), "2024-07-01 14:00:00 +0200 CEST", "Europe/Paris")
shows(t:in_location(ist), "2024-07-01 17:30:00 +0530 IST", "IST")
shows(t:in_location(ist):utc(), "2024-07-01 12:00:00 +0000 UTC", "UTC")
shows(t:in_location(time.load_location("America/New_York")), "2024-07-01 08:00:00 -0400 EDT", "America/New_York")
shows(t:in_location(time.fixed_zone("", -3 * 3600)), "2024-07-01 09:00:00 -0300 -03", "")
shows(t:in_location(time.fixed_zone("", 20700)), "2024-07-01 17:45:00 +0545 +0545", "")
assert(t:in_local():location():string() == "Local" and t:in_local():equal(t))
assert(t:in_location(ist):add("1h"):location():string() == "IST" and t:in_location(ist):add_date(0, 1, 0):format("MST") == "IST")
assert(t:in_location(paris):add_date(0, 6, 0):format("15:04 MST") == "14:00 CET")
assert(time.date(2024, 7, 1, 12, 0, 0, 0, t:in_location(ist):location()):unix() == t:unix() - 19800)
raises("time.Location expected, got no value", t.in_location, t)
raises("time.Location expected, got nil", t.in_location, t, nil)
raises("time.Location expected, got string", t.in_location, t, "UTC")
raises("time.Location expected, got time.Time", t.in_location, t, t)
raises("time.Location expected", time.utc.string)
raises("time.Location expected", time.utc.string, t)

-- clocks that skip an hour, and those that show one twice
local function at(location, ...)
    local moment = time.date(...)
    return moment:in_location(location)
end
local function check(name, y, mo, d, h, mi, expected)
    local location = time.load_location(name)
    local text = time.date(y, mo, d, h, mi, 0, 0, location):format("01-02 15:04 -0700 MST")
    assert(text == expected, name .. ": " .. text)
end
check("America/New_York", 2024, 3, 10, 1, 59, "03-10 01:59 -0500 EST")
check("America/New_York", 2024, 3, 10, 2, 30, "03-10 01:30 -0500 EST")
check("America/New_York", 2024, 3, 10, 3, 0, "03-10 03:00 -0400 EDT")
check("America/New_York", 2024, 11, 3, 1, 30, "11-03 01:30 -0400 EDT")
check("America/New_York", 2024, 11, 3, 2, 0, "11-03 02:00 -0500 EST")
check("Europe/Paris", 2024, 3, 31, 2, 30, "03-31 03:30 +0200 CEST")
check("Europe/Paris", 2024, 10, 27, 2, 30, "10-27 02:30 +0100 CET")
check("Australia/Lord_Howe", 2024, 10, 6, 2, 15, "10-06 02:45 +1100 +11")
check("Pacific/Apia", 2011, 12, 30, 12, 0, "12-31 12:00 +1400 +14") -- a day that was skipped
-- long before the first change that the files know
assert(time.date(1, 1, 1, 0, 0, 0, 0, paris):format("-07:00:00 MST") == "+00:09:21 LMT")
-- the same clock on days of change
local noon = time.date(2024, 3, 30, 12, 0, 0, 0, paris)
assert(noon:add_date(0, 0, 1):sub(noon):hours() == 23 and noon:add("24h"):hour() == 13)

-- neither crosses a border
local inbox = process.inbox()
process.send(process.pid(), "t", { loc = paris, time = t, duration = t:sub(t), n = 1 })
local data = inbox:receive():payload():data()
assert(data.loc == nil and data.time == nil and data.duration == nil and data.n == 1)
