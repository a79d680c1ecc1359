-- Strings have methods from the start, also when the program has removed the library.
assert(("abc"):upper() == "ABC")
assert(("abc").nothing == nil and #"abc" == 3)
string = nil
assert(("abc"):rep(2) == "abcabc" and ("x"):byte() == 120)
assert(getmetatable("") == false)
assert(not pcall(function()
    local s = "abc"
    s.x = 1
end))
