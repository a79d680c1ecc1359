-- Types in messages, arguments and results.
-- modules: json
type Pt = {x: number, y: number}
type Tree = {value: number, kids: {Tree}}
type L<T> = {head: T, tail: L<T>?}
local echo = process.spawn_monitored("test:type_echo", "test:processes")
assert(echo)
local answers, events = process.listen("answer"), process.events()
local function ask(T, v)
    assert(process.send(echo, "ask", {T = T, v = v}))
    return answers:receive()
end
local a = ask(Pt, {x = 1, y = 2})
assert(a.kind == "type" and a.is and a.equal and not a.mine and a.text == "Pt")
assert(rawequal(a.T, Pt) and rawequal(a.again[1], a.again[2]) and rawequal(a.again[1], Pt), "comes back as the same")
assert(a.box:is({v = {x = 1, y = 2}}) and not a.box:is({v = {x = 1}}) and a.box:name() == "Box")
assert(not ask(Pt, {x = 1}).is)
a = ask(Tree, {value = 1, kids = {{value = 2, kids = {}}}})
assert(a.is and rawequal(a.T, Tree) and rawequal(a.T.kids:elem(), Tree))
a = ask(L(Integer), {head = 1, tail = {head = 2}})
assert(a.is and rawequal(a.T, L(Integer)) and not a.T:is({head = "x"}))
a = ask(Number, 1)
assert(a.is and rawequal(a.T, Number) and a.text == "number")
type Lit = "a" | "b"
a = ask(Lit, "b")
assert(a.is and rawequal(a.T, Lit))
assert(ask(Pt.x, 1).is)
process.send(echo, "ask", "stop")
local event = events:receive()
assert(event.kind == process.event.EXIT and event.result.value:name() == "Pt" and event.result.value == Pt)

-- a table with a type as key and as element
local ch = channel.new(1)
ch:send(Pt)
assert(rawequal(ch:receive(), Pt))
for i = 1, 200 do
    local pid = process.spawn("test:type_echo", "test:processes")
    process.send(pid, "ask", {T = Tree, v = {value = i, kids = {}}})
    local answer = answers:receive()
    assert(answer.is and rawequal(answer.T, Tree))
    process.send(pid, "ask", "stop")
end

for _, value in ipairs({Pt, {a = Pt}, {Pt}}) do
    local text, err = json.encode(value)
    assert(text == nil and err:kind() == errors.INVALID and err:message():find("cannot encode type", 1, true), err)
end
