//! What a condition may name, checked without running it.

use std::collections::BTreeMap;

use cel::IdedExpr;
use cel::common::ast::{EntryExpr, Expr, LiteralValue};
use contracts::kinds::FactType;
use platform::{Said, said};

const VARIABLES: [&str; 8] = [
    "facts",
    "role",
    "told",
    "told_elsewhere",
    "state",
    "cleared_reason",
    "occasion",
    "hours_left",
];
const FUNCTIONS: [&str; 10] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "has",
    "exists",
    "all",
    "filter",
    "map",
    "exists_one",
];

/// Every name must be known, in every branch: evaluation alone would miss what `||` never reaches.
pub(super) fn check_names(
    expression: &IdedExpr,
    declared: &BTreeMap<String, FactType>,
    bound: &mut Vec<String>,
    used: &mut Vec<String>,
) -> Result<(), Said> {
    match &expression.expr {
        Expr::Unspecified | Expr::Literal(_) => Ok(()),
        Expr::Ident(name) if bound.contains(name) || VARIABLES.contains(&name.as_str()) => Ok(()),
        Expr::Ident(name) if declared.contains_key(name) => Err(said!(
            "écrivez `facts.{name}` pour cette donnée",
            "write `facts.{name}` for the fact"
        )),
        Expr::Ident(name) => {
            let known = VARIABLES.join(", ");
            Err(said!(
                "ne connaît pas `{name}` ; il y a {known}",
                "knows no `{name}`; there are {known}"
            ))
        }
        Expr::Select(select) => {
            if select.operand.expr == Expr::Ident("facts".to_owned()) {
                if !declared.contains_key(&select.field) {
                    let names = declared.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
                    let field = &select.field;
                    return Err(said!(
                        "cette sorte d'échéance n'a pas de donnée `{field}` ; elle a {names}",
                        "the kind declares no fact `{field}`; it has {names}"
                    ));
                }
                if !used.contains(&select.field) {
                    used.push(select.field.clone());
                }
            }
            check_names(&select.operand, declared, bound, used)
        }
        Expr::Call(call) => {
            let is_operator = !call.func_name.chars().all(|c| c.is_ascii_alphanumeric());
            if !is_operator && !FUNCTIONS.contains(&call.func_name.as_str()) {
                let (name, known) = (&call.func_name, FUNCTIONS.join(", "));
                return Err(said!(
                    "ne connaît pas de fonction `{name}` ; il y a {known}",
                    "knows no function `{name}`; there are {known}"
                ));
            }
            if matches!(call.func_name.as_str(), "_==_" | "_!=_") {
                check_comparable(&call.args, declared)?;
            }
            if let Some(target) = &call.target {
                check_names(target, declared, bound, used)?;
            }
            call.args
                .iter()
                .try_for_each(|argument| check_names(argument, declared, bound, used))
        }
        Expr::List(list) => list
            .elements
            .iter()
            .try_for_each(|element| check_names(element, declared, bound, used)),
        Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
            EntryExpr::MapEntry(entry) => {
                check_names(&entry.key, declared, bound, used)?;
                check_names(&entry.value, declared, bound, used)
            }
            EntryExpr::StructField(field) => check_names(&field.value, declared, bound, used),
        }),
        Expr::Struct(_) => Err(Said::new(
            "ne peut pas fabriquer de structure",
            "cannot make a struct",
        )),
        Expr::Comprehension(loops) => {
            check_names(&loops.iter_range, declared, bound, used)?;
            let depth = bound.len();
            bound.extend([loops.iter_var.clone(), loops.accu_var.clone()]);
            bound.extend(loops.iter_var2.clone());
            for part in [
                &loops.accu_init,
                &loops.loop_cond,
                &loops.loop_step,
                &loops.result,
            ] {
                check_names(part, declared, bound, used)?;
            }
            bound.truncate(depth);
            Ok(())
        }
    }
}

/// CEL calls values of two types merely unequal; in a policy that is always a mistake.
fn check_comparable(sides: &[IdedExpr], declared: &BTreeMap<String, FactType>) -> Result<(), Said> {
    let types: Vec<_> = sides
        .iter()
        .filter_map(|side| static_type(side, declared))
        .collect();
    match types.as_slice() {
        [left, right] if left != right => Err(said!(
            "compare des valeurs de types différents ({left} et {right}) : cela n'est jamais vrai",
            "compares values of different types ({left} and {right}): that never holds"
        )),
        _ => Ok(()),
    }
}

fn static_type(expression: &IdedExpr, declared: &BTreeMap<String, FactType>) -> Option<&'static str> {
    match &expression.expr {
        Expr::Literal(LiteralValue::Boolean(_)) => Some("flag"),
        Expr::Literal(LiteralValue::Int(_) | LiteralValue::UInt(_) | LiteralValue::Double(_)) => {
            Some("number")
        }
        Expr::Literal(LiteralValue::String(_)) => Some("text"),
        Expr::Ident(name) => match name.as_str() {
            "told" => Some("flag"),
            "hours_left" => Some("number"),
            "role" | "state" | "cleared_reason" | "occasion" => Some("text"),
            _ => None,
        },
        Expr::Select(select) if select.operand.expr == Expr::Ident("facts".to_owned()) => {
            declared.get(&select.field).map(|kind| match kind {
                FactType::Text => "text",
                FactType::Number => "number",
                FactType::Flag => "flag",
                FactType::List => "list",
            })
        }
        _ => None,
    }
}
