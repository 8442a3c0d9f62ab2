//! `orch prime`.

use std::collections::BTreeSet;

use crate::support::{EXAMPLE, json, run, shown};

fn text(args: &[&str]) -> String {
    let answer = json(&[&["-S", EXAMPLE], args, &["prime", "--json"]].concat());
    answer["data"]["text"].as_str().unwrap().to_owned()
}

#[test]
fn an_agent_is_told_what_it_holds_what_is_asked_of_it_and_the_rules() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "-A", "coder-2", "prime"]));
}

#[test]
fn whoever_leads_is_told_what_does_not_move_and_the_rules_of_leading() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "prime"]));
}

#[test]
fn it_fits_into_two_kilobytes_and_says_the_same_in_json() {
    for actor in [&[][..], &["-A", "coder-2"], &["-A", "rita"]] {
        for at in ["0", "1", "12", "33"] {
            let args = [actor, &["--at", at]].concat();
            let text = text(&args);
            assert!(text.len() <= 2048, "{}", text.len());
            let words = run(&[&["-S", EXAMPLE], &args[..], &["prime"]].concat()).stdout;
            assert!(words.len() <= 2048);
            assert_eq!(String::from_utf8(words).unwrap(), text);
        }
    }
}

/// The commands that the text names: `orch` and the word after it, and the flags behind them.
fn commands(text: &str) -> BTreeSet<(String, Option<String>)> {
    let mut found = BTreeSet::new();
    for piece in text.split("orch ").skip(1) {
        let words: Vec<&str> = piece.split([' ', '\n', ',', ':', ';', '.']).collect();
        let verb = words[0].to_owned();
        let flag = words.iter().take(6).find(|word| word.starts_with("--"));
        found.insert((verb, flag.map(|flag| (*flag).to_owned())));
    }
    found
}

#[test]
fn every_command_that_it_names_exists_and_has_the_flags_it_names() {
    let mut n_flags = 0;
    for actor in [&[][..], &["-A", "coder-2"]] {
        let found = commands(&text(actor));
        assert!(found.len() > 5, "{found:?}");
        for (verb, flag) in found.into_iter().filter(|(verb, _)| !verb.starts_with('-')) {
            if verb == "problems" || verb == "reconcile" {
                continue;
            }
            let page = run(&["help", &verb]);
            assert!(page.status.success(), "{verb}");
            // A flag of a noun stands with its verb.
            if let Some(flag) = flag.filter(|_| verb != "gate") {
                let page = String::from_utf8(page.stdout).unwrap();
                assert!(page.contains(&flag), "{verb} {flag}");
                n_flags += 1;
            }
        }
    }
    assert!(n_flags > 2);
}
