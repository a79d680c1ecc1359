-- modules: time
local utc = time.utc
local paris, new_york = time.load_location("Europe/Paris"), time.load_location("America/New_York")
local full = "2006-01-02 15:04:05.999999999 -0700 MST"
local function reads(layout, text, expected, loc)
    local t, err = time.parse(layout, text, loc or utc)
    assert(t, tostring(err))
    assert(t:format(full) == expected, layout .. " of " .. text .. ": " .. t:format(full))
    return t
end
reads("2006-01-02", "2024-12-29", "2024-12-29 00:00:00 +0000 UTC")
reads("15:04:05", "14:30:00", "0000-01-01 14:30:00 +0000 UTC")
reads("", "", "0000-01-01 00:00:00 +0000 UTC")
reads(time.RFC3339, "2024-12-29T15:04:05Z", "2024-12-29 15:04:05 +0000 UTC")
reads(time.RFC3339, "2024-12-29T15:04:05.678Z", "2024-12-29 15:04:05.678 +0000 UTC")
reads(time.RFC3339, "2024-12-29T15:04:05,678Z", "2024-12-29 15:04:05.678 +0000 UTC")
reads(time.RFC3339, "2024-12-29T15:04:05.123456789123Z", "2024-12-29 15:04:05.123456789 +0000 UTC")
reads(time.RFC3339, "2024-12-29T15:04:05+05:30", "2024-12-29 15:04:05 +0530 +0530")
reads(time.RFC3339NANO, "2024-12-29T15:04:05-08:00", "2024-12-29 15:04:05 -0800 -08")
reads(time.RFC3339NANO, "2024-12-29T15:04:05.5-08:00", "2024-12-29 15:04:05.5 -0800 -08")
reads(time.RFC1123, "Sun, 29 Dec 2024 15:04:05 UTC", "2024-12-29 15:04:05 +0000 UTC")
reads(time.RFC850, "sunday, 29-DEC-24 15:04:05 UTC", "2024-12-29 15:04:05 +0000 UTC")
reads(time.KITCHEN, "3:04PM", "0000-01-01 15:04:00 +0000 UTC")
reads(time.KITCHEN, "12:04AM", "0000-01-01 00:04:00 +0000 UTC")
reads(time.KITCHEN, "12:04PM", "0000-01-01 12:04:00 +0000 UTC")
reads("3:04pm", "12:04pm", "0000-01-01 12:04:00 +0000 UTC")
reads(time.STAMP, "Jan  5 01:02:03", "0000-01-05 01:02:03 +0000 UTC")
reads(time.STAMP_NANO, "Jan 15 01:02:03.000000004", "0000-01-15 01:02:03.000000004 +0000 UTC")

-- pieces
reads("06", "69", "1969-01-01 00:00:00 +0000 UTC")
reads("06", "68", "2068-01-01 00:00:00 +0000 UTC")
reads("January 2, 2006", "feBRUary 9, 2024", "2024-02-09 00:00:00 +0000 UTC")
reads("1/2/2006", "2/9/2024", "2024-02-09 00:00:00 +0000 UTC")
reads("1/2/2006", "02/09/2024", "2024-02-09 00:00:00 +0000 UTC")
reads("Mon Monday 2006", "Tue Wednesday 2024", "2024-01-01 00:00:00 +0000 UTC") -- not compared with the date
reads("2006-002", "2024-060", "2024-02-29 00:00:00 +0000 UTC")
reads("2006 __2", "2023  60", "2023-03-01 00:00:00 +0000 UTC")
reads("2006 __2", "2023   6", "2023-01-06 00:00:00 +0000 UTC")
reads("2006 __2", "2024 366", "2024-12-31 00:00:00 +0000 UTC")
reads("2006 __2 Jan 2", "2024 366 Dec 31", "2024-12-31 00:00:00 +0000 UTC")
reads("3 4 5", "7 8 9", "0000-01-01 07:08:09 +0000 UTC")
reads("15 3 PM", "17 5 PM", "0000-01-01 17:00:00 +0000 UTC")
reads("5.000", "9.123", "0000-01-01 00:00:09.123 +0000 UTC")
reads("5.000", "9,123", "0000-01-01 00:00:09.123 +0000 UTC")
reads("5.999", "9", "0000-01-01 00:00:09 +0000 UTC")
reads("5.9", "9.123456", "0000-01-01 00:00:09.123456 +0000 UTC")
reads("05.99 MST", "09 UTC", "0000-01-01 00:00:09 +0000 UTC")
reads("2006 01", "2024    01", "2024-01-01 00:00:00 +0000 UTC")
reads("2006   01", "2024 01", "2024-01-01 00:00:00 +0000 UTC")
reads("2006 ", "2024", "2024-01-01 00:00:00 +0000 UTC")
reads("Janet 2006", "Janet 2024", "2024-01-01 00:00:00 +0000 UTC")
reads("\0\xff é2006", "\0\xff é2024", "2024-01-01 00:00:00 +0000 UTC")

-- offsets
for layout, text in pairs({ ["-0700"] = "+0130", ["-07:00"] = "+01:30", ["Z0700"] = "+0130", ["Z07:00"] = "+01:30", ["-070000"] = "+013000", ["Z07:00:00"] = "+01:30:00" }) do
    reads("15:04 " .. layout, "12:00 " .. text, "0000-01-01 12:00:00 +0130 +0130")
