-- yaml: meta: {default_host: nowhere}
return { main = function() end }
