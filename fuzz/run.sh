#!/usr/bin/env bash
# Runs the fuzz targets one after another: `fuzz/run.sh seconds 20` gives each that long, and
# `fuzz/run.sh total 10000000` shares so many executions out. Names of targets after it choose some.
#
# The last line of each says how many executions it came to. A finding is kept below
# fuzz/artifacts, the other targets still run, and the script fails at the end.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Each with its share of a total, in parts of a hundred, its longest input and its dictionary: what is
# quick gets most of it, what opens folders tens of thousands out of ten millions.
readonly targets='
terminal_escape 35    512   -
query           22    512   query.dict
record_codec    28    3000  json.dict
fold_bytes      2     3000  json.dict
importers       4     3000  json.dict
fold_split      2     3000  json.dict
fold_vs_oracle  2     256   -
decide_apply    1     256   -
store_ops       2     400   -
cli_args_status 1     256   query.dict
recover_dir     1     400   -
'

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# Where stores are made: a sync costs nothing in memory, and what it is worth the crash tests show.
scratch=$(mktemp -d -p "$(test -w /dev/shm && echo /dev/shm || echo /tmp)")
trap 'rm -rf "$scratch"' EXIT
export TMPDIR=$scratch

[[ $# -ge 2 && $1 =~ ^(seconds|total)$ && $2 =~ ^[0-9]+$ ]] || usage
how=$1 amount=$2
shift 2

failed=()
while read -r target share max_len dict; do
  [[ -n $target ]] || continue
  if [[ $# -gt 0 && " $* " != *" $target "* ]]; then continue; fi
  options=(-timeout=20 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=0 "-max_len=$max_len")
  [[ $dict == - ]] || options+=("-dict=fuzz/$dict")
  if [[ $how == seconds ]]; then
    options+=("-max_total_time=$amount")
  else
    options+=("-runs=$((amount * share / 100))")
  fi
  mkdir -p "fuzz/corpus/$target"
  log=$scratch/$target.log
  # All of it is safe Rust: the address sanitizer would find nothing and take half of the time.
  if ! cargo +nightly fuzz run --sanitizer none "$target" "fuzz/corpus/$target" "fuzz/seeds/$target" \
    -- "${options[@]}" >"$log" 2>&1 </dev/null; then
    failed+=("$target")
    tail -n 40 "$log"
  fi
  printf '%s: %s executions\n' "$target" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
done <<<"$targets"

if [[ ${#failed[@]} -gt 0 ]]; then
  printf 'findings in: %s\n' "${failed[*]}" >&2
  exit 1
fi
