-- modules: time
-- environment: TZ=:/usr/share/zoneinfo/Asia/Tokyo
assert(time.now():format("-0700 MST") == "+0900 JST" and time.now():location():string() == "Local")
