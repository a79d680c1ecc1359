local x = nil
x.field = 1
return {}
