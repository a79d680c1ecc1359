-- modules: io
for _, name in ipairs{"write", "print", "eprint", "read", "readline", "raw", "flush"} do
    local v, e = io[name]()
    assert(v == nil and e:kind() == errors.UNAVAILABLE, name)
end
assert(next(io.args()) == nil)
return { main = function() return "checked" end }
