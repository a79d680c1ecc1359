-- modules: time
-- string.gsub: replacements of all kinds, callbacks that fail, yield and block
local function fails(...)
    local ok, e = pcall(...)
    assert(ok == false)
    return e
end
local function is(want, count, got, n)
    assert(got == want and n == count, got)
end
is("hexxo worxd", 3, ("hello world"):gsub("l", "x"))
is("hexxo world", 2, ("hello world"):gsub("l", "x", 2))
is("hello", 0, ("hello"):gsub("l", "x", 0))
is("hello", 0, ("hello"):gsub("l", "x", -1))
is("<a><b>", 2, ("ab"):gsub("%a", "<%0>"))
is("b=a", 1, ("a=b"):gsub("(%w)=(%w)", "%2=%1"))
is("100%", 1, ("100x"):gsub("x", "%%"))
is("-a-b-", 3, ("ab"):gsub("", "-"))
is("xbc", 1, ("abc"):gsub("^%a", "x"))
is("1a2b3", 3, ("ab"):gsub("()", "%1"))
is("7b", 1, ("ab"):gsub("a", 7))
is("Hi $y", 2, ("$x $y"):gsub("%$(%w+)", { x = "Hi" }))
is("ab", 2, ("ab"):gsub("%a", { a = false }))
is("AB", 2, ("ab"):gsub("%a", string.upper))
is("ab", 2, ("ab"):gsub("%a", function() end))
is("1.52", 2, ("ab"):gsub("%a", function(c) return c == "a" and 1.5 or 2 end))
is("[b][a]", 1, ("ab"):gsub("(a)(b)", function(a, b) return "[" .. b .. "][" .. a .. "]" end))
local lookup = setmetatable({}, { __index = function(_, k) return k .. k end })
is("aabb", 2, ("ab"):gsub("%a", lookup))
local err = errors.new("boom")
is("boom!", 1, ("x!"):gsub("x", err))
is("boom!", 1, ("x!"):gsub("x", function() return err end))
is("y", 1, string.gsub(err, "boom", "y"))

assert(fails(string.gsub, "a", "a", "%2"):find("invalid capture index %2", 1, true))
assert(fails(string.gsub, "a", "a", "%x"):find("invalid use of '%' in replacement string", 1, true))
assert(fails(string.gsub, "a", "a", function() return {} end):find("invalid replacement value (a table)", 1, true))
assert(fails(string.gsub, "a", "a"):find("string/function/table expected", 1, true))
assert(fails(string.gsub, "a", "a", true):find("string/function/table expected", 1, true))
assert(fails(string.gsub, "abc", "%a", function(c) error("at " .. c, 0) end) == "at a")

-- nested
is("<<a>><<b>>", 2, ("ab"):gsub("%a", function(c) return (c:gsub(".", "<%0>"):gsub("^", "<"):gsub("$", ">")) end))

-- a callback that blocks, that yields to a user coroutine, and a result longer than any first buffer
local slow = ("a-b-c"):gsub("%a", function(c)
    time.sleep("1ms")
    return c:upper()
end)
assert(slow == "A-B-C")
local co = coroutine.wrap(function()
    return ("xyz"):gsub(".", function(c) return coroutine.yield(c) end)
end)
assert(co() == "x" and co("1") == "y" and co(nil) == "z")
local text, n = co("3")
assert(text == "1y3" and n == 3)
local long, many = ("ab"):rep(3000):gsub("b", function() time.sleep(0) return "0123456789" end)
assert(many == 3000 and long == ("a0123456789"):rep(3000))

-- and in several coroutines at a time
local done = channel.new(4)
for i = 1, 4 do
    coroutine.spawn(function()
        local r = ("abcd"):gsub("%a", function(c) time.sleep("1ms") return c .. i end)
        done:send(r == ("a%d"):format(i) .. "b" .. i .. "c" .. i .. "d" .. i)
    end)
end
for _ = 1, 4 do
    assert(done:receive() == true)
end
