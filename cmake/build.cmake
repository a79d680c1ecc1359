# SPDX-License-Identifier: MIT
# Compile options, and the function that makes a folder a static library.

set(SANITIZE "" CACHE STRING "'' | address,undefined | thread | fuzzer-no-link,address,undefined")
option(WERROR "Treat warnings as errors" OFF)
option(FAULTS "MOONLET_FAULT=... makes named points fail (host/faults.h); for tests" OFF)

option(COMPILE_ONLY "Test programs are compiled, for the warnings, and not linked" OFF)
option(LTO "Optimise the binary as a whole: a fifth less CPU per message; gcc only" OFF)

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_definitions(_GNU_SOURCE MOONLET_VERSION="${PROJECT_VERSION}")
add_compile_options(-Wall -Wextra -Wshadow -Wpointer-arith -fno-strict-aliasing -fstack-protector-strong
                    "$<$<COMPILE_LANGUAGE:C>:-Wstrict-prototypes;-Wmissing-prototypes>"
                    "$<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions;-fno-rtti>")
# All relocations at start: the lazy resolver must never run inside the preemption signal's handler.
add_link_options(-Wl,-z,now -Wl,-z,relro)
# Over a hundred test programs are linked: gold, which comes with binutils, takes half the time.
find_program(GOLD ld.gold)
if(GOLD AND CMAKE_BUILD_TYPE STREQUAL "Debug")
  add_link_options(-fuse-ld=gold)
endif()
include_directories(${CMAKE_SOURCE_DIR})
if(CMAKE_C_COMPILER_ID MATCHES "Clang")
  # struct message, whose bytes follow it, is embedded where none follow.
  add_compile_options(-Wno-gnu-variable-sized-type-not-at-end)
endif()
if(LTO)
  # Fat objects: tests and benchmarks of this build link without it, which is quicker.
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-flto=auto> $<$<COMPILE_LANGUAGE:C>:-ffat-lto-objects>)
endif()
include(${CMAKE_SOURCE_DIR}/cmake/profile.cmake)
if(WERROR)
  add_compile_options(-Werror)
  # Below -O2 and under sanitizers gcc's analysis gives false alarms; the release preset and clang still look.
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-Wno-maybe-uninitialized)
  endif()
endif()
if(FAULTS)
  add_compile_definitions(MOONLET_FAULTS)
else()
  set(WITHOUT_FAULTS faults.c)
endif()
# How much slower than others this build may be: a factor on time limits of tests and of the VM.
set(SLOWNESS 1)
if(SANITIZE)
  set(SLOWNESS 4)
endif()
add_compile_definitions(MOONLET_SLOWNESS=${SLOWNESS})
if(SANITIZE)
  add_compile_options(-fsanitize=${SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${SANITIZE})
endif()
if(SANITIZE MATCHES "thread")
  # gcc warns wherever atomic_thread_fence is used: TSan does not model fences, which the code knows.
  if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    # Every longjmp of Lua would leave the frames it jumps over in TSan's own stack, which overflows in long runs: none is kept.
    add_compile_options(-Wno-tsan --param tsan-instrument-func-entry-exit=0)
  endif()
  include(${CMAKE_SOURCE_DIR}/tests/support/ck_tsan.cmake)
  # The preemption signal's handler: see tsan_runtime.c.
  set_source_files_properties(sched/interrupt.c vm/preempt.c PROPERTIES COMPILE_OPTIONS -fno-sanitize=thread)
endif()

# What every executable links.
add_library(program INTERFACE)
if(SANITIZE MATCHES "thread")
  add_library(tsan_runtime OBJECT ${CMAKE_SOURCE_DIR}/tests/support/tsan_runtime.c)
  target_sources(program INTERFACE $<TARGET_OBJECTS:tsan_runtime>)
endif()

# layer(target folder [LINK libs…] [EXCLUDE files…])
# All .c and .cpp files of the folder, not of its subfolders, as one static library that brings the libraries it links. A folder
# without sources gives an empty library, so that the layers can grow one after the other.
function(layer target folder)
  cmake_parse_arguments(LAYER "" "" "LINK;EXCLUDE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/*.c ${CMAKE_SOURCE_DIR}/${folder}/*.cpp)
  foreach(name ${LAYER_EXCLUDE})
    list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${folder}/${name})
  endforeach()
  if(sources)
    add_library(${target} STATIC ${sources})
    set_target_properties(${target} PROPERTIES OUTPUT_NAME moonlet_${target})
    target_link_libraries(${target} PUBLIC ${LAYER_LINK})
    set_property(GLOBAL APPEND PROPERTY LAYER_LIBRARIES ${target})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE ${LAYER_LINK})
  endif()
endfunction()
