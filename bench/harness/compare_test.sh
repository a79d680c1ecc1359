#!/bin/sh
# SPDX-License-Identifier: MIT
# compare_test.sh: what compare.sh makes of two runs, of one run and the baseline, and how it fails.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/expect.sh"

# a tree of its own, for the baseline
mkdir bench
ln -s "$here" bench/harness
cp "$here/../compare.sh" bench/
compare=bench/compare.sh

# run <rate> <low> <high> <bytes>: a run with two figures, three samples of each
run()
{
    cat <<RUN
{"about": {"date": "today"}, "figures": {
  "rate": {"value": $1, "unit": "messages/s", "low": $2, "high": $3, "samples": [$2, $1, $3]},
  "rate@go": {"value": 1, "unit": "messages/s", "low": 1, "high": 1, "samples": [1, 1, 1]},
  "size": {"value": $4, "unit": "B", "low": $4, "high": $4, "samples": [$4, $4, $4]}}}
RUN
}

run 1000 980 1020 500 >old.json
run 960 940 980 510 >noise.json
run 800 790 810 500 >slow.json
run 1500 1400 1600 600 >mixed.json
run 800 500 1100 500 >wild.json
sed 's/"samples": [^}]*/"samples": [1]/' slow.json >single.json
expect 0 "2 figures compared, 0 worse" $compare old.json old.json
expect 0 "0 worse" $compare old.json noise.json
expect 1 "slower   rate" $compare old.json slow.json
expect 0 "faster   rate" $compare slow.json old.json
expect 1 "larger   size" $compare old.json mixed.json
expect 1 "faster   rate" $compare old.json mixed.json
expect 0 "0 worse" $compare old.json wild.json   # it varied by more than it lost
expect 0 "0 worse" $compare old.json single.json # nobody knows how it varies
# changed <name> <sed script>: old.json otherwise
changed()
{
    sed "$2" old.json >"$1.json"
}

changed lacks '/"size"/d; s/"samples": \[1, 1, 1\]},/"samples": [1, 1, 1]}}}/'
expect 1 "missing  size" $compare old.json lacks.json # its benchmark fails now
expect 1 "1 figures compared, 1 worse, of these 1 missing" $compare old.json lacks.json
expect 0 "1 figures compared, 0 worse" $compare lacks.json old.json
changed no_peer '/@go/d'
expect 0 "0 worse" $compare old.json no_peer.json
run 1000 980 1020 0 >zero.json
run 0 0 0 500 >stands.json
run 0 0 2000 500 >stumbles.json
expect 1 "larger   size" $compare zero.json old.json
expect 0 "0 worse" $compare zero.json zero.json
expect 0 "smaller  size" $compare old.json zero.json
expect 1 "slower   rate" $compare old.json stands.json
expect 0 "faster   rate" $compare stands.json old.json
expect 0 "2 figures compared, 0 worse" $compare stumbles.json old.json
grep -q rate output && echo "what lies within the spread about zero is no change" && status=1
changed kilo 's/"unit": "B"/"unit": "kB"/'
expect 2 "figure size: in B in OLD, in kB in NEW" $compare old.json kilo.json
changed quick 's/"date"/"quick": true, "date"/'
changed full 's/"date"/"quick": false, "date"/'
expect 2 "NEW was made with --quick, OLD was not" $compare old.json quick.json
expect 2 "OLD was made with --quick, NEW was not" $compare quick.json full.json
expect 0 "0 worse" $compare old.json full.json
changed two 's/"date"/"cpus": 2, "date"/'
changed many 's/"date"/"cpus": 64, "date"/'
expect 2 "OLD was made with 2 CPUs, NEW with 64" $compare two.json many.json
expect 0 "0 worse" $compare many.json many.json
changed null 's/"value": 500,/"value": null,/'
expect 2 'null.json: figure size: "value" must be a number' $compare old.json null.json
changed text 's/"low": 500,/"low": "500",/'
expect 2 'text.json: figure size: "low" must be a number' $compare text.json old.json
changed no_high 's/"high": 500,//'
expect 2 'no_high.json: figure size: "high" must be a number' $compare old.json no_high.json
changed no_unit 's/"unit": "B",//'
expect 2 'no_unit.json: figure size: "unit" must be a text' $compare old.json no_unit.json
changed no_samples 's/, "samples": .500, 500, 500.//'
expect 2 'no_samples.json: figure size: "samples" must be a list' $compare old.json no_samples.json
changed no_object 's/"size": .*/"size": 1}}/'
expect 2 'no_object.json: figure size: must be an object' $compare old.json no_object.json
changed other 's/rate"/pace"/; s/size/mass/'
expect 2 "no figure in common" $compare old.json other.json
echo '{"figures": {}}' >bare.json
expect 2 "bare.json: not a file of bench/run.sh --json" $compare old.json bare.json
echo '{"figures": ' >cut.json
expect 2 "cut.json: not JSON" $compare old.json cut.json
expect 2 "none.json" $compare none.json old.json
expect 2 "compare.sh [OLD.json] NEW.json" $compare
expect 2 "compare.sh [OLD.json] NEW.json" $compare old.json old.json old.json

