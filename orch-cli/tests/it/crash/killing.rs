//! Processes that are killed at any moment, which is when it happens.

use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Index, Store, rounds};

/// How many processes are killed in a round.
const N_KILLS: u64 = 200;

/// The longest time after which one is killed.
const DELAY_MAX: Duration = Duration::from_millis(40);

/// Numbers that look random and can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A time up to a limit, in microseconds.
    fn time(&mut self, max: Duration) -> Duration {
        let max = u64::try_from(max.as_micros()).unwrap();
        Duration::from_micros(self.roll() % max.max(1))
    }
}

fn seed() -> u64 {
    let asked = std::env::var("ORCH_CRASH_SEED").ok();
    asked.map_or(20_261_120, |seed| seed.parse().unwrap())
}

/// Starts adding a task.
fn start(store: &Store, key: &str) -> Child {
    let mut command = store.add(key);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits for the end and tells whether the task was acknowledged.
fn is_acknowledged(child: Child) -> bool {
    let output = child.wait_with_output().unwrap();
    output.status.success() || !output.stdout.is_empty()
}

/// Measures how long it takes to add a task, at most of a few.
fn time_of_one(store: &Store) -> Duration {
    let times = (0..5).map(|n| {
        let began = Instant::now();
        assert!(is_acknowledged(start(store, &format!("timed{n}"))));
        began.elapsed()
    });
    times.max().unwrap_or(DELAY_MAX)
}

#[test]
fn processes_that_are_killed_at_any_moment_lose_nothing_they_acknowledged() {
    let Some(store) = Store::with_tasks(Index::Sled) else {
        return;
    };
    // Some of the processes are to be alive when they are killed, and some to have ended.
    let delay_max = DELAY_MAX.min(time_of_one(&store) * 2);
    let mut dice = Dice(seed());
    let n_kills = N_KILLS * rounds();
    let (mut acknowledged, mut n_died) = (Vec::new(), 0);
    for n in 0..n_kills {
        let key = format!("t{n}");
        let mut child = start(&store, &key);
        // The moment is what the test is about; nothing is waited for.
        thread::sleep(dice.time(delay_max));
        child.kill().unwrap();
        if is_acknowledged(child) {
            acknowledged.push(key);
        } else {
            n_died += 1;
            if dice.roll().is_multiple_of(2) {
                store.must(&mut store.add(&key)).unwrap();
                acknowledged.push(key);
            }
        }
    }
    let counts = store.records().unwrap().counts();
    let seed = seed();
    for n in 0..n_kills {
        let key = format!("t{n}");
        let times = counts.get(&key).copied().unwrap_or(0);
        let is_acknowledged = acknowledged.contains(&key);
        assert!(
            times == 1 || (times == 0 && !is_acknowledged),
            "{key}: {times} times, seed {seed}"
        );
    }
    store.verify().unwrap();
    eprintln!("killing: {n_died} of {n_kills} died unheard, seed {seed}");
    assert!(n_died >= n_kills / 50, "{n_died} died, seed {seed}");
}

#[test]
fn a_process_that_is_killed_gives_way_to_the_one_that_waits() {
    let Some(store) = Store::with_tasks(Index::Sled) else {
        return;
    };
    let mut dice = Dice(seed());
    for n in 0..20 * rounds() {
        let (one, other) = (format!("a{n}"), format!("b{n}"));
        let mut dies = start(&store, &one);
        let waits = start(&store, &other);
        thread::sleep(dice.time(DELAY_MAX / 4));
        dies.kill().unwrap();
        let is_one_there = is_acknowledged(dies);
        assert!(is_acknowledged(waits), "{other}");
        let records = store.records().unwrap();
        assert_eq!(records.n_of(&other), 1);
        assert!(records.n_of(&one) == 1 || !is_one_there);
    }
    store.verify().unwrap();
}
