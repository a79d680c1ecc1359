return { main = function(name, to)
    local ok = process.registry.register(name)
    process.send(to, "won", ok == true)
    if ok then process.events():receive() end
end }
