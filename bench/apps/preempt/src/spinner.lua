-- Never gives anything up by itself.
return {
  main = function(parent)
    process.send(parent, "spinning", 1)
    while true do end
  end,
}
