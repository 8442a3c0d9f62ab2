#!/bin/sh
# Plays a mission that would have been declared complete while work was in flight.
#
# An orchestrator plans first and then hands the work out. It loses track of what it handed out,
# sees nothing in its own list, and declares the mission complete. Here it cannot: what is open is
# in the log, not in anybody's memory.
#
#   ORCH=target/debug/orch sh examples/premature-completion.sh
#
# Without ORCH, `orch` is taken from the path. Nothing outside a temporary folder is written.
set -eu

orch=${ORCH:-orch}
case $orch in
    */*) orch=$(cd "$(dirname "$orch")" && pwd)/$(basename "$orch") ;;
esac
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
unset ORCH_STORE ORCH_MISSION ORCH_ACTOR ORCH_ATTEMPT
USER=orchestrator COLUMNS=80
export USER COLUMNS

# The clock of the story: each command is given its time, so that it is told the same each time.
hour=9 minute=0

later() {
    minute=$((minute + $1))
    while [ "$minute" -ge 60 ]; do
        hour=$((hour + 1)) minute=$((minute - 60))
    done
}

at() {
    printf '2026-11-20T%02d:%02d:00Z' "$hour" "$minute"
}

say() {
    printf '\n# %s\n' "$*"
}

# Runs a command, shows it, and insists on how it ends.
ends() {
    wanted=$1
    shift
    later 1
    printf '$ orch'
    for word in "$@"; do
        case $word in
            *' '*) printf " '%s'" "$word" ;;
            *) printf ' %s' "$word" ;;
        esac
    done
    printf '\n'
    code=0
    "$orch" --now "$(at)" "$@" 2>&1 || code=$?
    [ "$code" -eq 0 ] || printf '(exit %s)\n' "$code"
    if [ "$code" -ne "$wanted" ]; then
        printf 'this story expected exit %s\n' "$wanted" >&2
        exit 1
    fi
}

run() {
    ends 0 "$@"
}

phases=''

# Notes the phase of the mission, which nobody sets: it follows from the log.
phase() {
    now=$("$orch" --now "$(at)" status --field data.phase.kind)
    printf '[the mission is %s]\n' "$now"
    case $phases in
        *"$now") ;;
        *) phases="$phases $now" ;;
    esac
}

say 'The orchestrator plans: the specification first, then what is built from it.'
"$orch" --quiet --output none init
run mission new sign-in --title 'Sign in'
run agent register ann
run agent register ben
run add 'specify how to sign in' --id spec --kind spec
run add 'build the login form' --id form --kind implement --dep spec --gate review
run add 'build the session' --id session --kind implement --dep spec --clock progress=10m
phase

say 'Nothing can be built before the specification is there.'
ends 5 dispatch form --to ann
run -A ann claim spec
run -A ann handoff spec --status done --summary 'two pages'
run ready

say 'The work is handed out. Each attempt is on record, with who has it.'
run dispatch form --to ann
run dispatch session --to ben
run -A ann start form
run -A ben start session
phase

say 'The orchestrator believes that it is done: its own list is empty.'
ends 5 close
ends 10 check 'done'
run why-not complete
phase

say 'Ben goes silent. A clock brings it up, so that nobody waits for ever.'
later 15
run tick
run why session

say 'The work goes to ann. What ben reports later is kept, and changes nothing.'
run rebind session --to ann --reason 'ben is silent'
ends 9 -A ben handoff session --attempt 1 --status 'done' --summary 'sorry, here it is'
run -A ann handoff session --status 'done' --summary 'it holds for a day'

say 'The form is built, and waits for its review. That is not done either.'
run -A ann handoff form --status 'done' --summary 'with a test'
phase
ends 5 close

say 'It is reviewed, by somebody who did not build it.'
run gate request form review --to ben
run -A ben gate pass form review

say 'What was handed back is read, and now the mission is complete.'
run ack 8 16
run close
ends 0 check 'done'
phase
run progress

say "The phases, in order:$phases"
[ "$phases" = ' planning executing reviewing completed' ]
