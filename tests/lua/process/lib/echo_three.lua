-- Sends back the first three items that it gets.
return {
  main = function(parent)
    local items, list = process.listen("item"), {}
    for i = 1, 3 do list[i] = items:receive() end
    process.send(parent, "three", table.concat(list, ","))
  end,
}
