-- modules: system, io
-- expect-exit: 7
-- exit: the first code counts, whatever the process returns afterwards; it is told to end like all others
for _, bad in ipairs({ "x", 1.5, {}, true }) do assert(not pcall(system.exit, bad)) end
local events = process.events()
assert(system.exit(7) == true)
assert(system.exit(9) == true)
local event = events:receive()
assert(event.kind == process.event.CANCEL, event.kind)
io.print("leaving") -- expect: leaving
do return 3 end
