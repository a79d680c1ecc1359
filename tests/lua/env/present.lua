-- Everything of the list is there, and of the right type.
local names = {
    ["function"] = [[assert error getmetatable ipairs next pairs pcall print rawequal rawget rawset require select
        setmetatable tonumber tostring type unpack xpcall subscribe unsubscribe]],
    table = "_G string table math coroutine os utf8 channel process payload errors",
    string = "_VERSION",
}
for kind, list in pairs(names) do
    for name in list:gmatch("%S+") do
        assert(type(_G[name]) == kind, name)
        assert(rawget(_G, name) == _G[name], name)
    end
end
assert(_G._G == _G and _VERSION == "Lua 5.3")
assert(unpack == table.unpack)

local members = {
    string = "byte char find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper",
    table = "concat insert remove sort unpack pack create make_immutable is_immutable maxn getn",
    math = [[abs acos asin atan ceil cos deg exp floor fmod log max min modf rad random randomseed sin sqrt tan tointeger
        type ult pow log10 sinh cosh tanh frexp ldexp atan2 mod]],
    coroutine = "spawn create resume yield status running wrap",
    os = "time date clock difftime",
    channel = "new select",
    process = [[pid id spawn spawn_monitored spawn_linked spawn_linked_monitored send inbox events listen unlisten cancel
        terminate monitor unmonitor link unlink get_options set_options]],
    payload = "new",
    errors = "new wrap is call_stack",
    utf8 = "char codepoint codes len offset",
}
for library, list in pairs(members) do
    for name in list:gmatch("%S+") do
        assert(type(_G[library][name]) == "function", library .. "." .. name)
    end
end
assert(math.pi > 3 and math.huge > 1e300 and math.maxinteger + 1 == math.mininteger)
assert(os.platform == "moonlet")
