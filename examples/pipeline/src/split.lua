-- Stage 2: lines become words.
local stage = require("stage")

local function main(target: string)
  stage.run(target, function(line, emit)
    for word in line:gmatch("%S+") do emit(word) end
  end)
end

return { main = main }
