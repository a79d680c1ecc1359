-- modules: time
-- Many processes load the same zones at the same time; a zone is the same for all.
local inbox = process.inbox()
local count = 30
for _ = 1, count do
    assert(process.spawn("test:zones", "test:processes", process.pid()))
end
local first
for _ = 1, count do
    local text = inbox:receive():payload():data()
    first = first or text
    assert(text == first and #text > 500, text)
end
