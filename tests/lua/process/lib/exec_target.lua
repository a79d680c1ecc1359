return {
    main = function(to)
        local go = process.listen("go")
        process.send(to, "started", process.pid())
        return (go:receive())
    end,
}
