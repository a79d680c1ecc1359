-- modules: time
-- environment: TZ=America/New_York
-- Local time is that of $TZ, for time and for os.
assert(time.localtz:string() == "Local" and time.now():location():string() == "Local")
local t = time.date(2024, 7, 1, 12, 0, 0, 0)
assert(t:format(time.RFC1123) == "Mon, 01 Jul 2024 12:00:00 EDT" and t:unix() == 1719849600 and tostring(t) == "2024-07-01 12:00:00 -0400 EDT")
assert(t:utc():hour() == 16 and t:utc():in_local():hour() == 12 and time.unix(1719849600, 0):hour() == 12)
assert(time.parse("2006-01-02 15:04", "2024-01-01 12:00"):unix() == 1704128400)
assert(time.parse("2006-01-02 15:04 MST", "2024-01-01 12:00 EST"):unix() == 1704128400)
assert(time.load_location("Local"):string() == "Local" and t:in_location(time.localtz):format("MST") == "EDT")
assert(time.now():format(time.RFC3339):match("%-0[45]:00$"))

assert(os.date("%Y-%m-%d %H:%M:%S %z %Z", 1719849600) == "2024-07-01 12:00:00 -0400 EDT")
assert(os.date("%Y-%m-%d %H:%M:%S %z %Z", 1704128400) == "2024-01-01 12:00:00 -0500 EST")
assert(os.date("!%H %z %Z", 1719849600) == "16 +0000 UTC")
assert(os.date("*t", 1719849600).isdst == true and os.date("*t", 1704128400).isdst == false and os.date("!*t", 1719849600).isdst == false)
assert(os.time({ year = 2024, month = 7, day = 1, hour = 12 }) == 1719849600 and os.time({ year = 2024, month = 1, day = 1, hour = 12 }) == 1704128400)
assert(os.time({ year = 2024, month = 7, day = 1, hour = 12, isdst = false }) == 1719849600)
-- skipped, and shown twice: as time.date
assert(os.time({ year = 2024, month = 3, day = 10, hour = 2, min = 30 }) == time.date(2024, 3, 10, 2, 30, 0, 0):unix())
assert(os.time({ year = 2024, month = 11, day = 3, hour = 1, min = 30 }) == time.date(2024, 11, 3, 1, 30, 0, 0):unix())
-- every hour of the days of change there and back
for _, day in ipairs({ { 2024, 3, 10, 23 }, { 2024, 11, 3, 25 }, { 2024, 7, 4, 24 } }) do
    local start = os.time({ year = day[1], month = day[2], day = day[3] })
    assert(os.time({ year = day[1], month = day[2], day = day[3] + 1 }) - start == day[4] * 3600)
    for hour = 0, day[4] - 1 do
        local moment = start + hour * 3600 + 1
        local back = os.time(os.date("*t", moment))
        assert(back == moment or (day[4] == 25 and back == moment - 3600), moment)
        local l = time.unix(moment, 0)
        assert(os.date("%Y-%m-%dT%H:%M:%S", moment) == l:format_rfc3339():sub(1, 19))
    end
end
