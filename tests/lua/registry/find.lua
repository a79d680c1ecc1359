-- modules: registry
-- find: every criterion, every combination of criterion and value
local function ids(filter)
  local found, err = registry.find(filter)
  assert(found, tostring(err))
  local list, last = {}, ""
  for i, entry in ipairs(found) do
    assert(entry.id > last, "in order of ids")
    last = entry.id
    list[i] = entry.id:gsub("^shop[^:]*:", "")
  end
  return table.concat(list, " ")
end
local function check(filter, expected)
  local got = ids(filter)
  assert(got == expected, "'" .. got .. "' instead of '" .. expected .. "'")
end
local function fails(text, filter)
  local value, err = registry.find(filter)
  assert(value == nil and err:kind() == errors.INVALID and tostring(err):find(text, 1, true), tostring(err))
end

-- root fields: exact, or with a star
check({ [".kind"] = "registry.entry" }, "apple carrot menu number pear soup.of.day")
check({ [".kind"] = "registry" }, "")
check({ [".kind"] = "http.*" }, "front list show")
check({ [".kind"] = "*.endpoint" }, "list show")
check({ [".kind"] = "http.*point" }, "list show")
check({ [".kind"] = "*p*r*", [".ns"] = "shop*" }, "front")
check({ [".kind"] = "registry.entry*" }, "apple carrot menu number pear soup.of.day")
check({ [".ns"] = "shop.api" }, "front list show")
check({ [".ns"] = "shop*", [".name"] = "*a*" }, "apple carrot pear soup.of.day")
check({ [".ns"] = "shop", [".name"] = "*" }, "apple carrot menu number pear soup.of.day")
check({ [".name"] = "soup.of.day" }, "soup.of.day")
check({ [".id"] = "shop:apple" }, "apple")
check({ [".id"] = "shop*:*r" }, "number pear")
check({ [".id"] = "apple" }, "")
check({ [".name"] = "" }, "")
check({ [".name"] = "app\0le" }, "")
check({ [".kind"] = "*" .. ("*a"):rep(100) }, "")

-- equality
check({ ["meta.type"] = "fruit" }, "apple pear")
check({ ["meta.type"] = "fruit", ["meta.color"] = "green" }, "pear")
check({ ["meta.type"] = "fru" }, "")
check({ ["meta.weight"] = 150 }, "apple")
check({ ["meta.weight"] = 150.0 }, "apple")
check({ ["meta.weight"] = 180 }, "pear")
check({ ["meta.weight"] = "150" }, "")
check({ ["meta.big"] = 9007199254740993 }, "front")
check({ ["meta.big"] = 9007199254740992 }, "")
check({ ["meta.half"] = 0.5 }, "front")
check({ ["meta.ripe"] = true }, "apple")
check({ ["meta.ripe"] = false }, "pear")
check({ ["meta.ripe"] = 1 }, "")
check({ ["meta.nested.deep.value"] = 1.5 }, "apple")
check({ ["meta.nested.deep"] = 1.5 }, "")
check({ ["meta.nested.deep.value.more"] = 1.5 }, "")
check({ ["meta.dotted.key"] = "dot" }, "apple")
check({ ["meta.absent"] = "x" }, "")
check({ [".id"] = "shop:menu", ["meta.type"] = "" }, "")
check({ ["meta.tags"] = "sweet" }, "apple pear")
check({ ["meta.tags"] = { "sweet" } }, "apple pear")
check({ ["meta.tags"] = { "sweet", "soft" } }, "pear")
check({ ["meta.tags"] = { "soft", "crisp" } }, "")
check({ ["meta.tags"] = {} }, "apple carrot pear")
check({ ["meta.color"] = { "red" } }, "apple")
check({ ["meta.color"] = { "red", "green" } }, "")
check({ ["meta.numbers"] = { 3, 1.0 } }, "soup.of.day")
check({ ["meta.numbers"] = 2 }, "soup.of.day")
check({ ["meta.tags"] = table.make_immutable({ "sweet", "soft" }) }, "pear")
fails("criterion meta.type: must be a text, a number, a boolean or a list of them, not a table with names", { ["meta.type"] = { a = 1 } })
fails("criterion meta.type: a list may hold", { ["meta.type"] = { {} } })
fails("criterion meta.type: a list may hold", { ["meta.type"] = { print } })
fails("criterion meta.type: must be", { ["meta.type"] = print })

