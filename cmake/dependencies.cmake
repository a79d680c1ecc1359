# SPDX-License-Identifier: MIT
# The libraries of the distribution that the layers use; packages.txt names their packages.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(URING REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(CK REQUIRED IMPORTED_TARGET ck)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(UUID REQUIRED IMPORTED_TARGET uuid)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(MPACK REQUIRED IMPORTED_TARGET mpack)

# Lua as an archive, as the interpreter lua5.3 has it: through the table of the shared library a call of its API costs a third more.
# Preemption rests on how this build reads its hook mask in empty loops: t_preempt looks.
pkg_check_modules(LUA REQUIRED lua5.3)
pkg_get_variable(LUA_FOLDER lua5.3 libdir)
find_library(LUA_ARCHIVE liblua5.3.a HINTS ${LUA_FOLDER} ${LUA_LIBRARY_DIRS} REQUIRED)
add_library(lua STATIC IMPORTED)
set_target_properties(lua PROPERTIES IMPORTED_LOCATION ${LUA_ARCHIVE} INTERFACE_INCLUDE_DIRECTORIES "${LUA_INCLUDE_DIRS}"
                                     INTERFACE_LINK_LIBRARIES "m;dl")
# Its jumps are ours where we have some: vm/jump.c says why. A library behind the archive, which alone calls them. Both ends of a jump must be
# ours: an archive compiled without _FORTIFY_SOURCE leaves by _longjmp, and keeps glibc's.
file(STRINGS ${LUA_ARCHIVE} LUA_JUMPS REGEX "__longjmp_chk" LIMIT_COUNT 1)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND LUA_JUMPS AND NOT SANITIZE)
  add_library(jump STATIC vm/jump.c)
  set_target_properties(jump PROPERTIES OUTPUT_NAME moonlet_jump)
  target_compile_options(jump PRIVATE -fno-lto)
  set_property(TARGET lua APPEND PROPERTY INTERFACE_LINK_LIBRARIES jump)
  set_property(TARGET lua PROPERTY INTERFACE_LINK_OPTIONS "LINKER:--wrap=_setjmp,--wrap=__longjmp_chk")
endif()

# moonlet_malloc: replaces malloc in the binary. Nothing names a symbol of it, so it must be linked as needed or not.
# Sanitizers bring their own malloc.
add_library(moonlet_malloc INTERFACE)
if(NOT SANITIZE)
  find_package(mimalloc REQUIRED)
  target_link_libraries(moonlet_malloc INTERFACE -Wl,--no-as-needed mimalloc -Wl,--as-needed)
endif()
