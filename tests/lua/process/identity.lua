-- pid, id, spawn results: spec 6.1, 6.2.
local function main()
    local pid = process.pid()
    assert(type(pid) == "string" and pid:match("^{test:terminal|0x%x+}$"), pid)
    assert(process.pid() == pid)
    assert(process.id() == "test:main")
    local child = assert(process.spawn("test:child", "test:processes", "wait"))
    assert(child:match("^{test:processes|0x%x+}$"), child)
    assert(child ~= pid)
    assert(process.terminate(child))

    local function fails(kind, text, ...)
        local v, err = process.spawn(...)
        assert(v == nil and type(err) == "userdata", tostring(err))
        assert(err:kind() == kind and err:message():find(text, 1, true), err:kind() .. ": " .. err:message())
        assert(err:retryable() == false or err:retryable() == nil)
        return err
    end
    fails(errors.INVALID, "id", nil, "test:processes")
    fails(errors.INVALID, "id", "", "test:processes")
    fails(errors.INVALID, "host", "test:child")
    fails(errors.INVALID, "host", "test:child", "")
    assert(fails(errors.NOT_FOUND, "host not found", "test:child", "test:nowhere"):details().host_id == "test:nowhere")
    assert(fails(errors.NOT_FOUND, "factory not found", "test:nobody", "test:processes"):details().factory_id == "test:nobody")
    fails(errors.NOT_FOUND, "factory not found", "test:processes", "test:processes")
    for _, id in ipairs { "test:child\0", "\0", "test:chil", "test:child ", "tesT:child", ("x"):rep(256), ("test:child"):rep(10000) } do
        fails(errors.NOT_FOUND, "factory not found", id, "test:processes")
        fails(errors.NOT_FOUND, "host not found", "test:child", id)
    end
    fails(errors.NOT_FOUND, "host not found", "test:child", "test:processes\0")
    fails(errors.NOT_FOUND, "host not found", "test:child", "test:process")
    fails(errors.INTERNAL, "broken:2", "test:broken", "test:processes")
    fails(errors.NOT_FOUND, "method \"main\" not found", "test:no_method", "test:processes")
    fails(errors.INTERNAL, "cannot block while loading", "test:blocks_in_load", "test:processes")
    assert(not pcall(process.spawn, {}, "test:processes"))
    assert(not pcall(process.spawn, "test:child", {}))
end
return { main = main }
