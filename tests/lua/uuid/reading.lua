-- modules: uuid
local u = "550e8400-e29b-41d4-a716-446655440000"
local function check(valid, ...)
    local result, err = uuid.validate(...)
    assert(result == valid and err == nil, tostring((...)))
end
check(true, u)
check(true, u:upper())
check(true, "550e8400e29b41d4a716446655440000")
check(true, "urn:uuid:" .. u)
check(true, "{" .. u .. "}")
check(true, "00000000-0000-0000-0000-000000000000")
for _, bad in ipairs({ "", " ", u .. " ", " " .. u, u .. "0", u:sub(1, 35), u .. "\0", "g" .. u:sub(2), u:gsub("%-", "_"), u:gsub("%-", ""):sub(1, 31),
                       "{" .. u .. ")", "(" .. u .. ")", "{" .. u, "urn:uuid" .. u, "urn:uuid:" .. u:gsub("%-", ""), "urn:guid:" .. u,
                       "550e-8400e29b-41d4-a716-446655440000", ("-"):rep(36), ("\xff"):rep(36), ("x"):rep(100000) }) do
    check(false, bad)
end
check(false)
check(false, nil)
check(false, 5)
check(false, {})
check(false, true)
check(false, print)

assert(uuid.version(u) == 4 and math.type(uuid.version(u)) == "integer" and uuid.version("00000000-0000-0000-0000-000000000000") == 0)
assert(uuid.version("6ba7b810-9dad-11d1-80b4-00c04fd430c8") == 1)
local variants = { ["0"] = "NCS", ["7"] = "NCS", ["8"] = "RFC4122", b = "RFC4122", c = "Microsoft", d = "Microsoft", e = "Future", f = "Future" }
for digit, name in pairs(variants) do
    assert(uuid.variant("550e8400-e29b-41d4-" .. digit .. "716-446655440000") == name, digit)
end

-- RFC 9562, appendix A: both are of Tuesday, February 22, 2022 2:22:22 PM GMT-05:00
local t = uuid.parse("C232AB00-9414-11EC-B3C8-9F6BDECED846")
assert(t.version == 1 and t.variant == "RFC4122" and t.timestamp == 1645557742 and t.node == "9f6bdeced846")
t = uuid.parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")
assert(t.version == 7 and t.variant == "RFC4122" and t.timestamp == 1645557742 and t.node == nil)
t = uuid.parse("2ed6657d-e927-568b-95e1-2665a8aea6a2")
assert(t.version == 5 and t.timestamp == nil and t.node == nil)
t = uuid.parse("C232AB00-9414-11EC-D3C8-9F6BDECED846") -- not the variant that has moments
assert(t.version == 1 and t.variant == "Microsoft" and t.timestamp == nil and t.node == nil)
assert(uuid.parse("00000000-0000-1000-8000-000000000000").timestamp == -12219292800)

assert(uuid.format(u) == u and uuid.format(u, nil) == u and uuid.format(u:upper(), "standard") == u)
assert(uuid.format(u, "simple") == "550e8400e29b41d4a716446655440000" and uuid.format(u, "urn") == "urn:uuid:" .. u)
assert(uuid.format(uuid.format(u, "simple")) == u and uuid.format(uuid.format(u, "urn")) == u and uuid.format("{" .. u .. "}") == u)

local function invalid(text, f, ...)
    local v, err = f(...)
    assert(v == nil and err:kind() == errors.INVALID and err:retryable() == false, tostring(err))
    assert(tostring(err):find(text, 1, true), tostring(err))
end
for _, f in ipairs({ uuid.version, uuid.variant, uuid.parse, uuid.format }) do
    invalid("uuid must be a string, got no value", f)
    invalid("uuid must be a string, got nil", f, nil)
    invalid("uuid must be a string, got number", f, 5)
    invalid("uuid must be a string, got table", f, {})
    invalid('uuid is no UUID: ""', f, "")
    invalid('uuid is no UUID: "not a uuid"', f, "not a uuid")
    invalid("uuid is no UUID", f, u .. "x")
    invalid("uuid is no UUID", f, ("x"):rep(100000))
end
invalid('unknown format "hex": use standard, simple or urn', uuid.format, u, "hex")
invalid('unknown format ""', uuid.format, u, "")
invalid("unknown format", uuid.format, u, "Simple")
invalid("format must be a string, got number", uuid.format, u, 1)
invalid("format must be a string, got table", uuid.format, u, {})
