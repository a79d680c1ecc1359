-- Stage 4: counts words; at the end it gives them on, the most frequent first.
local stage = require("stage")

local function main(target: string)
  local counts: {[string]: integer} = {}
  stage.run(target, function(word) counts[word] = (counts[word] or 0) + 1 end, function(emit)
    local words: {string} = {}
    for word in pairs(counts) do words[#words + 1] = word end
    table.sort(words, function(a, b)
      if counts[a] ~= counts[b] then return counts[a] > counts[b] end
      return a < b
    end)
    for _, word in ipairs(words) do emit({ word = word, count = counts[word] }) end
  end)
end

return { main = main }
