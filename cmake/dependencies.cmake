# SPDX-License-Identifier: MIT
# The libraries of the distribution that the layers use; packages.txt names their packages.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.3)
pkg_check_modules(URING REQUIRED IMPORTED_TARGET liburing)
pkg_check_modules(CK REQUIRED IMPORTED_TARGET ck)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(UUID REQUIRED IMPORTED_TARGET uuid)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(MPACK REQUIRED IMPORTED_TARGET mpack)

# moonlet_malloc: replaces malloc in the binary. Nothing names a symbol of it, so it must be linked as needed or not.
# Sanitizers bring their own malloc.
add_library(moonlet_malloc INTERFACE)
if(NOT SANITIZE)
  find_package(mimalloc REQUIRED)
  target_link_libraries(moonlet_malloc INTERFACE -Wl,--no-as-needed mimalloc -Wl,--as-needed)
endif()
