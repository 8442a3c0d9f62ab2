#!/bin/sh
# A machine in plain shell, held against the laws of orch: nothing but what POSIX has in every sh.
#
#     orch conform -- sh examples/conform/tiny.sh
#
# It keeps the status of tasks that are declared, dispatched, started and done. With an argument it is
# wrong in one way, and found out:
#
#     orch conform -- sh examples/conform/tiny.sh eager     takes what has begun for done: OUTPUT_IS_NOT_DONE

fault=$1
tasks=

# Prints what stands behind a key: text_of KEY LINE.
text_of() {
    rest=${2#*"\"$1\":\""}
    found=${rest%%\"*}
}

# Gives a task a status: every task is one line, its status behind the last space.
becomes() {
    kept=
    for entry in $tasks; do
        [ "${entry%=*}" = "$1" ] || kept="$kept $entry"
    done
    tasks="$kept $1=$2"
}

apply() {
    text_of kind "$1"
    kind=$found
    text_of task "$1"
    case $kind in
        task_declared) becomes "$found" open ;;
        dispatched) becomes "$found" dispatched ;;
        attempt_started)
            if [ "$fault" = eager ]; then becomes "$found" accepted; else becomes "$found" running; fi ;;
        handoff) becomes "$found" accepted ;;
    esac
}

show() {
    shown=
    for entry in $tasks; do
        shown="$shown${shown:+,}\"${entry%=*}\":{\"status\":\"${entry##*=}\"}"
    done
    printf '{"state":{"tasks":{%s}}}\n' "$shown"
}

while IFS= read -r line; do
    text_of do "$line"
    case $found in
        hello)
            work='["task","attempt","agent"]'
            opened='"mission_opened":["*"],"agent_joined":["*"],"task_declared":["task","title"]'
            moved="\"dispatched\":$work,\"attempt_started\":$work"
            done='"handoff":["task","attempt","agent","status=done"]'
            printf '{"protocol":1,"name":"tiny.sh","claims":{"shows":["tasks.status"],"kinds":{%s}}}\n' \
                "$opened,$moved,$done" ;;
        reset)
            tasks=
            printf '{"ok":true}\n' ;;
        apply)
            apply "$line"
            show ;;
        *) printf '{"error":"%s is not known"}\n' "$found" ;;
    esac
done
