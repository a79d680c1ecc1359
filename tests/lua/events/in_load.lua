-- modules: events
-- A chunk may subscribe and send while it loads; it just cannot wait.
local sub = assert(events.subscribe("s"))
assert(events.send("s", "k", "/1", { 1, 2 }))
local ok, err = pcall(function() return sub:channel():receive() end)
if not ok then assert(tostring(err):find("cannot block while loading", 1, true), tostring(err)) end

return function()
  if ok then return end
  assert(sub:channel():receive().path == "/1")
end
