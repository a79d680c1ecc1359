-- modules: uuid
local owner, each = ...
local list = {}
for _ = 1, each do
    list[#list + 1] = uuid.v1()
    list[#list + 1] = uuid.v4()
    list[#list + 1] = uuid.v7()
end
process.send(owner, "list", list)
