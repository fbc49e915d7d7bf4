//! CEL: whether a reminder makes sense for a milestone and a person. It lives only here.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cel::{Context, ExecutionError, Program, Value};
use contracts::kinds::{FactType, Kind};
use platform::{Said, said};

use crate::domain::{Fact, Milestone, Occasion, State};
use names::check_names;

mod names;
mod words;

const LENGTH_LIMIT: usize = 500;
/// Trial evaluations stop here: 2^TRIAL_FACTS of the facts that a condition names.
const TRIAL_FACTS: usize = 6;

/// A compiled condition, checked against the facts of its milestone kind. Without text it always holds.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    words: Option<Said>,
    program: Option<Arc<Program>>,
    declared: Arc<BTreeMap<String, FactType>>,
}

/// What a condition may look at besides the facts.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The recipient's role.
    pub role: &'a str,
    /// Whether this person was already told anything of this milestone.
    pub told: bool,
    /// Whether this person was already told anything of another kind of milestone of the same subject.
    pub told_elsewhere: bool,
    /// What made the reminder speak.
    pub occasion: Occasion,
    /// Whole hours from now to the start, negative once it is over.
    pub hours_left: i64,
}

impl Condition {
    /// Compiles a text (empty: always) and tries it over the facts that the kind declares.
    /// The error says what to write.
    pub fn compile(text: &str, kind: &Kind) -> Result<Self, Said> {
        let declared: Arc<BTreeMap<_, _>> = Arc::new(
            kind.facts
                .iter()
                .map(|(name, fact)| (name.clone(), fact.kind))
                .collect(),
        );
        if text.trim().is_empty() {
            return Ok(Self {
                text: String::new(),
                words: None,
                program: None,
                declared,
            });
        }
        if text.len() > LENGTH_LIMIT {
            return Err(said!(
                "dépasse {LENGTH_LIMIT} caractères",
                "is longer than {LENGTH_LIMIT} characters"
            ));
        }
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.first();
            let place = first.map_or(0, |error| error.pos.1);
            let what = first.map_or_else(String::new, |error| error.msg.clone());
            said!(
                "n'est pas une expression CEL (colonne {place})",
                "is no CEL expression (column {place}): {what}"
            )
        })?;
        let mut used = Vec::new();
        check_names(program.expression(), &declared, &mut Vec::new(), &mut used)?;
        let condition = Self {
            text: text.trim().to_owned(),
            words: words::of(text, &kind.facts),
            program: Some(Arc::new(program)),
            declared,
        };
        condition.try_out(&used)?;
        Ok(condition)
    }

    /// Whether the condition holds. A fact that the milestone does not carry counts as empty, zero or no.
    pub fn holds(&self, milestone: &Milestone, circumstances: &Circumstances<'_>) -> bool {
        let Some(program) = &self.program else { return true };
        let facts = self.declared.iter().map(|(name, kind)| {
            (
                name.clone(),
                value(milestone.facts.get(name).unwrap_or(&Fact::absent(*kind))),
            )
        });
        let (state, reason) = match &milestone.state {
            State::Planned => ("planned", ""),
            State::Cleared(reason) => ("cleared", reason.as_str()),
        };
        // The trial at load makes an error here next to impossible; a condition that fails does not hold.
        evaluate(program, facts.collect(), circumstances, state, reason) == Ok(Value::Bool(true))
    }

    /// "si la personne n'a encore rien reçu"; none when it always holds or is made of parts that have no words.
    pub fn words(&self) -> Option<&Said> {
        self.words.as_ref()
    }

    /// As written; empty when it always holds.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn try_out(&self, used: &[String]) -> Result<(), Said> {
        let Some(program) = &self.program else {
            return Ok(());
        };
        let named: Vec<_> = used.iter().take(TRIAL_FACTS).collect();
        for told in [false, true] {
            for combination in 0..(1_u32 << named.len()) {
                let facts = self.declared.iter().map(|(name, kind)| {
                    let place = named.iter().position(|named| *named == name);
                    let filled = place.is_some_and(|place| combination & (1 << place) != 0);
                    (
                        name.clone(),
                        if filled {
                            example(*kind)
                        } else {
                            value(&Fact::absent(*kind))
                        },
                    )
                });
                let circumstances = Circumstances {
                    role: "candidate",
                    told,
                    told_elsewhere: !told,
                    occasion: Occasion::Before,
                    hours_left: 48,
                };
                match evaluate(program, facts.collect(), &circumstances, "planned", "") {
                    Ok(Value::Bool(_)) => {}
                    Ok(other) => {
                        let kind = other.type_of();
                        return Err(said!(
                            "doit donner true ou false, mais donne un {kind} ; comparez-le à quelque chose",
                            "must be true or false, but gives a {kind}; compare it with something"
                        ));
                    }
                    Err(error) => return Err(explain(&error)),
                }
            }
        }
        Ok(())
    }
}

fn evaluate(
    program: &Program,
    facts: HashMap<String, Value>,
    circumstances: &Circumstances<'_>,
    state: &str,
    cleared_reason: &str,
) -> Result<Value, ExecutionError> {
    let mut context = Context::default();
    context.add_variable_from_value("facts", facts);
    context.add_variable_from_value("role", circumstances.role);
    context.add_variable_from_value("told", circumstances.told);
    context.add_variable_from_value("told_elsewhere", circumstances.told_elsewhere);
    context.add_variable_from_value("occasion", circumstances.occasion.as_str());
    context.add_variable_from_value("hours_left", circumstances.hours_left);
    context.add_variable_from_value("state", state);
    context.add_variable_from_value("cleared_reason", cleared_reason);
    program.execute(&context)
}

fn value(fact: &Fact) -> Value {
    match fact {
        Fact::Text(text) => text.as_str().into(),
        Fact::Number(number) => (*number).into(),
        Fact::Flag(flag) => (*flag).into(),
        Fact::List(items) => items
            .iter()
            .map(|item| {
                item.iter()
                    .map(|(k, v)| (k.clone(), v.as_str()))
                    .collect::<HashMap<_, _>>()
            })
            .collect::<Vec<_>>()
            .into(),
    }
}

fn example(kind: FactType) -> Value {
    match kind {
        FactType::Text => "x".into(),
        FactType::Number => 1_i64.into(),
        FactType::Flag => true.into(),
        FactType::List => vec![HashMap::<String, &str>::new()].into(),
    }
}

fn explain(error: &ExecutionError) -> Said {
    match error {
        ExecutionError::NoSuchOverload
        | ExecutionError::ValuesNotComparable(..)
        | ExecutionError::UnsupportedBinaryOperator(..)
        | ExecutionError::UnsupportedUnaryOperator(..)
        | ExecutionError::UnexpectedType { .. } => {
            said!(
                "compare ou combine des valeurs de types différents ; regardez les types des données",
                "compares or combines values of different types ({error}); look at the types of the facts"
            )
        }
        other => said!("ne peut pas être évaluée", "cannot be evaluated: {other}"),
    }
}

#[cfg(test)]
mod tests;
