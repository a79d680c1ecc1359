-- What would lead out of the process or show what is hidden does not exist.
for name in ([[load loadstring loadfile dofile collectgarbage rawlen getfenv setfenv module newproxy io debug package
    time logger json arg]]):gmatch("%S+") do
    assert(_G[name] == nil, name)
    assert(rawget(_G, name) == nil, name)
end
for name in ("execute exit remove rename tmpname getenv setlocale"):gmatch("%S+") do
    assert(os[name] == nil, name)
end
assert(coroutine.close == nil)
if string.dump then
    assert(not pcall(string.dump, print))
end
-- unknown members of libraries are nil, and no error
assert(string.nothing == nil and process.nothing == nil and math[1] == nil and os[{}] == nil)
