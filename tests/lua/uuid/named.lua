-- modules: uuid
-- v3 and v5: the examples of RFC 9562, appendix A
local dns, url = "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "6ba7b811-9dad-11d1-80b4-00c04fd430c8"
assert(uuid.v3(dns, "www.example.com") == "5df41881-3aed-3515-88a7-2f4a814cf09e")
assert(uuid.v5(dns, "www.example.com") == "2ed6657d-e927-568b-95e1-2665a8aea6a2")
assert(uuid.v3(dns, "python.org") == "6fa459ea-ee8a-3ca4-894e-db77e160355e")
assert(uuid.v5(dns, "python.org") == "886313e1-3b8a-5372-9b90-0c9aee199e5d")
assert(uuid.v5(url, "https://example.com/resource") == uuid.v5(url:upper(), "https://example.com/resource"))
assert(uuid.v5(url, "a") ~= uuid.v5(dns, "a") and uuid.v5(url, "a") ~= uuid.v5(url, "b") and uuid.v3(url, "a") ~= uuid.v5(url, "a"))
assert(uuid.v5(dns, "") and uuid.v5(dns, "\0\xff") ~= uuid.v5(dns, "\0") and uuid.version(uuid.v3(dns, "")) == 3)
assert(uuid.v5(uuid.format(dns, "urn"), "x") == uuid.v5(dns, "x"))
assert(uuid.v5(dns, ("x"):rep(1 << 20)))

local function invalid(text, f, ...)
    local v, err = f(...)
    assert(v == nil and err:kind() == errors.INVALID and err:retryable() == false, tostring(err))
    assert(tostring(err):find(text, 1, true), tostring(err))
end
for _, f in ipairs({ uuid.v3, uuid.v5 }) do
    invalid("namespace must be a string, got no value", f)
    invalid("namespace must be a string, got number", f, 5, "x")
    invalid('namespace is no UUID: "dns"', f, "dns", "x")
    invalid("name must be a string, got no value", f, dns)
    invalid("name must be a string, got nil", f, dns, nil)
    invalid("name must be a string, got number", f, dns, 7)
    invalid("name must be a string, got table", f, dns, {})
    invalid("name is longer than", f, dns, ("x"):rep((1 << 20) + 1))
end
