-- Fails with the text, in the way that is asked for.
return {
    main = function(act, text)
        if act == "raise" then error(text, 0) end
        if act == "raise_object" then error(errors.new(text)) end
        return nil, act == "return_text" and text or errors.new(text)
    end,
}
