-- imports: words=test:many_words
-- Large blocks of a template are given back and replaced like others: the constants of a chunk that has run, the table of all strings.
assert(#words == 1500 and words[1] == "word_0000" and words[1500] == "word_1499")
local keep = {}
for round = 1, 20 do
    for i = 1, 2000 do
        keep[i] = "string " .. round .. " " .. i
    end
end
for i, word in ipairs(words) do
    assert(word == ("word_%04d"):format(i - 1))
end
assert(keep[2000] == "string 20 2000")
words = nil
keep = nil
for round = 1, 200 do -- and the table shrinks again
    local garbage = {}
    for i = 1, 500 do
        garbage[i] = { i }
    end
end
assert(require("words")[700] == "word_0699")
