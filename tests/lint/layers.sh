#!/bin/sh
# SPDX-License-Identifier: MIT
# layers.sh: includes go downwards only: sched/base < sched < {io, vm} < stdlib < host; io and vm never include each other.
# lua.h never in sched/ or io/, liburing.h only in io/, yaml.h only in host/ and stdlib/; what is C++ only in stdlib/cxx, which
# includes nothing else and only stdlib and host include. Every project include is written from the root and exists.
. "$(dirname "$0")/lib.sh"

findings=$(layer_files | xargs awk '
    function layer(path) {
        if (path ~ /^sched\/base\//) return "base"
        if (path ~ /^vm\/lang\//) return "lang"
        if (path ~ /^stdlib\/cxx\//) return "cxx"
        sub(/\/.*/, "", path)
        return path
    }
    function wrong(why) { printf "%s:%d: %s: %s\n", FILENAME, FNR, why, $0 }
    BEGIN {
        may["base"] = " base "
        may["sched"] = " base sched "
        may["io"] = " base sched io "
        may["lang"] = " base lang "
        may["vm"] = " base sched lang vm "
        may["cxx"] = " cxx "
        may["stdlib"] = " base sched io lang vm cxx stdlib "
        may["host"] = " base sched io lang vm cxx stdlib host "
        third["lua.h"] = third["lauxlib.h"] = third["lualib.h"] = " lang vm stdlib host "
        third["liburing.h"] = third["linux/io_uring.h"] = " io "
        third["yaml.h"] = " stdlib host "
        third["mpack.h"] = " stdlib "
        third["simdjson.h"] = third["re2/re2.h"] = " cxx "
        third["criterion/criterion.h"] = " "
    }
    FNR == 1 { mine = layer(FILENAME) }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, part, "\"")
        theirs = layer(part[2])
        if (part[2] !~ /\// || !(theirs in may)) wrong("not written from the root of the layers")
        else if (index(may[mine], " " theirs " ") == 0) wrong(mine " must not include " theirs)
        else print "exists " part[2]
    }
    /^[ \t]*#[ \t]*include[ \t]*</ {
        split($0, part, "[<>]")
        if (part[2] in third && index(third[part[2]], " " mine " ") == 0) wrong(mine " must not include " part[2])
    }')

echo "$findings" | grep -v '^exists ' | grep . && status=1
for header in $(echo "$findings" | sed -n 's/^exists //p' | sort -u); do
    [ -f "$header" ] || complain "\"$header\" is included and does not exist"
done
exit $status
