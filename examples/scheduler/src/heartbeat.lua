-- A job that works.
local function main(number) return number end

return { main = main }
