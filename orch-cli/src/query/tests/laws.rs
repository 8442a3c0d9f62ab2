//! What holds for every text and every tree.

use proptest::prelude::*;

use crate::query::Query;
use crate::query::lex::is_step;
use crate::query::parse::parse;
use crate::query::syntax::{At, Expr, Join, Node, Op, Step};
use crate::render::excerpt::Excerpt;

const fn node(expr: Expr) -> Node {
    Node { expr, at: At(0..0) }
}

fn step(name: impl Into<String>, args: Option<Vec<Node>>) -> Step {
    let (name, at) = (name.into(), At(0..0));
    Step { name, at, args }
}

fn path() -> impl Strategy<Value = Expr> {
    let first = prop_oneof![Just("task"), Just("mission"), Just("count"), Just("x_1")];
    let rest = prop::collection::vec("[a-z0-9#_-]{1,4}|[ -~é]{0,4}", 0..3);
    (first, rest).prop_map(|(first, rest)| {
        let rest = rest.into_iter().map(|name| step(name, None));
        Expr::Path(std::iter::once(step(first, None)).chain(rest).collect())
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        Just(Op::Equal),
        Just(Op::Unequal),
        Just(Op::Less),
        Just(Op::AtMost),
        Just(Op::More),
        Just(Op::AtLeast)
    ]
}

/// Any tree that the grammar has, whether or not it means anything.
fn tree() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Expr::Bool),
        any::<i64>().prop_map(Expr::Number),
        any::<String>().prop_map(Expr::Text),
        Just(Expr::Nothing),
        path(),
    ];
    leaf.prop_map(node).prop_recursive(5, 40, 4, |inner| {
        let many = |n| prop::collection::vec(inner.clone(), n);
        prop_oneof![
            inner.clone().prop_map(|one| node(Expr::Not(Box::new(one)))),
            (op(), inner.clone(), inner.clone()).prop_map(|(op, left, right)| {
                node(Expr::Compare(op, Box::new(left), Box::new(right)))
            }),
            many(2..4).prop_map(|parts| node(Expr::Join(Join::And, parts))),
            many(2..4).prop_map(|parts| node(Expr::Join(Join::Or, parts))),
            many(0..3).prop_map(|args| node(Expr::Path(vec![step("any", Some(args))]))),
            many(0..3).prop_map(|args| {
                node(Expr::Path(vec![
                    step("task", None),
                    step("t-3", Some(args)),
                ]))
            }),
        ]
    })
}

/// Text that is nearly an expression.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("task"),
        Just("mission"),
        Just(".t3"),
        Just(".status"),
        Just("[\"a\"]"),
        Just("any("),
        Just("tasks"),
        Just(","),
        Just(")"),
        Just("("),
        Just("=="),
        Just("<"),
        Just("&&"),
        Just("or"),
        Just("!"),
        Just("\"open\""),
        Just("'é"),
        Just("3"),
        Just("none"),
        Just("."),
        Just("blocked"),
        Just("\\"),
        Just("𝄞"),
        Just("gate.x"),
    ];
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

/// Whether a fault lies in the text, at whole characters, and can be drawn.
fn is_within(text: &str) -> Result<(), TestCaseError> {
    let Err(fault) = Query::parse(text, None) else {
        return Ok(());
    };
    prop_assert!(text.get(fault.at.clone()).is_some(), "{:?}", fault);
    prop_assert!(!fault.message.is_empty());
    let excerpt = Excerpt::new(text, &fault.at, &fault.label);
    prop_assert!(!excerpt.lines(Some(80)).is_empty());
    Ok(())
}

proptest! {
    #[test]
    fn always_a_tree_that_is_written_is_read_as_the_same_tree(tree in tree()) {
        let text = tree.to_string();
        let read = parse(&text);
        prop_assert_eq!(read, Ok(tree), "{}", text);
    }

    #[test]
    fn always_a_fault_lies_within_the_text(text in any::<String>()) {
        is_within(&text)?;
    }

    #[test]
    fn always_a_fault_lies_within_what_is_nearly_an_expression(text in nearly()) {
        is_within(&text)?;
    }

    #[test]
    fn always_an_id_is_written_so_that_it_is_read(id in "[^\\p{Cc}]{1,12}") {
        let expr = Expr::Path(vec![step("task", None), step(&*id, None), step("done", None)]);
        let text = node(expr).to_string();
        let is_plain = id.chars().all(is_step);
        prop_assert_eq!(text.contains('['), !is_plain || id.contains('['));
        if id.trim() == id {
            prop_assert!(Query::parse(&text, None).is_ok(), "{}", text);
        }
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused_and_a_long_chain_is_not() {
    for open in ["(", "!", "any(tasks, "] {
        let text = open.repeat(100_000);
        let fault = Query::parse(&text, None).unwrap_err();
        assert!(fault.message.contains("levels deep"), "{open}: {fault}");
    }
    let chain = vec!["mission.done"; 20_000].join(" && ");
    assert!(Query::parse(&chain, None).is_ok());
}
