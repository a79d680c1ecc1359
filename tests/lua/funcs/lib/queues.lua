-- modules: funcs
local function main(id, parent, number)
  process.send(parent, "asking", number)
  return require("funcs").call(id, parent, number)
end

return { main = main }
