-- Writes about 4 MB of log records and ends.
return {
  main = function()
    for i = 1, 20000 do print("record", i, ("x"):rep(150)) end
  end,
}
