-- FNV-1a over words. The chunk itself computes, so that loading it takes several slices under some seeds.
local words = {}
for i = 1, 200 do words["word " .. i] = i end
local first_order = {}
for word in pairs(words) do first_order[#first_order + 1] = word end

local function new()
  local hash = -3750763034362895579
  local self = {}
  function self.add(...)
    for _, value in ipairs({ ... }) do
      for _, byte in ipairs({ tostring(value):byte(1, -1) }) do hash = (hash ~ byte) * 1099511628211 end
      hash = (hash ~ 256) * 1099511628211
    end
  end
  function self.text() return string.format("%016x", hash) end
  return self
end

return { new = new, order_of_strings = first_order }
