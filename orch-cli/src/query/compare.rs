//! Which values can be compared, and with which words.

use std::ops::Range;

use super::check::{Checker, Scope};
use super::fault::Fault;
use super::field::{AgentField, TaskField, Type};
use super::mention::{Label, Mention, Named};
use super::syntax::{Expr, Node, Op};
use super::typed::{Ask, Typed};
use super::value::Value;
use super::words::Words;

/// Checks a comparison.
pub(super) fn check(
    checker: &mut Checker,
    op: Op,
    (left, right): (&Node, &Node),
    scope: &Scope,
) -> Result<Typed, Fault> {
    let first = checker.typed(left, scope);
    let second = checker.typed(right, scope);
    // A word without quotes may be a field by chance, or nothing at all: either way it was meant
    // as a word.
    if let Ok(first) = &first
        && let Some(fault) = unquoted(first, right, second.as_ref().ok())
    {
        return Err(fault);
    }
    if let Ok(second) = &second
        && let Some(fault) = unquoted(second, left, first.as_ref().ok())
    {
        return Err(fault);
    }
    let (first, second) = (first?, second?);
    for (typed, node, other, at) in [
        (&first, left, &second, right),
        (&second, right, &first, left),
    ] {
        fits(op, typed, node, other, at)?;
        mention(checker, typed, other, at)?;
    }
    Ok(Typed::Compare(op, Box::new(first), Box::new(second)))
}

/// What is wrong when a word is compared with a name that is not in quotes.
fn unquoted(asked: &Typed, node: &Node, typed: Option<&Typed>) -> Option<Fault> {
    let is_text = |gives| matches!(gives, Type::Word(_) | Type::Text);
    let Expr::Path(steps) = &node.expr else {
        return None;
    };
    let [only] = steps.as_slice() else {
        return None;
    };
    let is_meant = typed.is_some_and(|typed| is_text(typed.gives()));
    let is_asked = matches!(asked, Typed::Asked(_)) && is_text(asked.gives());
    if !is_asked || only.args.is_some() || is_meant {
        return None;
    }
    let what = format!("`{}` stands here without quotes", only.name);
    let fault = Fault::new(&node.at.0, what);
    Some(fault.label(format!("a word is written in quotes: `\"{}\"`", only.name)))
}

/// Checks that one side can be compared with the other.
fn fits(op: Op, typed: &Typed, node: &Node, other: &Typed, at: &Node) -> Result<(), Fault> {
    let (gives, found) = (typed.gives(), other.gives());
    let is_number = |gives| matches!(gives, Type::Number | Type::MaybeNumber);
    let is_ordering = !matches!(op, Op::Equal | Op::Unequal);
    if is_ordering && !is_number(gives) {
        let what = format!(
            "`{}` compares numbers, and `{node}` is {}",
            op.as_str(),
            gives.words()
        );
        return Err(Fault::new(&node.at.0, what).label("only `==` and `!=` can be asked of it"));
    }
    match (gives, found) {
        (Type::Word(words), Type::Text) => {
            let Typed::Constant(Value::Text(word)) = other else {
                return Err(unlike(typed, node, other, at));
            };
            is_word(words, word, at)
        }
        // The other way round, the same is looked at from the other side.
        (Type::Text, Type::Word(_)) => Ok(()),
        (Type::Word(one), Type::Word(two)) if one == two => Ok(()),
        (Type::Bool | Type::Number, Type::Nothing) => {
            let what = format!("`{node}` is never none");
            Err(Fault::new(&at.at.0, what).label(format!("it is {}", gives.words())))
        }
        (Type::Nothing, _) | (_, Type::Nothing) => Ok(()),
        (Type::Bool, Type::Bool) | (Type::Text, Type::Text) => Ok(()),
        _ if is_number(gives) && is_number(found) => Ok(()),
        _ => Err(unlike(typed, node, other, at)),
    }
}

fn unlike(typed: &Typed, node: &Node, other: &Typed, at: &Node) -> Fault {
    let (gives, found) = (typed.gives().words(), other.gives().words());
    let (gives, found) = if gives == found {
        ("another kind of word", found)
    } else {
        (gives, found)
    };
    let what = format!("`{node}` is {gives}, and `{at}` is {found}");
    Fault::new(&at.at.0, what).label("these can never be the same")
}

fn is_word(words: Words, word: &str, at: &Node) -> Result<(), Fault> {
    let all = words.all();
    if all.contains(&word) {
        return Ok(());
    }
    let what = format!("\"{word}\" is no {}", words.noun());
    let fault = Fault::new(&at.at.0, what).label(words.meant(word));
    Err(fault.note(format!("there is: {}", all.join(", "))))
}

/// Remembers what is named by being compared with: a misspelt name would never be met.
fn mention(checker: &mut Checker, typed: &Typed, other: &Typed, at: &Node) -> Result<(), Fault> {
    let (Typed::Asked(question), Typed::Constant(Value::Text(text))) = (typed, other) else {
        return Ok(());
    };
    let at = &at.at.0;
    let named = match &question.ask {
        Ask::Task(_, field) => return mention_of_task(checker, *field, text, at),
        Ask::Agent(_, AgentField::Name) => Named::Agent(text.to_string()),
        Ask::Agent(
            _,
            AgentField::Exists | AgentField::Status | AgentField::Live | AgentField::Holds,
        )
        | Ask::Mission(_)
        | Ask::Having(_)
        | Ask::Is(..)
        | Ask::Gate(..)
        | Ask::BlockedBy(..)
        | Ask::Anomaly(..)
        | Ask::Cause(..)
        | Ask::Each(..) => return Ok(()),
    };
    checker.mentions.push(Mention::new(named, at));
    Ok(())
}

fn mention_of_task(
    checker: &mut Checker,
    field: TaskField,
    text: &str,
    at: &Range<usize>,
) -> Result<(), Fault> {
    let label = match field {
        TaskField::Owner if text.contains('#') => {
            let what = format!("an owner is a name, and \"{text}\" is an incarnation of one");
            return Err(Fault::new(at, what).label("compare `incarnation` with it"));
        }
        TaskField::Incarnation if !text.contains('#') => {
            let what = format!("an incarnation has a number, and \"{text}\" has none");
            return Err(Fault::new(at, what).label("compare `owner` with it"));
        }
        TaskField::Owner | TaskField::Incarnation => {
            let named = Named::Agent(text.to_owned());
            checker.mentions.push(Mention::new(named, at));
            return Ok(());
        }
        TaskField::Id | TaskField::Parent => return checker.task(text, at).map(|_| ()),
        TaskField::Kind => Label::Kind,
        TaskField::Role => Label::Role,
        TaskField::Phase => Label::Phase,
        // Words are checked, and the rest is no text.
        TaskField::Exists
        | TaskField::Status
        | TaskField::Done
        | TaskField::Settled
        | TaskField::Stuck
        | TaskField::Ready
        | TaskField::Attempts
        | TaskField::Failures
        | TaskField::Crashes
        | TaskField::Blocks
        | TaskField::ReviewRounds
        | TaskField::Anomalies
        | TaskField::Late
        | TaskField::Priority => return Ok(()),
    };
    let named = Named::Label(label, text.to_owned());
    checker.mentions.push(Mention::new(named, at));
    Ok(())
}
