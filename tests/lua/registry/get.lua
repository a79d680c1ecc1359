-- modules: registry
-- get: entries as they are written; integers, floats, nulls, placeholders; errors
local apple, err = registry.get("shop:apple")
assert(err == nil and apple.id == "shop:apple" and apple.kind == "registry.entry")
local meta, data = apple.meta, apple.data
assert(meta.type == "fruit" and meta.owner == "team a" and meta.ripe == true, "the meta of the file is below that of the entry")
assert(math.type(meta.weight) == "integer" and meta.weight == 150 and meta.nested.deep.value == 1.5)
assert(#meta.tags == 2 and meta.tags[1] == "sweet" and meta.tags[2] == "round" and meta["dotted.key"] == "dot")
assert(data.price == 3 and math.type(data.price) == "integer")
local list = data.list
assert(list[1] == 1 and list[2] == "two" and list[3] == 3.5 and list[4] == true and list[5] == nil and list[6].a == "b")
assert(data.none == nil and next(data.empty) == nil and next(data.none_list) == nil)
assert(data.name == nil and data.kind == nil and data.meta == nil, "data is what is not name, kind and meta")
local fields = 0
for _ in pairs(apple) do fields = fields + 1 end
assert(fields == 4)

local pear = registry.get("shop:pear")
assert(pear.meta.owner == "team b" and math.type(pear.meta.weight) == "float")
assert(pear.data.secret == "${env:SECRET|none}" and pear.data.plain == "${NAME}" and pear.data.secret_env == "SECRET", "as it is written")
assert(registry.get("shop:soup.of.day").data == "a plain text")
assert(registry.get("shop:menu").data[2] == "second" and registry.get("shop:menu").meta.type == nil)
assert(registry.get("shop:number").data == 42)
assert(next(registry.get("shop:number").meta) == "owner")

-- any entry, also this program
local main = registry.get("test:main")
assert(main.kind == "process.lua" and main.data.source:find("get: entries as they are written", 1, true) and main.data.method == "main")
assert(main.data.modules[1] == "registry")

-- every call gives tables of its own
apple.meta.tags[1] = "changed"
assert(registry.get("shop:apple").meta.tags[1] == "sweet")

local function fails(kind, text, ...)
  local value, e = registry.get(...)
  assert(value == nil and e:kind() == kind and not e:retryable() and tostring(e):find(text, 1, true), tostring(e))
end
fails(errors.NOT_FOUND, "entry not found: shop:nobody", "shop:nobody")
fails(errors.NOT_FOUND, "entry not found: nobody:apple", "nobody:apple")
fails(errors.NOT_FOUND, "entry not found", "shop:apple\0")
fails(errors.NOT_FOUND, "entry not found", "shop:" .. ("x"):rep(100000))
fails(errors.NOT_FOUND, "entry not found", "shop:apple:x")
fails(errors.INVALID, "id required", "")
for _, bad in ipairs({ "apple", ":apple", "shop:", ":" }) do fails(errors.INVALID, "namespace:name", bad) end
for _, bad in ipairs({ 5, true, {}, print }) do
  local ok, message = pcall(function() registry.get(bad) end)
  assert(not ok and tostring(message):find("bad argument #1 to 'get' (string expected", 1, true), tostring(message))
end
assert(not pcall(registry.get) and not pcall(registry.get, nil))
