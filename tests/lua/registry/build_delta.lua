-- modules: registry
-- build_delta: what is created, updated and deleted, and in which order
local function show(from, to)
  local ops, err = registry.build_delta(from, to)
  assert(ops, tostring(err))
  local list = {}
  for i, op in ipairs(ops) do
    local sign = ({ ["entry.create"] = "+", ["entry.update"] = "*", ["entry.delete"] = "-" })[op.kind]
    list[i] = sign .. op.entry.id:gsub("^n:", "")
  end
  return table.concat(list, " ")
end
local function check(from, to, expected)
  local got = show(from, to)
  assert(got == expected, "'" .. got .. "' instead of '" .. expected .. "'")
end
local function entry(name, data, meta, kind) return { id = "n:" .. name, kind = kind or "k", meta = meta or {}, data = data or {} } end

check({}, {}, "")
check({}, { entry("b"), entry("a") }, "+a +b")
check({ entry("a"), entry("b") }, {}, "-b -a")
check({ entry("a") }, { entry("b") }, "-a +b")
check({ entry("a") }, { entry("a") }, "")

-- what makes a difference
check({ entry("a", { x = 1 }) }, { entry("a", { x = 2 }) }, "*a")
check({ entry("a", { x = 1 }) }, { entry("a", { x = 1.0 }) }, "*a")
check({ entry("a", { x = 1 }) }, { entry("a", { x = "1" }) }, "*a")
check({ entry("a", { x = 1 }) }, { entry("a", { x = 1, y = 2 }) }, "*a")
check({ entry("a", { x = { 1, 2 } }) }, { entry("a", { x = { 2, 1 } }) }, "*a")
check({ entry("a", { x = { 1, 2 } }) }, { entry("a", { x = { 1, 2 } }) }, "")
check({ entry("a", nil, { m = 1 }) }, { entry("a", nil, { m = 2 }) }, "*a")
check({ entry("a") }, { entry("a", nil, nil, "other") }, "*a")
check({ { id = "n:a", kind = "k" } }, { entry("a") }, "")
check({ { id = "n:a", kind = "k", data = "text" } }, { { id = "n:a", kind = "k", data = "text" } }, "")
check({ { id = "n:a", kind = "k", data = "text" } }, { { id = "n:a", kind = "k", data = true } }, "*a")
local wide, wide_too = {}, {}
for i = 1, 200 do wide["k" .. i] = i end
for i = 200, 1, -1 do wide_too["k" .. i] = i end
check({ entry("a", wide) }, { entry("a", wide_too) }, "")
wide_too.k7 = 8
check({ entry("a", wide) }, { entry("a", wide_too) }, "*a")
wide_too.k7, wide_too.other = nil, 7
check({ entry("a", wide) }, { entry("a", wide_too) }, "*a")

-- dependencies: created and updated before what needs them, deleted after it
local lib, func, late = entry("z_lib"), entry("a_func", { imports = { l = "n:z_lib" } }), entry("b", { lifecycle = { requires = { "a_func" } } })
check({}, { func, late, lib }, "+z_lib +a_func +b")
check({ lib, late, func }, {}, "-b -a_func -z_lib")
check({ func, entry("z_lib", { v = 1 }) }, { entry("a_func", { imports = { l = "n:z_lib" }, v = 2 }), entry("z_lib", { v = 2 }), late }, "*z_lib *a_func +b")
check({ func, lib, entry("q") }, { entry("a_func"), late }, "-z_lib -q *a_func +b")
check({}, { entry("v", { port_env = "PORT" }), { id = "n:y", kind = "env.variable", data = { variable = "PORT" } } }, "+y +v")
check({}, { entry("v", { text = "${env:PORT}" }), { id = "n:y", kind = "env.variable", data = { variable = "PORT" } } }, "+y +v")
check({}, { entry("x", { host = "n:y" }), entry("y", { host = "n:x" }) }, "+x +y")

-- the tables of the arguments are in the result, and nothing is changed in them
local from, to = { entry("a", { x = 1 }), entry("gone") }, { entry("a", { x = 2 }), entry("new") }
local ops = registry.build_delta(from, to)
assert(ops[1].kind == "entry.delete" and ops[1].entry == from[2])
assert(ops[2].kind == "entry.update" and ops[2].entry == to[1] and ops[3].kind == "entry.create" and ops[3].entry == to[2])
assert(#from == 2 and #to == 2 and from[1].data.x == 1)

-- read-only tables, entries of the registry
check(table.make_immutable({ table.make_immutable(entry("a")) }), { table.make_immutable(entry("b")) }, "-a +b")
local all = registry.snapshot():entries()
assert(#registry.build_delta(all, all) == 0)
assert(#registry.build_delta({}, all) == #all and #registry.build_delta(all, {}) == #all)

-- many, on the pool of threads; others run meanwhile
local thousands, others = {}, 0
for i = 1, 5000 do thousands[i] = entry("e" .. i, { requires = { "e" .. (i // 2) }, text = ("x"):rep(20) }) end
coroutine.spawn(function() others = others + 1 end)
ops = registry.build_delta({}, thousands)
assert(#ops == 5000 and others == 1)
local seen = { ["n:e0"] = true }
for _, op in ipairs(ops) do
  local wanted = op.entry.data.requires[1]
  assert(seen["n:" .. wanted] or wanted == "e0", op.entry.id)
  seen[op.entry.id] = true
end
assert(#registry.build_delta(thousands, {}) == 5000 and #registry.build_delta(thousands, thousands) == 0)

local function fails(text, from_, to_)
  local value, err = registry.build_delta(from_, to_)
  assert(value == nil and err:kind() == errors.INVALID and tostring(err):find(text, 1, true), tostring(err))
end
fails("from[1]: an entry must be a table", { "x" }, {})
fails("to[2]: an entry must be a table", {}, { entry("a"), 5 })
fails("from[1]: an entry must be a table", { { 1, 2 } }, {})
fails("from[1]: id must be a text", { {} }, {})
fails("from[1]: id must be a text", { { id = 5, kind = "k" } }, {})
fails("from[1]: id must be a text", { { id = "", kind = "k" } }, {})
fails("to[1]: id must be namespace:name", {}, { { id = "a", kind = "k" } })
fails("to[1]: id must be namespace:name", {}, { { id = ":a", kind = "k" } })
fails("to[1]: kind must be a text", {}, { { id = "n:a" } })
fails("to[1]: kind must be a text", {}, { { id = "n:a", kind = {} } })
fails("to[1]: meta must be a table with text keys", {}, { { id = "n:a", kind = "k", meta = "x" } })
fails("to[1]: meta must be a table with text keys", {}, { { id = "n:a", kind = "k", meta = { 1 } } })
fails("to[2]: another entry has that id", {}, { entry("a"), entry("a") })
fails("from must be an array of entries", { a = 1 }, {})
local cycle = entry("a")
cycle.data.self = cycle.data
fails("cannot be compared", { cycle }, {})
local too_many = {}
for i = 1, 20001 do too_many[i] = false end
fails("to has more than 20000 entries", {}, too_many)
for _, bad in ipairs({ 5, "x", true }) do
  assert(not pcall(registry.build_delta, bad, {}) and not pcall(registry.build_delta, {}, bad))
end
assert(not pcall(registry.build_delta) and not pcall(registry.build_delta, {}))
