-- modules: time
-- environment: TZ=<-0330>3:30<-0230>,M3.2.0,M11.1.0/1
-- $TZ may be a rule of its own. It holds for all times, as the rules at the end of the zones' files do after the last change these know.
for _, year in ipairs({ 1, 1969, 2024, 2500, 9999, 123456 }) do
    assert(time.date(year, 1, 1, 0, 0, 0, 0):format("-0700 MST") == "-0330 -0330")
    assert(time.date(year, 7, 1, 0, 0, 0, 0):format("-0700 MST") == "-0230 -0230")
end
assert(os.date("%z", 1719849600) == "-0230" and os.date("*t", 1719849600).isdst == true)
assert(time.date(9999, 3, 14, 2, 0, 0, 0):unix() - time.date(9999, 3, 14, 1, 59, 59, 0):unix() == 1 - 3600) -- skipped: an hour back
assert(time.date(9999, 3, 14, 3, 0, 0, 0):unix() - time.date(9999, 3, 14, 1, 59, 59, 0):unix() == 1)
