return process.events():receive().reason
