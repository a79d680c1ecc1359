-- The smallest application: one process on the terminal.
local io = require("io")

local function main()
  local names = io.args()
  if #names == 0 then names = { "world" } end
  for _, name in ipairs(names) do
    io.print("hello, " .. name)
  end
end

return { main = main }
