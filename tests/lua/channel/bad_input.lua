-- Wrong types raise with the argument named; nothing crashes on odd objects.
local function raises(text, f, ...)
    local ok, err = pcall(f, ...)
    assert(not ok, "must raise: " .. text)
    assert(tostring(err):find(text, 1, true), tostring(err) .. " lacks " .. text)
end
local function main()
    raises("bad argument #1", channel.new, "x")
    raises("bad argument #1", channel.new, {})
    raises("capacity too large", channel.new, 1 << 40)
    local ch = channel.new(1)
    for _, name in ipairs { "send", "receive", "close", "case_send", "case_receive" } do
        raises("channel expected", ch[name])
        raises("channel expected", ch[name], nil)
        raises("channel expected", ch[name], 5)
        raises("channel expected", ch[name], {})
        raises("channel expected", ch[name], errors.new("x"))
        raises("channel expected", ch[name], ch:case_receive())
    end
    raises("table expected", channel.select)
    raises("table expected", channel.select, 7)
    for place, cases in ipairs { { 1 }, { ch:case_receive(), ch }, { ch:case_send(1), ch:case_receive(), "x", default = true } } do
        local ok, err = pcall(channel.select, cases)
        assert(not ok and errors.is(err, errors.INVALID) and err:message():find("element " .. place .. " of the cases"))
    end
    assert(getmetatable(ch) == false)
    assert(not pcall(setmetatable, ch, {}))
end
return { main = main }
