-- modules: time
-- environment: TZ=
assert(time.now():format("-0700 MST") == "+0000 UTC" and os.date("%z %Z", 0) == "+0000 UTC")
