-- Answers one message and ends.
return {
    main = function(to)
        process.send(to, "answer", process.inbox():receive():payload():data())
    end,
}
