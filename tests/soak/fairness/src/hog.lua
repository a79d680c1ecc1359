-- Computes without end.
local function main()
  local x = 1
  while true do x = (x * 1103515245 + 12345) & 0x7fffffff end
end

return { main = main }
