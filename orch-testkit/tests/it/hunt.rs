//! hunting
use orch_core::mission::Mission;
use orch_testkit::{agree, corpus};
use std::collections::BTreeMap;

#[test]
fn hunt() {
    let mut shown: BTreeMap<String, (usize, usize, String)> = BTreeMap::new();
    let n: usize = std::env::var("N")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(300);
    let decided = std::env::var("DECIDED").is_ok();
    let staged = std::env::var("STAGED").is_ok();
    let logs = match (staged, decided) {
        (false, true) => corpus::decided(n, 60),
        (false, false) => corpus::imposed(n, 30),
        (true, true) => corpus::staged_decided(n, 120),
        (true, false) => corpus::staged_imposed(n, 40),
    };
    let skip = if staged { 6 } else { 1 };
    let mut bad = 0;
    let mut prefixes = 0;
    for log in &logs {
        let mut mission = Mission::new();
        for (i, record) in log.iter().enumerate() {
            mission.apply(record);
            let prefix = &log[..=i];
            prefixes += 1;
            let found = agree::compare(prefix, &mission);
            if !found.is_empty() {
                bad += 1;
                for d in &found {
                    let words: Vec<&str> = d.fact.split(' ').collect();
                    let cat = match words[0] {
                        "task" => words[2..].join(" "),
                        "record" => {
                            let c = |s: &str| {
                                let mut v: Vec<String> =
                                    s.split('"').skip(1).step_by(2).map(str::to_owned).collect();
                                v.dedup();
                                v.join(",")
                            };
                            format!("record {} / {}", c(&d.fold), c(&d.oracle))
                        }
                        w => w.to_owned(),
                    };
                    let key = format!("{cat} <- {}", record.event().kind());
                    let text = format!(
                        "{d}\n{}",
                        prefix
                            .iter()
                            .skip(skip)
                            .map(|r| {
                                let l = r.as_line();
                                let a = l.find("\"by\"").unwrap();
                                let at = r.at().format("%H:%M:%S");
                                format!(
                                    "      {} {at} {}",
                                    r.seq(),
                                    &l[a..].replace(",\"reason\":\"because\"", "")
                                )
                            })
                            .collect::<Vec<_>>()
                            .join("\n")
                    );
                    let e = shown.entry(key).or_insert((0, usize::MAX, String::new()));
                    e.0 += 1;
                    if prefix.len() < e.1 {
                        e.1 = prefix.len();
                        e.2 = text;
                    }
                }
                break;
            }
        }
    }
    let mut all: Vec<_> = shown.into_iter().collect();
    all.sort_by_key(|(_, v)| std::cmp::Reverse(v.0));
    let top: usize = std::env::var("TOP")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(10);
    for (k, v) in &all {
        eprintln!("{:4} {k}", v.0);
    }
    for (k, v) in all.iter().take(top) {
        eprintln!(
            "== {:4} {k}\n   {}",
            v.0,
            v.2.chars().take(4500).collect::<String>()
        );
    }
    eprintln!(
        "{bad} of {} logs disagree ({prefixes} prefixes)",
        logs.len()
    );
}