end
assert(reads("2006 -07:00:00", "2024 -01:02:03", "2024-01-01 00:00:00 -0102 -0102"):format("-070000") == "-010203")
reads("15:04 -07", "12:00 -05", "0000-01-01 12:00:00 -0500 -05")
for _, layout in ipairs({ "Z0700", "Z07:00", "Z07", "Z070000", "Z07:00:00" }) do
    assert(reads("15:04 " .. layout, "12:00 Z", "0000-01-01 12:00:00 +0000 UTC"):location():string() == "UTC")
end

-- where the text names no zone: the third argument, or local time
assert(reads("2006-01-02 15:04", "2024-12-29 14:30", "2024-12-29 14:30:00 -0500 EST", new_york):location():string() == "America/New_York")
reads("2006-01-02 15:04", "2024-07-01 14:30", "2024-07-01 14:30:00 +0200 CEST", paris)
reads("2006-01-02 15:04", "2024-07-01 14:30", "2024-07-01 14:30:00 +0545 X", time.fixed_zone("X", 20700))
assert(time.parse("2006", "2024"):location():string() == "Local" and time.parse("2006", "2024", nil):location():string() == "Local")

-- an offset or a name that the zone uses then: a Time there
local function zone(layout, text, expected, name, loc)
    assert(reads(layout, text, expected, loc):location():string() == name, layout)
end
zone("2006-01-02 -0700", "2024-07-01 +0200", "2024-07-01 00:00:00 +0200 CEST", "Europe/Paris", paris)
zone("2006-01-02 -0700", "2024-07-01 +0100", "2024-07-01 00:00:00 +0100 +01", "", paris)
zone("2006-01-02 MST", "2024-07-01 CEST", "2024-07-01 00:00:00 +0200 CEST", "Europe/Paris", paris)
zone("2006-01-02 MST", "2024-07-01 CET", "2024-07-01 01:00:00 +0200 CEST", "Europe/Paris", paris) -- by the winter's clock
zone("2006-01-02 MST", "2024-07-01 EST", "2024-07-01 00:00:00 +0000 EST", "EST", paris)
zone("2006-01-02 -0700 MST", "2024-07-01 +0200 CEST", "2024-07-01 00:00:00 +0200 CEST", "Europe/Paris", paris)
zone("2006-01-02 -0700 MST", "2024-07-01 +0200 EET", "2024-07-01 00:00:00 +0200 EET", "EET", paris)
zone("2006-01-02 MST -0700", "2024-07-01 EET +0200", "2024-07-01 00:00:00 +0200 EET", "EET", paris)
zone("2006-01-02 -0700", "2024-07-01 +0530", "2024-07-01 00:00:00 +0530 IST", "IST", time.fixed_zone("IST", 19800))
zone("2006-01-02 MST", "2024-07-01 IST", "2024-07-01 00:00:00 +0530 IST", "IST", time.fixed_zone("IST", 19800))
zone("2006-01-02 MST", "2024-07-01 IDT", "2024-07-01 00:00:00 +0000 IDT", "IDT", time.fixed_zone("IST", 19800))
zone("2006-01-02 MST", "2024-07-01 UTC", "2024-07-01 00:00:00 +0000 UTC", "UTC", paris)
zone("2006-01-02 MST", "2024-07-01 GMT+3", "2024-07-01 00:00:00 +0300 GMT+3", "GMT+3", paris)
zone("2006-01-02 MST", "2024-07-01 GMT-11", "2024-07-01 00:00:00 -1100 GMT-11", "GMT-11", paris)
zone("2006-01-02 MST", "2024-07-01 GMT", "2024-07-01 00:00:00 +0000 GMT", "GMT", paris)
zone("2006-01-02 MST", "2024-07-01 ChST", "2024-07-01 00:00:00 +0000 ChST", "ChST", paris)
zone("2006-01-02 MST", "2024-07-01 +03", "2024-07-01 00:00:00 +0300 +03", "", paris)
zone("2006-01-02 MST", "2024-07-01 -0330", "2024-07-01 00:00:00 -0330 -0330", "", paris)
zone("2006-01-02 MST", "2024-01-01 +03", "2024-01-01 00:00:00 +0300 +03", "Europe/Istanbul", time.load_location("Europe/Istanbul"))

-- what is written can be read
for _, loc in ipairs({ utc, paris, new_york, time.fixed_zone("X", 0), time.load_location("Asia/Kolkata") }) do
    for _, second in ipairs({ 0, 1e9, 1719835200, 1730619000, -1e9 }) do
        local t = time.unix(second, 123456789):in_location(loc)
        for _, layout in ipairs({ time.RFC3339NANO, "2006-01-02 15:04:05.999999999 -0700", "Mon Jan _2 03:04:05.000000000 PM 2006 Z07:00:00", "2006 002 15:04:05.999999999 -0700" }) do
            local back = assert(time.parse(layout, t:format(layout), loc))
            assert(back:equal(t) and back:format(layout) == t:format(layout), layout)
        end
    end
end
