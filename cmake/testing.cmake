# SPDX-License-Identifier: MIT
# What all tests have in common: time limits and the rules of the sanitizers.

set(SANITIZER_REPORT "ERROR: (Address|Leak)Sanitizer;WARNING: ThreadSanitizer;runtime error:")
set(SANITIZER_ENV
    "ASAN_OPTIONS=handle_segv=0:allow_user_segv_handler=1:detect_stack_use_after_return=0"
    "UBSAN_OPTIONS=print_stacktrace=1"
    "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/tests/support/lsan.supp:print_suppressions=0"
    "TSAN_OPTIONS=exitcode=66:handle_segv=0:second_deadlock_stack=1:suppressions=${CMAKE_SOURCE_DIR}/tests/support/tsan.supp")

# These take longest and begin first, so that none of them is left to run alone.
set(LONG_TESTS lua.threats model.protocols soak.restart lua.process bench.peers fault.oom unit.vm stress.types lua.scenarios)

# test_properties(name label seconds): limits and what makes a test fail whatever its exit status is.
function(test_properties name label seconds)
  math(EXPR limit "${seconds} * ${SLOWNESS}")
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT ${limit} ENVIRONMENT "${SANITIZER_ENV}")
  if(name IN_LIST LONG_TESTS)
    set_tests_properties(${name} PROPERTIES COST 1000)
  endif()
  if(SANITIZE)
    set_tests_properties(${name} PROPERTIES FAIL_REGULAR_EXPRESSION "${SANITIZER_REPORT}")
  endif()
endfunction()
