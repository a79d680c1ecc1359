-- modules: time
local layouts = {
    RFC3339 = "2006-01-02T15:04:05Z07:00",
    RFC3339NANO = "2006-01-02T15:04:05.999999999Z07:00",
    RFC822 = "02 Jan 06 15:04 MST",
    RFC822Z = "02 Jan 06 15:04 -0700",
    RFC850 = "Monday, 02-Jan-06 15:04:05 MST",
    RFC1123 = "Mon, 02 Jan 2006 15:04:05 MST",
    RFC1123Z = "Mon, 02 Jan 2006 15:04:05 -0700",
    DATE_TIME = "2006-01-02 15:04:05",
    DATE_ONLY = "2006-01-02",
    TIME_ONLY = "15:04:05",
    KITCHEN = "3:04PM",
    STAMP = "Jan _2 15:04:05",
    STAMP_MILLI = "Jan _2 15:04:05.000",
    STAMP_MICRO = "Jan _2 15:04:05.000000",
    STAMP_NANO = "Jan _2 15:04:05.000000000",
}
local shown = {
    RFC3339 = "2009-02-03T23:01:05Z",
    RFC3339NANO = "2009-02-03T23:01:05.0102Z",
    RFC822 = "03 Feb 09 23:01 UTC",
    RFC822Z = "03 Feb 09 23:01 +0000",
    RFC850 = "Tuesday, 03-Feb-09 23:01:05 UTC",
    RFC1123 = "Tue, 03 Feb 2009 23:01:05 UTC",
    RFC1123Z = "Tue, 03 Feb 2009 23:01:05 +0000",
    DATE_TIME = "2009-02-03 23:01:05",
    DATE_ONLY = "2009-02-03",
    TIME_ONLY = "23:01:05",
    KITCHEN = "11:01PM",
    STAMP = "Feb  3 23:01:05",
    STAMP_MILLI = "Feb  3 23:01:05.010",
    STAMP_MICRO = "Feb  3 23:01:05.010200",
    STAMP_NANO = "Feb  3 23:01:05.010200000",
}
local t = time.date(2009, 2, 3, 23, 1, 5, 10200000, time.utc)
for name, layout in pairs(layouts) do
    assert(time[name] == layout, name)
    assert(t:format(time[name]) == shown[name], name .. ": " .. t:format(time[name]))
    assert(time.parse(time[name], shown[name]), name)
end
assert(time.RFC3339 .. "x" == "2006-01-02T15:04:05Z07:00x")

local months = "JANUARY FEBRUARY MARCH APRIL MAY JUNE JULY AUGUST SEPTEMBER OCTOBER NOVEMBER DECEMBER"
local number = 0
for name in months:gmatch("%a+") do
    number = number + 1
    assert(time[name] == number and math.type(time[name]) == "integer", name)
    assert(time.date(2024, time[name], 1, 0, 0, 0, 0, time.utc):format("January"):upper() == name)
end
number = 0
for name in ("SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY"):gmatch("%a+") do
    assert(time[name] == number and math.type(time[name]) == "integer", name)
    assert(time.date(2024, 9, 1 + number, 0, 0, 0, 0, time.utc):format("Monday"):upper() == name)
    number = number + 1
end
assert(not pcall(function() time.RFC3339 = "x" end) and time.nothing == nil)

local known = {}
for name, value in pairs(time) do
    known[#known + 1] = type(value) == "function" and name or nil
end
table.sort(known)
assert(table.concat(known, " ") == "after date fixed_zone load_location now parse parse_duration sleep ticker timer unix", table.concat(known, " "))
