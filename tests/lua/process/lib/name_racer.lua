return {
    main = function(name, to, i)
        assert(process.with_context({}):with_name(name):with_message("job", i):spawn("test:worker", "test:processes", to))
    end,
}
