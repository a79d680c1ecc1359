-- A job whose second run fails.
local function main(number)
  if number == 2 then error(errors.new("out of luck")) end
end

return { main = main }
