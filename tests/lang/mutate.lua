-- SPDX-License-Identifier: MIT
-- mutate: small changes to programs, most of which make them wrong.
local mutate = {}
local rng

local function random(n)
  rng = (rng * 6364136223846793005 + 1442695040888963407)
  return (rng >> 33) % n + 1
end

function mutate.start(seed)
  rng = seed * 2 + 1
  random(2)
end

local inserted = {
  "end", "(", ")", "{", "}", "[", "]", "as", "as =", " as (", "\nas(1)", "is", "type", "type X", "type(1)", "::", "::a::", "goto a", "::a:: ::b::",
  "break", "return", "local", "local x", "function", "do", "then", "else", "elseif x then", "until", "repeat", "while", "for", "in",
  "=", "==", "~=", "<", ">", ">>", "<<", ">=", "..", "...", ".", ":", ",", ";", "-", "->", "+", "~", "not", "and", "#", "?", "!", "@", "|", "&",
  "'", '"', "[[", "]]", "[=", "--", "--[[", "\\", "\n", "\r", "\r\n", "\0", "\127", "\xc3\xa9", "$", "0x", "1e", "1..2", "3x", "'\\q'", "'\\x4'",
  "'\\300'", "'\\u{110000}'", "'\\z \n'", "\"a\nb\"", "nil", "true", "x", "f()", "interface", "interface X", "keyof", "extends", "readonly {}", "=[[",
  "x = 1", "local function f", "a.b", "a:b", "a:b()", "function f()", "...", "goto", "::", "x, y = ", "(f)()", "\n(g)()",
}

-- The byte ranges of words, numbers, blanks and single characters.
local function tokens(source)
  local list, at = {}, 1
  while at <= #source do
    local _, last = source:find("^[%w_]+", at)
    if not last then
      _, last = source:find("^%s+", at)
    end
    last = last or at
    list[#list + 1] = source:sub(at, last)
    at = last + 1
  end
  return list
end

local function change(list)
  local n, at = random(6), random(#list)
  if n == 1 then
    table.remove(list, at)
  elseif n == 2 then
    table.insert(list, at, " " .. inserted[random(#inserted)] .. " ")
  elseif n == 3 then
    table.insert(list, at, list[random(#list)])
  elseif n == 4 then
    local other = random(#list)
    list[at], list[other] = list[other], list[at]
  elseif n == 5 then
    for _ = 1, random(8) do
      if list[at] then table.remove(list, at) end
    end
  else
    list[at] = inserted[random(#inserted)]
  end
end

-- A part of one of the sources, with up to three changes.
function mutate.source(sources)
  local source = sources[random(#sources)]
  local from = #source > 2000 and random(#source - 2000) or 1
  local list = tokens(source:sub(from, from + 2000))
  if random(3) > 1 and from > 1 then
    local text = source:sub(1, 2000)
    list = tokens(text)
  end
  for _ = 1, random(3) do
    if #list > 1 then change(list) end
  end
  return table.concat(list)
end

return mutate
