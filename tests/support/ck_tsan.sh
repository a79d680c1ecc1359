#!/bin/sh
# SPDX-License-Identifier: MIT
# ck_tsan.sh <directory>: writes a copy of concurrencykit's ck_pr.h there whose loads and stores are C11 atomics.
#
# ThreadSanitizer does not see into ck's assembler, and the loads and stores of ck's compiler-builtins variant are only
# volatile. So five statements of that variant are rewritten; compile with -DCK_USE_CC_BUILTINS=1 and the directory first
# on the include path. Fences become compiler barriers, for TSan does not model them: what is checked is that accesses are
# ordered by atomics at all, not where the fences stand. Double-width CAS does not exist in this variant.
set -eu
out=$1
headers=${CK_INCLUDE:-/usr/include}
mkdir -p "$out/gcc"
cp "$headers/ck_pr.h" "$out/"
cp "$headers/gcc/ck_f_pr.h" "$out/gcc/"
sed -e 's/r = CK_PR_ACCESS(\*(const T \*)target);/__atomic_load((const T *)target, \&r, __ATOMIC_SEQ_CST);/' \
    -e 's/CK_PR_ACCESS(\*(T \*)target) = v;/__atomic_store((T *)target, \&v, __ATOMIC_SEQ_CST);/' \
    -e 's/r = CK_CC_DECONST_PTR(\*(volatile void \*const\*)(target));/r = __atomic_load_n((void *const *)target, __ATOMIC_SEQ_CST);/' \
    -e 's/\*(volatile void \*\*)target = CK_CC_DECONST_PTR(v);/__atomic_store_n((void **)target, CK_CC_DECONST_PTR(v), __ATOMIC_SEQ_CST);/' \
    -e 's/__sync_synchronize();/ck_pr_barrier();/' \
    "$headers/gcc/ck_pr.h" >"$out/gcc/ck_pr.h"
# Another version of ck may be written differently: then the rewrite must not go unnoticed.
changed=$(diff "$headers/gcc/ck_pr.h" "$out/gcc/ck_pr.h" | grep -c '^>' || true)
if [ "$changed" -ne 5 ]; then
    echo "ck_tsan.sh: expected to rewrite 5 lines of gcc/ck_pr.h, rewrote $changed" >&2
    exit 1
fi
