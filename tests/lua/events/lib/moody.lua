-- The process of a service: does what a message says.
assert(process.registry.register("moody"))
local r = channel.select{ process.inbox():case_receive(), process.events():case_receive() }
if r.channel ~= process.inbox() then return end -- the service is stopping
local topic = r.value:topic()
if topic == "fail" then error("in a mood", 0) end
if topic == "hopeless" then return nil, "hopeless" end
