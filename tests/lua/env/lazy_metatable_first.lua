-- setmetatable(_G, …) as the very first thing a program does: every library is still found, and none through __index.
local asked = {}
setmetatable(_G, {__index = function(_, k) asked[k] = true end})
assert(string and table.concat and process.pid and channel.new and errors.new and utf8.char and coroutine.wrap)
assert(select("#", next(asked)) == 1 and next(asked) == nil)
assert(nothing == nil and asked.nothing)