-- regular expressions
check({ ["~meta.color"] = "^(red|green)$" }, "apple pear")
check({ ["~meta.color"] = "e" }, "apple carrot pear")
check({ ["~meta.note"] = "in\\s+the" }, "carrot")
check({ ["~meta.tags"] = "^so" }, "pear")
check({ ["~meta.weight"] = "^1" }, "apple pear")
check({ ["~meta.ripe"] = "^t" }, "apple")
check({ ["~meta.nested"] = "." }, "")
check({ ["~meta.absent"] = "." }, "")
check({ ["~meta.type"] = "(?i)FRUIT" }, "apple pear")
fails("criterion ~meta.type: no regular expression: missing ): (", { ["~meta.type"] = "(" })
fails("no regular expression", { ["~meta.type"] = "(?=x)" })
fails("no regular expression", { ["~meta.type"] = "a{2000}" })
fails("more than 1000 bytes", { ["~meta.type"] = ("x"):rep(1001) })
fails("must be a text", { ["~meta.type"] = 5 })
fails("must be a text", { ["~meta.type"] = { "x" } })

-- contains
check({ ["*meta.note"] = "the ground" }, "carrot")
check({ ["*meta.color"] = "e" }, "apple carrot pear")
check({ ["*meta.tags"] = "sweet" }, "apple pear")
check({ ["*meta.tags"] = "swe" }, "")
check({ ["*meta.numbers"] = 2 }, "soup.of.day")
check({ ["*meta.weight"] = "8" }, "carrot pear")
check({ ["*meta.weight"] = 150 }, "apple")
check({ ["*meta.ripe"] = true }, "apple")
check({ ["*meta.note"] = "" }, "carrot")
fails("must be", { ["*meta.note"] = {} })

-- begins with, ends with
check({ ["^meta.color"] = "r" }, "apple")
check({ ["^meta.color"] = "red" }, "apple")
check({ ["^meta.color"] = "reddish" }, "")
check({ ["^meta.tags"] = "s" }, "apple pear")
check({ ["^meta.weight"] = "1" }, "apple pear")
check({ ["$meta.color"] = "n" }, "pear")
check({ ["$meta.note"] = "ground" }, "carrot")
check({ ["$meta.tags"] = "t" }, "apple pear")
check({ ["$meta.color"] = "" }, "apple carrot pear")
fails("must be a text", { ["^meta.color"] = 1 })
fails("must be a text", { ["$meta.color"] = true })
for _, field in ipairs({ ".kind", ".ns", ".name", ".id" }) do
  for _, bad in ipairs({ 1, true, {}, print }) do fails("criterion " .. field .. ": must be a text", { [field] = bad }) end
end

-- what does not look like a criterion restricts nothing
local all = #registry.find()
assert(all == #registry.find({}) and all == #registry.find(nil) and all >= 12)
for _, filter in ipairs({ { type = "fruit" }, { kind = "x" }, { meta = { type = "fruit" } }, { "x" }, { ["meta."] = "x" }, { ["~kind"] = "(" },
  { [".other"] = "x" }, { ["meta.type\0"] = "x" }, { [1.5] = true }, { ["-meta.type"] = "x" } }) do
  assert(#registry.find(filter) == all)
end
check({ type = "vegetable", ["meta.type"] = "fruit" }, "apple pear")
check(setmetatable({ ["meta.type"] = "fruit" }, { __index = error, __pairs = error }), "apple pear")
check(table.make_immutable({ ["meta.type"] = "fruit" }), "apple pear")

local many = {}
for i = 1, 101 do many["meta.k" .. i] = 1 end
fails("more than 100", many)
many = {}
for i = 1, 1001 do many[i] = 1 end
fails("more than 1000 keys", many)
fails("a list of more than 1000 values", { ["meta.tags"] = many })
for _, bad in ipairs({ 5, true, "x", print }) do
  local ok, message = pcall(function() registry.find(bad) end)
  assert(not ok and tostring(message):find("bad argument #1 to 'find' (table expected", 1, true), tostring(message))
end
