-- modules: io
-- expect-stderr: to standard	error
assert(io.write("a", 1, 2.5, nil, true, "\n") == true) -- expect: a12.5niltrue
assert(io.print("one", 2, nil) == true) -- expect: one	2	nil
assert(io.print() == true) -- expect: 
assert(io.write() == true and io.write("") == true)
assert(io.eprint("to standard", "error") == true)
-- expect: mine
io.print(setmetatable({}, {__tostring = function() return "mine" end}))
-- expect: an error
io.print(errors.new("an error"))
assert(not pcall(io.write, setmetatable({}, {__tostring = function() error("x") end})))
assert(io.flush() == true)
local big = ("x"):rep(70000)
-- expect: 70000
io.print(#big)
assert(type(io.args()) == "table" and #io.args() == 0)
assert(io.open == nil and io.popen == nil and io.lines == nil and io.stdout == nil)
local v, e = io.raw(true) -- standard input of tests is no terminal
assert(v == nil and e:kind() == errors.INTERNAL)
assert(io.raw(false) == true)
