-- modules: time
-- environment: TZ=Mars/Olympus_Mons
-- flags: -c
-- expect-stderr: local time is UTC: TZ is "Mars/Olympus_Mons", which is neither a zone nor a rule
assert(time.localtz:string() == "Local" and time.now():format("-0700 MST") == "+0000 UTC")
