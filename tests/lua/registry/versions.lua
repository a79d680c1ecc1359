-- modules: registry
-- snapshots, versions, history of a registry that has not changed
local snapshot = assert(registry.snapshot())
assert(type(snapshot) == "userdata" and tostring(snapshot) == "registry.Snapshot{version=v0}")
for _, name in ipairs({ "entries", "get", "find", "namespace", "version" }) do assert(type(snapshot[name]) == "function", name) end
assert(snapshot.changes == nil and snapshot.nothing == nil and registry.apply_version == nil, "the writing half is not there")
assert(snapshot:get("shop:apple").meta.color == "red")
local value, err = snapshot:get("shop:nobody")
assert(value == nil and err:kind() == errors.NOT_FOUND)
assert(select(2, snapshot:get("")):kind() == errors.INVALID)
assert(#snapshot:find({ ["meta.type"] = "fruit" }) == 2 and #snapshot:find() == #snapshot:entries())
assert(select(2, snapshot:find({ [".id"] = 1 })):kind() == errors.INVALID)

local entries = snapshot:entries()
assert(#entries == #registry.find())
for i = 2, #entries do assert(entries[i].id > entries[i - 1].id) end
local function names(ns)
  local list = {}
  for i, entry in ipairs(snapshot:namespace(ns)) do list[i] = registry.parse_id(entry.id).name end
  return table.concat(list, " ")
end
assert(names("shop.api") == "front list show")
assert(names("shop") == "apple carrot menu number pear soup.of.day")
assert(names("shop*") == "" and names("") == "" and names("nobody") == "" and names("shop\0") == "")
for _, bad in ipairs({ 5, true, {} }) do assert(not pcall(snapshot.namespace, snapshot, bad)) end
for _, name in ipairs({ "entries", "get", "find", "namespace", "version" }) do
  for _, bad in ipairs({ 5, {}, registry.history(), "x" }) do
    local ok, message = pcall(snapshot[name], bad)
    assert(not ok and tostring(message):find("registry.Snapshot expected", 1, true), tostring(message))
  end
  assert(not pcall(snapshot[name]))
end

local version = registry.current_version()
assert(tostring(version) == "registry.Version{v0}" and version:string() == "v0" and version:id() == 0 and math.type(version:id()) == "integer")
assert(version:previous() == nil and version:next() == nil and snapshot:version():id() == 0 and version.nothing == nil)
for _, name in ipairs({ "id", "string", "previous", "next" }) do
  assert(type(version[name]) == "function")
  assert(not pcall(version[name]) and not pcall(version[name], snapshot) and not pcall(version[name], 5))
end
local versions = registry.versions()
assert(#versions == 1 and versions[1]:id() == 0)

local history = assert(registry.history())
assert(tostring(history) == "registry.History{}")
assert(#history:versions() == 1 and history:get_version(0):id() == 0)
assert(history:snapshot_at(version):get("shop:apple").kind == "registry.entry")
for _, unknown in ipairs({ 1, -1, 1000000, math.mininteger, math.maxinteger }) do
  value, err = history:get_version(unknown)
  assert(value == nil and err:kind() == errors.NOT_FOUND and tostring(err) == "version not found: " .. unknown)
end
for _, bad in ipairs({ "x", {}, 1.5, true, 0 }) do
  assert(bad == 0 or not pcall(history.get_version, history, bad))
  assert(not pcall(history.snapshot_at, history, bad))
end
assert(not pcall(history.versions) and not pcall(history.versions, version))

for _, bad in ipairs({ 0, -1, math.mininteger }) do
  value, err = registry.snapshot_at(bad)
  assert(value == nil and err:kind() == errors.INVALID)
end
for _, unknown in ipairs({ 1, 77, math.maxinteger }) do
  value, err = registry.snapshot_at(unknown)
  assert(value == nil and err:kind() == errors.NOT_FOUND)
end
for _, bad in ipairs({ "x", {}, 1.5, true }) do assert(not pcall(registry.snapshot_at, bad)) end
assert(not pcall(registry.snapshot_at))

-- parse_id never fails for a text
local function parsed(text)
  local id = registry.parse_id(text)
  return id.ns .. "|" .. id.name
end
assert(parsed("a:b") == "a|b" and parsed("a.b:c.d") == "a.b|c.d" and parsed("a:b:c") == "a|b:c")
assert(parsed("b") == "|b" and parsed("") == "|" and parsed(":") == "|" and parsed(":b") == "|b" and parsed("a:") == "a|")
assert(parsed("a\0:b\0") == "a\0|b\0")
for _, bad in ipairs({ 5, {}, true }) do assert(not pcall(registry.parse_id, bad)) end

-- objects live on when nothing else of them does
local kept = registry.snapshot():version()
for _ = 1, 100 do registry.history() registry.current_version() end
assert(kept:string() == "v0")