changed tables 's/500, 500, 500/500, "many", 500/'
expect 2 'tables.json: figure size: "samples" must be a list of numbers' $compare old.json tables.json
changed here 's/"date"/"machine": "this", "date"/'
changed there 's/"date"/"machine": "that", "date"/'
expect 2 "OLD was made on this, NEW on that" $compare here.json there.json
expect 0 "0 worse" $compare here.json here.json

# a large loss is said, however noisy it is; exit status 1 is for those that are sure
run 600 200 1000 500 >noisy.json
run 1000 800 1200 500 >gain.json
run 760 500 1100 500 >little.json
expect 0 "noisy    rate                            1,000 ->          600 messages/s (-40 %, noise 69 %)" $compare old.json noisy.json
expect 0 "2 figures compared, 0 worse; 1 noisy, measure again with more rounds" $compare old.json noisy.json
expect 0 "0 worse" $compare old.json little.json
grep -q noisy output && echo "24 % within the noise need not be said" && status=1
expect 0 "0 worse" $compare noisy.json gain.json
grep -q noisy output && echo "a gain is no loss" && status=1

# of seven samples and more the outermost are left out
# many <sample>...: a run of these samples
many()
{
    printf '{"about": {}, "figures": {"rate": {"value": 1000, "unit": "x", "low": 1, "high": 1, "samples": [%s]}}}\n' "$(echo "$@" | sed 's/ /, /g')"
}
many 1000 980 1020 1010 10 990 9000 >seven.json
many 1000 980 1020 1010 10 990 >six.json
sed 's/1000/900/' seven.json >lost.json
expect 1 "slower   rate" $compare seven.json lost.json
expect 0 "0 worse" $compare six.json lost.json

# what costs more is worse, what gains more is better
sed 's/"x"/"x cost"/' seven.json >cost.json
sed 's/"x"/"x cost"/; s/1000/1200/' seven.json >dearer.json
sed 's/1000/1200/' seven.json >gained.json
expect 1 "slower   rate" $compare cost.json dearer.json
expect 0 "faster   rate" $compare seven.json gained.json
sed 's/"x"/"MB"/' seven.json >memory.json
sed 's/"x"/"MB"/; s/1000/1200/' seven.json >grown.json
expect 1 "larger   rate" $compare memory.json grown.json

# a figure is missing only if all rows that it needs were run
# rows <rows of the run> <rows that `size` needs>
rows()
{
    sed "s/\"date\"/\"rows\": [$1], \"date\"/; s/\"size\": {/\"size\": {\"rows\": [$2], /" old.json
}
rows '"one", "two"' '"one", "two"' >whole.json
rows '"one"' '' | sed '/"size"/d; s/"samples": \[1, 1, 1\]},/"samples": [1, 1, 1]}}}/' >part.json
rows '"one", "two", "three"' '' | sed '/"size"/d; s/"samples": \[1, 1, 1\]},/"samples": [1, 1, 1]}}}/' >failed.json
expect 0 "1 figures compared, 0 worse; 1 not measured" $compare whole.json part.json
expect 1 "1 figures compared, 1 worse, of these 1 missing" $compare whole.json failed.json
expect 1 "missing  size" $compare old.json failed.json  # nobody knows which rows it needs
expect 1 "missing  size" $compare whole.json lacks.json # nor which were run

# with the baseline
expect 2 "there is no bench/baseline.json" $compare old.json
cp old.json bench/baseline.json
expect 0 "2 figures compared, 0 worse" $compare noise.json
expect 1 "slower   rate" $compare slow.json
cp slow.json bench/baseline.json
expect 0 "faster   rate" $compare old.json
baseline=$here/../baseline.json
if [ -e "$baseline" ]; then
    expect 0 " 0 worse" "$here/../compare.sh" "$baseline"
    for text in '"quick": false' '"rows": ' '"machine": '; do
        grep -qF "$text" "$baseline" || { echo "baseline.json has no $text" && status=1; }
    done
fi
exit $status
