-- print is one INFO record: values joined by one space, with pid and location.
-- flags: -c
-- expect-stderr: one 2 nil true 5.0 mine last
-- expect-stderr: late text
-- expect-stderr: printed-by-line
-- expect-stderr: test:main:15
-- expect-stderr: an error object
assert(select("#", print("one", 2, nil, true, 10 / 2, setmetatable({}, {__tostring = function() return "mine" end}), "last")) == 0)
print()
print(nil)
print(setmetatable({}, {__tostring = function() coroutine.yield(); return "late" end}),
      setmetatable({}, {__tostring = function() coroutine.yield(); return "text" end}))
print(errors.new("an error object"))
assert(not pcall(print, setmetatable({}, {__tostring = function() return {} end})))
print("printed-by-line") -- line 15
print(("x"):rep(100000))
