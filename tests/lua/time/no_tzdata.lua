-- modules: time
-- environment: TZDIR=/nonexistent TZ=UTC0
local loc, err = time.load_location("Europe/Paris")
assert(loc == nil and err:kind() == errors.NOT_FOUND)
assert(tostring(err) == 'unknown time zone "Europe/Paris": /nonexistent does not exist: is the package tzdata installed?', tostring(err))
assert(time.load_location("UTC"):string() == "UTC" and time.load_location("Local"))
