-- A sleeper without its sleep: what a process costs by itself.
local function ends() end

local function sends(parent) process.send(parent, "late", 0) end

return { ends = ends, sends = sends }
