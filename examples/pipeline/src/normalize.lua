-- Stage 3: words in small letters, without punctuation.
local stage = require("stage")

local function main(target: string)
  stage.run(target, function(word, emit)
    local plain = word:lower():gsub("%p", "")
    if plain ~= "" then emit(plain) end
  end)
end

return { main = main }
