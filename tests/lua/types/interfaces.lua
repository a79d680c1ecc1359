-- Interfaces: their methods, what they extend, and how methods are found.
-- modules: time
-- timeout: 60
-- imports: readers=test:readers, shapes=test:shapes
local readers, shapes, time = require("readers"), require("shapes"), require("time")
local function f() end
local function fails(T, v, text)
    local value, err = T:is(v)
    assert(value == nil and err and err:kind() == errors.INVALID and err:message() == text, tostring(err))
    return err
end
local function names(T)
    local list = {}
    for name in T:fields() do list[#list + 1] = name end
    return table.concat(list, " ")
end

-- What is missing is named.
interface Shape
    function area(self): number
    function name(self): string
end
assert(Shape:is({area = f, name = f, more = 1}))
assert(fails(Shape, {area = f}, "name: required field missing"):details().field == "name")
fails(Shape, {area = 1, name = f}, "area: expected function, got number")
fails(Shape, {area = f, name = setmetatable({}, {__call = f})}, "name: expected function, got table")
fails(Shape, 1, "expected Shape, got number")
fails(Shape, f, "expected Shape, got function")
fails(Shape, nil, "expected Shape, got nil")
type Drawing = {shapes: {Shape}, main: Shape?}
fails(Drawing, {shapes = {{area = f, name = f}, {area = f}}}, "shapes[2].name: required field missing")
fails(Drawing, {shapes = {}, main = 5}, "main: expected Shape?, got number")
type Either = Shape | string
fails(Either, {area = f}, "expected Either, got table")
assert(Either:is("x") and Either:is({area = f, name = f}))
interface Empty end
assert(Empty:is({}) and not Empty:is(1))

-- Extending.
interface Solid: Shape
    function volume(self): number
end
type Same = Solid
interface Named: Same, Shape
    function name(self, long: boolean?): string
end
assert(names(Named) == "area name volume" and Named <= Solid and Solid <= Shape and not (Shape <= Solid))
assert(Named:is({area = f, name = f, volume = f}))
fails(Named, {area = f, name = f}, "volume: required field missing")
interface A: B, B, C function a(self) end
interface B: A, C, A function b(self) end
interface C: A, B, B function c(self) end
assert(names(A) == "a b c" and names(C) == "a b c" and A:is({a = f, b = f, c = f}))
fails(B, {a = f, c = f}, "b: required field missing")

-- Records, unions and what means nothing can be extended too.
type Point = {x: number, y: number}
interface Mover: Point
    function move(self, by: number)
end
assert(Mover:is({x = 1, y = 2, move = f}) and names(Mover) == "move" and Mover <= Point)
fails(Mover, {x = 1, y = "2", move = f}, "y: expected number, got string")
fails(Mover, {x = 1, y = 2}, "move: required field missing")
interface Stranger: Unknown1 end
fails(Stranger, {}, "unresolved type Unknown1")

-- Interfaces of other modules.
interface File: readers.Reader
    function flush(self)
end
assert(names(File) == "close flush read" and File <= readers.Reader)
assert(File:is({close = f, flush = f, read = f}))
fails(File, {flush = f, read = f}, "close: required field missing")
interface Table: readers.Sized, File end
assert(names(Table) == "close flush measure read size")
interface Other: readers.Alias end
assert(names(Other) == "close read" and not Other:is({}))
type Local = readers.Alias
interface Third: Local end
assert(names(Third) == "close read" and Third == Other)
interface Missing: readers.Nothing
    function m(self)
end
fails(Missing, {m = f}, "unresolved type readers.Nothing")
interface Tagged: shapes.User
    function tag(self)
end
assert(Tagged:is({id = 1, name = "x", tag = f}))
fails(Tagged, {id = 1, tag = f}, "name: required field missing")
interface Queue: channel.Channel<number>
    function send(self, v: number)
end
assert(Queue:is(channel.new()) and Queue <= channel.Channel)
fails(Queue, {send = f}, "expected channel.Channel, got table")
fails(Queue, time.now(), "expected channel.Channel, got userdata")
type Job = {file: File, table: Table?}
fails(Job, {file = {close = f, flush = f, read = f}, table = {}}, "table.close: required field missing")

-- They travel with their bases.
local pid = assert(process.spawn("test:type_echo", "test:processes"))
local answers = process.listen("answer")
for _, T in ipairs({File, Mover, Queue, Missing}) do
    process.send(pid, "ask", {T = T, v = {}})
    local answer = answers:receive()
    assert(rawequal(answer.T, T) and not answer.is)
end
process.send(pid, "ask", {T = Mover, v = {x = 1, y = 2}})
assert(not answers:receive().is)
process.send(pid, "ask", "stop")

-- Methods are looked for as Lua does.
local class = {area = f}
class.__index = class
local derived = setmetatable({name = f}, class)
derived.__index = derived
assert(Shape:is(derived) and Shape:is(setmetatable({}, derived)) and not Shape:is(setmetatable({}, class)))
assert(Shape:is(table.make_immutable({area = f, name = f})))
assert(Shape:is(table.make_immutable(setmetatable({name = f}, {__index = function() return f end}))))
local seen = {}
local by_function = setmetatable({name = f}, {__index = function(object, key)
    seen[#seen + 1] = key
    return object and f
end})
assert(Shape:is(by_function) == by_function and #seen == 1 and seen[1] == "area", "called once, and not for what is there")
fails(Shape, setmetatable({}, {__index = function(_, key) return #key end}), "area: expected function, got number")
assert(Shape:is(setmetatable({}, {__index = setmetatable({}, {__index = by_function})})))
local loop = {}
setmetatable(loop, {__index = loop})
local ok, err = pcall(Shape.is, loop)
assert(not ok and tostring(err):find("'__index' chain too long; possibly a loop", 1, true))
ok, err = pcall(Shape, setmetatable({}, {__index = function() error("no such thing") end}))
assert(not ok and tostring(err):find("no such thing", 1, true))

-- An __index may wait.
local ch = channel.new()
local slow = setmetatable({}, {__index = function(_, key)
    local method = ch:receive()
    return method and f
end})
coroutine.spawn(function() for i = 1, 6 do ch:send(i < 6) end end)
assert(Shape:is(slow) == slow and rawequal(Shape(slow), slow))
fails(Drawing, {shapes = {slow}}, "shapes[1].name: expected function, got boolean")
local inner = coroutine.wrap(function()
    return Shape:is(setmetatable({}, {__index = function(_, key) return coroutine.yield(key) end}))
end)
assert(inner() == "area" and inner(f) == "name" and type(inner(f)) == "table")

-- Unless it is asked where nothing can.
local ok2, message
string.format("%s", setmetatable({}, {__tostring = function()
    ok2, message = pcall(Shape.is, slow)
    return ""
end}))
assert(not ok2 and tostring(message):find("cannot block here", 1, true), tostring(message))

-- Many objects, more than a slice.
local many = {}
for i = 1, 20000 do many[i] = setmetatable({}, derived) end
many[15000] = setmetatable({}, {__index = function() return f end})
type Shapes = {Shape}
assert(Shapes:is(many))
many[19999] = {area = f}
fails(Shapes, many, "[19999].name: required field missing")
