return { main = function(a, b, to)
    assert(process.link(a))
    if b then assert(process.link(b)) end
    process.send(to, "linked")
    process.events():receive()
end }
