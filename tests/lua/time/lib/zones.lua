-- modules: time
local owner = ...
local lines = {}
for _, name in ipairs({ "Europe/Paris", "America/New_York", "Asia/Tokyo", "Australia/Sydney", "Africa/Cairo", "America/St_Johns", "Pacific/Apia", "Asia/Gaza" }) do
    local loc = assert(time.load_location(name))
    for _, second in ipairs({ 0, 1700000000, 4000000000, -3000000000 }) do
        lines[#lines + 1] = tostring(time.unix(second, 0):in_location(loc))
    end
end
process.send(owner, "zones", table.concat(lines, "\n"))
