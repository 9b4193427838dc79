//! What an expression says of a review.
//!
//! Source: `convertObjectToUnstructured` of k8s.io/apiserver pkg/authorization/cel/compile.go v0.36.3: of a request that is none of
//! resources `resourceAttributes` are not there, all other fields are. A failure is not one where the other side of `&&` or `||` decides.

use super::condition::Outcome;
use super::parse::{Expression, Test};
use crate::attributes::{Attributes, Resource, Target};
use crate::user::User;

/// What a condition is asked about: `SubjectAccessReviewSpec`.
pub(super) struct Review<'a> {
    pub user: &'a User,
    pub request: Attributes<'a>,
}

#[derive(Debug)]
enum Value<'v> {
    Bool(bool),
    Text(&'v str),
    List(Vec<&'v str>),
    /// It is not there.
    Failure,
    /// It is more than is decided here, or what CEL does not compile.
    Unknown,
}

pub(super) fn evaluate(expression: &Expression, review: &Review<'_>) -> Outcome {
    match value(expression, review) {
        Value::Bool(true) => Outcome::Holds,
        Value::Bool(false) => Outcome::HoldsNot,
        Value::Failure => Outcome::Fails,
        Value::Text(_) | Value::List(_) | Value::Unknown => Outcome::Unknown,
    }
}

fn value<'v>(expression: &'v Expression, review: &Review<'v>) -> Value<'v> {
    let of = |expression: &'v Expression| value(expression, review);
    match expression {
        Expression::Bool(bool) => Value::Bool(*bool),
        Expression::Text(text) => Value::Text(text),
        Expression::List(items) => Value::List(items.iter().map(String::as_str).collect()),
        Expression::Field(path) => review.field(path),
        Expression::Has(path) => review.has(path),
        Expression::Not(inside) => match of(inside) {
            Value::Bool(bool) => Value::Bool(!bool),
            Value::Failure => Value::Failure,
            _ => Value::Unknown,
        },
        Expression::And(left, right) => both(of(left), of(right), false),
        Expression::Or(left, right) => both(of(left), of(right), true),
        Expression::If(condition, then, otherwise) => match of(condition) {
            Value::Bool(true) => of(then),
            Value::Bool(false) => of(otherwise),
            Value::Failure => Value::Failure,
            _ => Value::Unknown,
        },
        Expression::Equal(left, right) => match (of(left), of(right)) {
            (Value::Text(left), Value::Text(right)) => Value::Bool(left == right),
            (Value::Bool(left), Value::Bool(right)) => Value::Bool(left == right),
            (Value::List(left), Value::List(right)) => Value::Bool(left == right),
            (left, right) => failed(&left, &right),
        },
        Expression::In(left, right) => match (of(left), of(right)) {
            (Value::Text(text), Value::List(items)) => Value::Bool(items.contains(&text)),
            (left, right) => failed(&left, &right),
        },
        Expression::Test(test, left, right) => match (of(left), of(right)) {
            (Value::Text(text), Value::Text(part)) => Value::Bool(match test {
                Test::StartsWith => text.starts_with(part),
                Test::EndsWith => text.ends_with(part),
                Test::Contains => text.contains(part),
            }),
            (left, right) => failed(&left, &right),
        },
    }
}

/// `&&`, which `false` decides, and `||`, which `true` does.
fn both<'v>(left: Value<'v>, right: Value<'v>, decides: bool) -> Value<'v> {
    match (left, right) {
        (Value::Bool(bool), _) | (_, Value::Bool(bool)) if bool == decides => Value::Bool(decides),
        (Value::Bool(_), Value::Bool(_)) => Value::Bool(!decides),
        (Value::Bool(_) | Value::Failure, Value::Bool(_) | Value::Failure) => Value::Failure,
        _ => Value::Unknown,
    }
}

/// What comes of two values that do not fit: a failure where one of them is and the other is known.
fn failed<'v>(left: &Value<'_>, right: &Value<'_>) -> Value<'v> {
    let is_unknown = [left, right].iter().any(|value| matches!(value, Value::Unknown));
    let fails = [left, right].iter().any(|value| matches!(value, Value::Failure));
    if fails && !is_unknown { Value::Failure } else { Value::Unknown }
}

impl<'v> Review<'v> {
    fn field(&self, path: &[String]) -> Value<'v> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match (path.as_slice(), self.request.target) {
            (["user"], _) => Value::Text(&self.user.name),
            (["uid"], _) => Value::Text(&self.user.uid),
            (["groups"], _) => Value::List(self.user.groups.iter().map(smol_str::SmolStr::as_str).collect()),
            (["resourceAttributes", field], Target::Resource(asked)) => self.of_resource(field, &asked),
            (["nonResourceAttributes", "path"], Target::Path(path)) => Value::Text(path),
            (["nonResourceAttributes", "verb"], Target::Path(_)) => Value::Text(self.request.verb),
            (["resourceAttributes", field], Target::Path(_)) if RESOURCE.contains(field) => Value::Failure,
            (["nonResourceAttributes", "path" | "verb"], Target::Resource(_)) => Value::Failure,
            _ => Value::Unknown,
        }
    }

    fn of_resource(&self, field: &str, asked: &Resource<'v>) -> Value<'v> {
        Value::Text(match field {
            "namespace" => asked.namespace,
            "verb" => self.request.verb,
            "group" => asked.group,
            "resource" => asked.resource,
            "subresource" => asked.subresource,
            "name" => asked.name,
            _ => return Value::Unknown,
        })
    }

    fn has(&self, path: &[String]) -> Value<'v> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        let is_resource = matches!(self.request.target, Target::Resource(_));
        match path.as_slice() {
            ["user" | "uid" | "groups" | "extra"] => Value::Bool(true),
            ["resourceAttributes"] => Value::Bool(is_resource),
            ["nonResourceAttributes"] => Value::Bool(!is_resource),
            ["resourceAttributes", field] if RESOURCE.contains(field) => {
                if is_resource {
                    Value::Bool(true)
                } else {
                    Value::Failure
                }
            }
            ["nonResourceAttributes", "path" | "verb"] => {
                if is_resource {
                    Value::Failure
                } else {
                    Value::Bool(true)
                }
            }
            _ => Value::Unknown,
        }
    }
}

/// Fields of `ResourceAttributes` that are always there.
const RESOURCE: &[&str] = &["namespace", "verb", "group", "version", "resource", "subresource", "name"];
