# SPDX-License-Identifier: MIT
# Profile-guided optimisation, of C only and with gcc only: scripts/release.sh builds the preset training, which has PROFILE=make, runs what
# is to be fast, moves the profile to build/release and builds that with PROFILE=use. Without a profile the binary is the same program, a
# tenth slower where it switches and sends.
set(PROFILE "" CACHE STRING "make: count how often code runs, into <build>/profile; use: optimise by what was counted; empty: neither")
set_property(CACHE PROFILE PROPERTY STRINGS "" make use)

if(PROFILE AND NOT CMAKE_C_COMPILER_ID STREQUAL "GNU")
  message(FATAL_ERROR "PROFILE needs gcc; with ${CMAKE_C_COMPILER_ID} leave it empty")
endif()
set(profile ${CMAKE_BINARY_DIR}/profile)
if(PROFILE)
  # A file of counts is named by the path of its object; without the build folder, so that the other build finds it.
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fprofile-prefix-path=${CMAKE_BINARY_DIR}>)
endif()
if(PROFILE STREQUAL "make")
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fprofile-generate=${profile}> $<$<COMPILE_LANGUAGE:C>:-fprofile-update=prefer-atomic>)
  add_link_options(-fprofile-generate=${profile})
elseif(PROFILE STREQUAL "use")
  # Functions that have changed since, or that no run has reached, are compiled as without a profile. gcc 12 inlines so much then that it warns
  # of paths that nothing takes; the build without a profile has those warnings.
  add_compile_options($<$<COMPILE_LANGUAGE:C>:-fprofile-use=${profile}> $<$<COMPILE_LANGUAGE:C>:-fprofile-partial-training>
                      $<$<COMPILE_LANGUAGE:C>:-Wno-missing-profile> $<$<COMPILE_LANGUAGE:C>:-Wno-coverage-mismatch>
                      $<$<COMPILE_LANGUAGE:C>:-Wno-stringop-overflow> $<$<COMPILE_LANGUAGE:C>:-Wno-use-after-free>)
  add_link_options($<$<LINK_LANGUAGE:C,CXX>:-Wno-stringop-overflow> $<$<LINK_LANGUAGE:C,CXX>:-Wno-use-after-free>)
elseif(PROFILE)
  message(FATAL_ERROR "PROFILE is \"${PROFILE}\"; it can be make, use or empty")
endif()
