-- Says what time it is, with all that an application needs standing: parsed, compiled, services started. Whoever started it knows when.
local time = require("time")
local now = time.now():unix_nano()
local io = require("io")

return {
  main = function() io.print(string.format("RUNNING cold_start %d", now)) end,
}
