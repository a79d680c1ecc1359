-- Waits until it is canceled.
return {
  main = function()
    process.events():receive()
    return "canceled"
  end,
}
