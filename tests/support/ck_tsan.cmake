# SPDX-License-Identifier: MIT
# Puts the generated ck_pr.h before the installed one, for all targets.
set(CK_TSAN_DIR ${CMAKE_BINARY_DIR}/ck_tsan)
execute_process(COMMAND ${CMAKE_CURRENT_LIST_DIR}/ck_tsan.sh ${CK_TSAN_DIR} COMMAND_ERROR_IS_FATAL ANY)
include_directories(BEFORE ${CK_TSAN_DIR})
add_compile_definitions(CK_USE_CC_BUILTINS=1)
