-- Error objects cross a process boundary with kind, message, retryable and details (section 3).
local inbox = process.listen("errors")
local shared = {1}
local sent = errors.new{message = "lost", kind = errors.NOT_FOUND, retryable = true, details = {id = 5, list = {1, 2}, a = shared, b = shared}}
assert(process.send(process.pid(), "errors", sent))
local got = inbox:receive()
assert(type(got) == "userdata" and got ~= sent)
assert(got:kind() == "NotFound" and got:message() == "lost" and got:retryable() == true and tostring(got) == "lost")
local d = got:details()
assert(d.id == 5 and math.type(d.id) == "integer" and #d.list == 2 and d.a == d.b)
assert(errors.is(got, errors.NOT_FOUND) and #got:stack() > 0)

assert(process.send(process.pid(), "errors", errors.new("plain")))
got = inbox:receive()
assert(got:kind() == "" and got:retryable() == nil and got:details() == nil)

-- inside tables, identity within one value
local e = errors.wrap(errors.new{message = "low", retryable = false}, "ctx")
assert(process.send(process.pid(), "errors", {e, e, nested = {err = e}, [e] = true}))
got = inbox:receive()
assert(got[1] == got[2] and got.nested.err == got[1] and got[got[1]] == true)
assert(got[1]:message() == "low" and got[1]:retryable() == false)
assert(errors.wrap(got[1], "x"):message() == "ctx: low")
