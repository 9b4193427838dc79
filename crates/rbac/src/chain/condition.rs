//! Conditions on the requests that a webhook is asked about: CEL over a SubjectAccessReview.
//!
//! What is decided here is what such conditions mostly say: constants, comparisons with `==` and `!=`, `in`, `has`, `startsWith`,
//! `endsWith` and `contains`, put together by `!`, `&&`, `||` and `? :`, over the fields of the review but its selectors, the version of the
//! API, and extras. All other CEL is not decided, and not guessed.
//!
//! Source: k8s.io/apiserver pkg/authorization/cel (compile.go, matcher.go) v0.36.3; github.com/google/cel-spec doc/langdef.md.

use super::evaluate::{Review, evaluate};
use super::parse::{Expression, parse};
use crate::attributes::Attributes;
use crate::user::User;

/// A condition on the requests that a webhook is asked about.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    /// Nothing for what is not decided here.
    expression: Option<Expression>,
}

/// What becomes of a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Holds,
    HoldsNot,
    /// It asks for what is not there.
    Fails,
    Unknown,
}

impl Condition {
    /// The condition that this text means.
    pub fn new(text: &str) -> Self {
        Self { text: text.to_owned(), expression: parse(text) }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is of what is decided here.
    pub fn is_understood(&self) -> bool {
        self.expression.is_some()
    }

    pub(super) fn holds(&self, user: &User, request: &Attributes<'_>) -> Outcome {
        match &self.expression {
            Some(expression) => evaluate(expression, &Review { user, request: *request }),
            None => Outcome::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Condition;
    use super::Outcome::{self, *};
    use crate::attributes::{Attributes, Resource};
    use crate::user::User;

    #[test]
    fn what_becomes_of_conditions() {
        let user = User::with_groups("jane", ["dev", "ops"]);
        let resource = Resource { resource: "pods", namespace: "shop", ..Resource::default() };
        let (pods, path) = (Attributes::resource("get", resource), Attributes::path("get", "/healthz"));
        for (text, of_pods, of_path) in [
            ("true", Holds, Holds),
            ("request.user == 'jane'", Holds, Holds),
            ("request.user != \"jane\"", HoldsNot, HoldsNot),
            ("'dev' in request.groups", Holds, Holds),
            ("!('qa' in request.groups)", Holds, Holds),
            ("has(request.resourceAttributes)", Holds, HoldsNot),
            ("request.resourceAttributes.namespace == 'shop'", Holds, Fails),
            (
                "has(request.resourceAttributes) && request.resourceAttributes.verb in ['get', 'list']",
                Holds,
                HoldsNot,
            ),
            ("request.resourceAttributes.verb == 'get' && request.user == 'john'", HoldsNot, HoldsNot),
            ("request.resourceAttributes.verb == 'get' || request.user == 'jane'", Holds, Holds),
            ("request.resourceAttributes.verb == 'put' || request.user == 'john'", HoldsNot, Fails),
            ("request.nonResourceAttributes.path.startsWith('/health')", Fails, Holds),
            ("has(request.resourceAttributes) ? request.user.contains('an') : false", Holds, HoldsNot),
            ("request.resourceAttributes.version == 'v1'", Unknown, Fails),
            ("request.resourceAttributes.version == 'v1' && false", HoldsNot, HoldsNot),
            ("request.groups.exists(g, g == 'dev')", Unknown, Unknown),
            ("request.user.matches('j.*')", Unknown, Unknown),
            ("request.user == 1", Unknown, Unknown),
            ("request.user == 'a\\'b'", Unknown, Unknown),
        ] {
            let holds = |request: &Attributes<'_>| -> Outcome { Condition::new(text).holds(&user, request) };
            assert_eq!((holds(&pods), holds(&path)), (of_pods, of_path), "{text}");
        }
    }
}
