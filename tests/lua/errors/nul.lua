-- Texts with NUL bytes stay whole, wherever an error goes: spec 2.2, 10.
local text = "before\0after"
assert(errors.new(text):message() == text and tostring(errors.new(text)) == text)
assert(errors.new { message = text, details = { k = text } }:details().k == text)
assert(errors.wrap(errors.new(text), "context"):message() == text)
assert(errors.wrap(text, "con\0text"):message() == text)
assert(errors.wrap(text, "con\0text"):stack():find("con\0text", 1, true))
assert((errors.new(text) .. "!") == text .. "!")
local ok, e = pcall(error, text, 0)
assert(not ok and e == text)
ok, e = pcall(error, errors.new(text))
assert(not ok and e:message() == text)
ok, e = coroutine.resume(coroutine.create(function() error(text) end))
assert(not ok and e:find(text, 1, true))
local ch = process.listen("t")
process.send(process.pid(), "t", errors.new { message = text, kind = errors.TIMEOUT })
e = ch:receive()
assert(e:message() == text and e:kind() == errors.TIMEOUT)
for _, act in ipairs { "raise", "raise_object", "return_text", "return_object" } do
    local value
    value, e = process.exec("test:fails", "test:processes", act, text)
    assert(value == nil and e:message() == text, act .. ": " .. tostring(e))
    local pid = assert(process.spawn_monitored("test:fails", "test:processes", act, text))
    e = process.events():receive()
    assert(e.from == pid and e.result.error:message() == text, act)
end
