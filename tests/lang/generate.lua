-- SPDX-License-Identifier: MIT
-- generate: random programs, each twice: with types, and without them where the same tokens stand in the same lines.
--
--   local generate = dofile("generate.lua")
--   local typed, plain = generate(seed, size)
--
-- The programs end, print what they compute, and are the same for the same seed.

local rng -- a state of its own: math.random would depend on the C library

local function random(n)
  rng = (rng * 6364136223846793005 + 1442695040888963407)
  return (rng >> 33) % n + 1
end

local function chance(percent)
  return random(100) <= percent
end

local function pick(list)
  return list[random(#list)]
end

---- output ----

local typed, plain
local ends_in_cast -- the last token of the typed text was erased: what follows must not look like its continuation

local function both(text)
  typed[#typed + 1] = text
  plain[#plain + 1] = text
  if text:find("%S") then
    ends_in_cast = false
  end
end

-- Text of the typed program only; the plain one gets its line ends.
local function only_typed(text)
  typed[#typed + 1] = text
  plain[#plain + 1] = " " .. text:gsub("[^\n]", "")
end

local function only_plain(text)
  plain[#plain + 1] = text
end

local function space()
  local n = random(30)
  if n == 1 then return both(" --[[ comment\nof two lines ]] ") end
  if n == 2 then return both(" -- comment\n") end
  if n == 3 then return both("\n") end
  if n == 4 then return both("\t") end
  both(" ")
end

---- types ----

local type_names = {"Point", "Node", "as", "is", "type", "readonly", "Pair", "keyof"}
local type_text

local function gap()
  local n = random(25)
  return n == 1 and "\n" or n == 2 and " --[==[ x\n]==] " or n == 3 and " -- y\n" or " "
end

local function type_list(depth, least)
  local list = {}
  for i = 1, least + random(3) - 1 do
    list[i] = type_text(depth - 1)
  end
  return table.concat(list, "," .. gap())
end

local function literal_type()
  return pick({"'a'", '"b\\n"', "[[c\nd]]", "1", "-2.5", "0x1F", "true", "false", "nil"})
end

local function record_type(depth)
  local fields = {}
  for i = 1, random(3) do
    local name = pick({"x", "y", "end", "type", "as", "function", "kind"}) .. pick({"", "", "?", " ?"})
    fields[i] = name .. ":" .. gap() .. type_text(depth - 1)
  end
  if chance(20) then
    fields[#fields + 1] = "[string]: " .. type_text(depth - 1)
  end
  return "{" .. gap() .. table.concat(fields, pick({",", ";"}) .. gap()) .. pick({"", ",", ";"}) .. gap() .. "}"
end

local function params_text(depth)
  local list = {}
  for i = 1, random(3) - 1 do
    list[i] = pick({"", "a: ", "b?: "}) .. type_text(depth - 1)
  end
  if chance(20) then
    list[#list + 1] = "..." .. type_text(depth - 1)
  end
  return "(" .. table.concat(list, ", ") .. ")"
end

local function arrow_type(depth)
  local result = pick({"()", "(" .. type_list(depth, 2) .. ")", type_text(depth - 1)})
  return "(" .. params_text(depth) .. gap() .. "->" .. gap() .. result .. ")"
end

local makers = {
  function(depth) return record_type(depth) end,
  function(depth) return "{" .. gap() .. type_text(depth - 1) .. gap() .. "}" end,
  function(depth) return "{[ " .. type_text(depth - 1) .. "]:" .. gap() .. type_text(depth - 1) .. "}" end,
  function(depth) return "readonly {" .. type_text(depth - 1) .. "}" end,
  function(depth) return "interface {" .. "m: " .. type_text(depth - 1) .. "}" end,
  function(depth) return type_text(depth - 1) .. pick({"[]", "?", "??", " @min(1)", " @pattern('^a') @max_len(-3)", "['k']"}) end,
  function(depth) return "(" .. gap() .. type_text(depth - 1) .. ")" end,
  function(depth) return arrow_type(depth) end,
  function(depth) return "fun" .. params_text(depth) .. pick({"", ": " .. type_text(depth - 1), " -> ()"}) end,
  function(depth) return "Map<" .. type_list(depth, 1) .. ">" end,
  function(depth) return "mod.Map<Map<" .. type_list(depth, 1) .. ">>" end,
  function(depth) return type_text(depth - 1) .. gap() .. "|" .. gap() .. type_text(depth - 1) end,
  function(depth) return "(|" .. type_text(depth - 1) .. " & " .. type_text(depth - 1) .. ")" end,
  function() return "typeof(x + f(1 as T, 'a'!, {as}))" end,
  function(depth) return "keyof(" .. type_text(depth - 1) .. ")" end,
  function(depth) return "(T extends " .. pick(type_names) .. " ? (" .. type_text(depth - 1) .. ") : nil)" end,
}

type_text = function(depth)
  if depth <= 0 or chance(30) then
    local n = random(4)
    if n == 1 then return literal_type() end
    if n == 2 then return pick(type_names) end
    return pick({"string", "number", "integer", "boolean", "any", "unknown", "table", "function", "error", "mod.T"})
  end
  return pick(makers)(depth)
end

-- A type that ends where the plain program may go on with any token.
local function closed_type()
  return chance(60) and pick({"string", "number", "any", "Point", "{any}", "Map<Map<any>>"}) or "(" .. type_text(2) .. ")"
end

local function annotation()
  if chance(40) then
    only_typed(pick({":", " :", ": "}) .. closed_type())
  end
end

---- expressions ----

local scope -- names of the locals in scope
local vararg -- can ... be used?
local expr

local function simple()
  local n = random(9)
  if n == 1 then return both(tostring(random(1000))) end
  if n == 2 then return both(pick({"0x1p4", "1e3", ".5", "3.", "0xFF", "1 // 1"})) end
  if n == 3 then return both(pick({'"s\\z\n   t"', "'\\x41\\u{e9}\\65'", "[[l\nm]]", "[==[]]]==]", '"a\\\nb"'})) end
  if n == 4 then return both(pick({"nil", "true", "false"})) end
  if n == 5 and vararg then return both("(...)") end
  if #scope > 0 then return both(pick(scope)) end
  both("1")
end

local function list(count, depth)
  for i = 1, count do
    if i > 1 then
      both(",")
      space()
    end
    expr(depth)
  end
end

local function call(depth)
  both(pick({"id", "two", "show", "pair.get", "pair['get']"}))
  both("(")
  list(random(3) - 1, depth - 1)
  both(")")
end

-- One value with a cast.
local function cast(depth)
  local many = chance(50)
  if many then
    only_plain("(")
    call(depth)
    only_plain(")")
  elseif chance(30) then
    both("(")
    expr(depth - 1)
    both(")")
  else
    simple()
  end
  for _ = 1, random(2) do
    if chance(40) then
      only_typed(pick({"!", " !"}))
    else
      only_typed(" as " .. closed_type())
    end
  end
  if chance(15) then
    only_typed(" :: " .. pick({"string", "(Point)", "{any}"}))
  end
  ends_in_cast = true
end

local function table_value(depth)
  both("{")
  for _ = 1, random(4) - 1 do
    local n = random(3)
    if n == 1 then
      both(pick({"x", "y", "as", "type", "is"}) .. " = ")
    elseif n == 2 then
      both("['k" .. random(9) .. "'] = ")
    end
    expr(depth - 1)
    both(pick({",", ";"}))
    space()
  end
  both("}")
end

local function_value

local function binary(depth)
  expr(depth - 1)
  -- behind a cast, "|", "&" and "<" would belong to the type
  local operators = {" + ", " - ", " * ", " .. ", " == ", " ~= ", " and ", " or ", " ~ ", " // ", " % ", " < ", " | ", " & "}
  both(operators[random(ends_in_cast and 11 or 14)])
  expr(depth - 1)
end

expr = function(depth)
  if depth <= 0 then return simple() end
  local n = random(10)
  if n == 1 then return call(depth) end
  if n == 2 or n == 3 then return cast(depth) end
  if n == 4 then return table_value(depth) end
  if n == 5 then return binary(depth) end
  if n == 6 then
    both(pick({"-", "not ", "#", "~"}))
    if chance(50) then return cast(depth - 1) end
    return simple()
  end
  if n == 7 then
    both("(")
    expr(depth - 1)
    both(")")
    return
  end
  if n == 8 and depth > 1 then return function_value(depth) end
  simple()
end

---- statements ----

local block

local function fresh()
  local name = pick({"a", "b", "c", "as", "is", "type", "interface", "fun", "readonly", "typeof_", "keyof"}) .. random(3)
  return chance(30) and name:gsub("%d", "") or name
end

local function names(count)
  local new = {}
  for i = 1, count do
    new[i] = fresh()
    if i > 1 then both(", ") end
    both(new[i])
    annotation()
  end
  return new
end

local function declare(new)
  for _, name in ipairs(new) do
    scope[#scope + 1] = name
  end
end

local function type_params()
  if chance(30) then
    only_typed("<" .. pick({"T", "T: any", "K, V: Map<Map<T>>", "T: {x: T}"}) .. ">")
  end
end

local function function_body(depth)
  local outer, outer_vararg = #scope, vararg
  type_params()
  both("(")
  local new = {}
  for i = 1, random(3) - 1 do
    new[i] = fresh()
    if i > 1 then both(", ") end
    both(new[i])
    if chance(20) then only_typed("?: " .. closed_type()) else annotation() end
  end
  vararg = chance(40)
  if vararg then
    both(#new > 0 and ", ..." or "...")
    annotation()
  end
  both(")")
  if chance(40) then
    only_typed(": " .. pick({"()", closed_type(), "(A, " .. closed_type() .. ")", "A, " .. closed_type(),
      "asserts x is " .. closed_type(), "asserts x"}))
  end
  space()
  declare(new)
  block(depth - 1, true)
  both("end")
  for i = #scope, outer + 1, -1 do
    scope[i] = nil
  end
  vararg = outer_vararg
end

function_value = function(depth)
  both("function")
  function_body(depth)
end

local statements = {
  function(depth)
    both("local ")
    local new = names(random(2))
    if chance(80) then
      both(" = ")
      list(random(2), depth)
    end
    declare(new)
  end,
  function(depth)
    if #scope == 0 then return both("x = nil") end
    both(pick(scope) .. " = ")
    expr(depth)
  end,
  function(depth)
    both("show(")
    list(random(3), depth)
    both(")")
  end,
  function(depth)
    both("show(pcall(")
    function_value(depth)
    both("))")
  end,
  function(depth)
    local name = fresh()
    both("local function " .. name)
    scope[#scope + 1] = name
    function_body(depth)
  end,
  function(depth)
    both("if ")
    expr(depth)
    both(" then")
    space()
    block(depth - 1)
    if chance(40) then
      both("elseif ")
      expr(depth)
      both(" then")
      space()
      block(depth - 1)
    end
    if chance(40) then
      both("else")
      space()
      block(depth - 1)
    end
    both("end")
  end,
  function(depth)
    local name = fresh()
    both("for " .. name .. " = 1, " .. random(3) .. " do")
    space()
    local outer = #scope
    scope[outer + 1] = name
    block(depth - 1)
    if chance(30) then both("break ") end
    both("end")
    for i = #scope, outer + 1, -1 do scope[i] = nil end
  end,
  function(depth)
    both("repeat")
    space()
    block(depth - 1)
    both("until true or ")
    expr(depth)
  end,
  function(depth)
    both("do")
    space()
    block(depth - 1)
    both("end")
  end,
  function(depth)
    both("for _ = 1, 2 do goto next")
    space()
    block(depth - 1)
    both("\n::next::") -- `:: T ::next::` in one line would be a label T
    if chance(50) then
      only_plain(";")
      only_typed("type Late = " .. type_text(2))
    end
    both(" end")
  end,
  function(depth)
    only_plain(";")
    only_typed("type " .. pick(type_names) .. pick({"", "<T>", " <K, V: T>"}) .. pick({"=", " =" .. gap()}) ..
      type_text(depth + 1))
    ends_in_cast = true
  end,
  function()
    only_plain(";")
    only_typed("interface Shape" .. pick({"", ": Base", " : Base, mod.Other"}) .. gap() ..
      "function area(self, x: " .. closed_type() .. "): " .. pick({closed_type(), "A, B"}) .. gap() .. "function f() end")
    ends_in_cast = true
  end,
}

block = function(depth, is_body)
  local outer = #scope
  for _ = 1, depth > 0 and random(3) or 1 do
    if chance(10) then
      -- must not become a call of what stands before it
      if ends_in_cast then only_plain(";") else both(";") end
      both("\n(id or show)(1)")
    else
      pick(statements)(depth)
    end
    both(chance(80) and "\n" or " ")
    if typed[#typed] ~= "\n" and not ends_in_cast then both(";") end
  end
  if is_body and chance(60) then
    both("return ")
    list(random(2), depth)
    both("\n")
  end
  for i = #scope, outer + 1, -1 do
    scope[i] = nil
  end
end

local prelude = [[
local function id(...) return ... end
local function two() return 1, "2" end
local function show(...) print(select("#", ...), text(...)) return ... end
local pair = {get = two}
]]

return function(seed, size)
  rng = seed * 2 + 1
  for _ = 1, 4 do random(2) end
  typed, plain, scope, vararg, ends_in_cast = {}, {}, {}, true, false
  both(prelude)
  for _ = 1, size do
    block(3)
  end
  return table.concat(typed), table.concat(plain)
end
