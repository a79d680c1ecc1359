-- modules: system
-- modules: every library and module with what it is for
local list = system.modules()
local by_name = {}
local classes = {}
for word in ("encoding deterministic time workflow nondeterministic security io storage network process"):gmatch("%S+") do classes[word] = true end
for i, module in ipairs(list) do
  assert(type(module.name) == "string" and not by_name[module.name], module.name)
  assert(type(module.description) == "string" and #module.description > 0, "no description: " .. module.name)
  assert(type(module.class) == "table" and #module.class > 0, "no class: " .. module.name)
  for _, class in ipairs(module.class) do assert(classes[class], module.name .. " has class " .. class) end
  by_name[module.name] = module
end
assert(#list > 10)
for _, name in ipairs({ "process", "channel", "string", "table", "errors", "os", "time", "logger", "io", "system", "env" }) do
  assert(by_name[name], name)
end
local function class_of(name) return table.concat(by_name[name].class, " ") end
assert(class_of("time") == "time workflow" and class_of("system") == "process" and class_of("logger") == "io nondeterministic")
list[1].name = "changed"
assert(system.modules()[1].name ~= "changed")
