-- modules: time
local function invalid(...)
    local v, e = time.parse_duration(...)
    assert(v == nil and e:kind() == errors.INVALID and e:retryable() == false, tostring(e))
end
local function ns(v) return assert(time.parse_duration(v)):nanoseconds() end
assert(time.NANOSECOND == 1 and time.MICROSECOND == 1000 and time.MILLISECOND == 1000000 and time.SECOND == 1000000000)
assert(time.MINUTE == 60 * time.SECOND and time.HOUR == 60 * time.MINUTE and math.type(time.HOUR) == "integer")

assert(ns("1ns") == 1 and ns("2us") == 2000 and ns("2µs") == 2000 and ns("2μs") == 2000 and ns("3ms") == 3000000)
assert(ns("4s") == 4 * time.SECOND and ns("5m") == 5 * time.MINUTE and ns("6h") == 6 * time.HOUR)
assert(ns("1h30m45s") == 5445 * time.SECOND and ns("1.5s") == 1500000000 and ns("-1.5s") == -1500000000 and ns("+2s") == 2 * time.SECOND)
assert(ns("0") == 0 and ns("0s") == 0 and ns("-0") == 0 and ns(".5s") == 500000000 and ns("1.s") == time.SECOND)
assert(ns("9223372036854775807ns") == math.maxinteger and ns("-9223372036854775808ns") == math.mininteger)
assert(ns(5) == 5 and ns(5.9) == 5 and ns(-5.9) == -5 and ns(0) == 0)
local d = time.parse_duration("90s")
assert(time.parse_duration(d):nanoseconds() == 90 * time.SECOND)

for _, bad in ipairs{"", "1", "x", "s", "1x", "1 s", " 1s", "1s ", "-", "+", ".", ".s", "1.2.3s", "--1s", "1d", "7d", "1e3s", "1S", "1s\0",
                     "9223372036854775808ns", "99999999999999999999h", 1e300, -1e300, 1 / 0, 0 / 0, 2^63} do
    invalid(bad)
end
invalid()
invalid(nil)
invalid{}
invalid(true)
invalid(print)
invalid(channel.new())

d = time.parse_duration("1h30m45.5s")
assert(d:nanoseconds() == 5445500000000 and d:microseconds() == 5445500000 and d:milliseconds() == 5445500)
assert(math.type(d:milliseconds()) == "integer" and math.type(d:seconds()) == "float" and math.type(d:hours()) == "float")
assert(d:seconds() == 5445.5 and d:minutes() == 5445.5 / 60 and time.parse_duration("90m"):hours() == 1.5)
assert(time.parse_duration("-1999us"):milliseconds() == -1 and time.parse_duration("1999ns"):microseconds() == 1)
for _, text in ipairs{"1h30m45s", "1.5s", "500ms", "0s", "1ns", "1.5µs", "-2m0s", "1h0m0s", "1.000000001s"} do
    assert(tostring(time.parse_duration(text)) == text, text)
end
assert(tostring(time.parse_duration("2us")) == "2µs" and tostring(time.parse_duration("90s")) == "1m30s")
assert(type(d) == "userdata" and type(d.hours) == "function" and d.nothing == nil and d ~= time.parse_duration("1h30m45.5s"))
assert(not pcall(d.hours) and not pcall(d.hours, {}) and not pcall(function() return d + d end))
