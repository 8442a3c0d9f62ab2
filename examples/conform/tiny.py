#!/usr/bin/env python3
"""A framework's own machine, held against the laws of orch: needs nothing but Python.

    orch conform -- python3 examples/conform/tiny.py

It keeps the plain life of a task: declared, dispatched, started, handed over as done or in part. That is
what it claims, and all that it is asked for. With the name of a fault it is wrong in one way, and found out:

    orch conform -- python3 examples/conform/tiny.py late        breaks FENCE
    orch conform -- python3 examples/conform/tiny.py partial     breaks HANDOFF_GATE
"""

import json
import sys

FAULT = sys.argv[1] if len(sys.argv) > 1 else None


class Plan:
    """The framework's own type: it knows nothing of orch but the records."""

    def __init__(self):
        self.mission, self.head, self.agents, self.tasks = None, 0, [], {}

    def take(self, record):
        if record["seq"] <= self.head or self.mission not in (None, record["mission"]):
            return  # It came before, or is none of ours.
        self.mission, self.head = record["mission"], record["seq"]
        kind, data = record["kind"], record["data"]
        if kind == "agent_joined":
            self.agents.append(f"{data['agent']}#{data['incarnation']}")
        elif kind == "task_declared":
            self.tasks[data["task"]] = {"status": "open", "attempts": {}}
        elif kind == "dispatched":
            self.work(data, "dispatched", "dispatched")
        elif kind == "attempt_started" and self.is_open(data):
            self.work(data, "running", "started")
        elif kind == "handoff" and self.is_open(data):
            is_done = data["status"] == "done" or FAULT == "partial"
            self.work(data, "accepted" if is_done else "open", "closed")

    def is_open(self, data):
        """Whether a report is of an open attempt and by its owner; any other changes nothing."""
        attempt = self.tasks.get(data["task"], {}).get("attempts", {}).get(data["attempt"])
        return bool(attempt) and (attempt["stage"] != "closed" or FAULT == "late")

    def work(self, data, status, stage):
        task = self.tasks[data["task"]]
        task["status"] = status
        task["attempts"][data["attempt"]] = {"owner": data["agent"], "stage": stage}


# From here on it is what the kit needs: what the machine claims, what it shows, and a loop.

KINDS = {
    "mission_opened": ["*"],
    "agent_joined": ["*"],
    "task_declared": ["task", "title"],
    "dispatched": ["task", "attempt", "agent"],
    "attempt_started": ["task", "attempt", "agent"],
    "handoff": ["task", "attempt", "agent", "status=done", "status=partial"],
}
CLAIMS = {
    "logs": "late",
    "shows": ["tasks.status", "tasks.attempts", "agents", "in_flight"],
    "kinds": KINDS,
    "takes": ["duplicates", "foreign"],
    "snapshots": True,
}


def state(plan):
    attempts = [it for task in plan.tasks.values() for it in task["attempts"].values()]
    in_flight = sum(it["stage"] in ("dispatched", "started") for it in attempts)
    return {"tasks": plan.tasks, "agents": dict.fromkeys(plan.agents, "live"), "in_flight": in_flight}


def restored(snapshot):
    """JSON has no numbers for keys."""
    plan = Plan()
    vars(plan).update(json.loads(snapshot))
    for task in plan.tasks.values():
        task["attempts"] = {int(number): it for number, it in task["attempts"].items()}
    return plan


plan = Plan()
for line in sys.stdin:
    ask = json.loads(line)
    answer = {"ok": True}
    if ask["do"] == "hello":
        answer = {"protocol": 1, "name": "tiny.py", "claims": CLAIMS}
    elif ask["do"] == "reset":
        plan = Plan()
    elif ask["do"] == "apply":
        plan.take(ask["record"])
        answer = {"state": state(plan)}
    elif ask["do"] == "snapshot":
        answer = {"snapshot": json.dumps(vars(plan))}
    elif ask["do"] == "restore":
        plan = restored(ask["snapshot"])
    else:
        answer = {"error": f"{ask['do']} is not known"}
    print(json.dumps(answer), flush=True)
