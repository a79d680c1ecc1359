-- yaml: meta: {default_host: processes}
error("broken on purpose", 0)
return {}
