-- modules: env
env.set("IN_FILE", "written by the dead")
