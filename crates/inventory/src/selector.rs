//! Label selectors, as Kubernetes evaluates them.
//!
//! Source: k8s.io/apimachinery pkg/labels/selector.go, pkg/apis/meta/v1/helpers.go, pkg/api/validate/content/kube.go v0.36.3.

use std::fmt;

use foldhash::HashMap;
use smol_str::SmolStr;

use crate::decode::{StringMap, record};

mod parse;
mod validate;

record! {
    /// `metav1.LabelSelector`.
    LabelSelector {
        /// Labels that must have these values.
        match_labels: StringMap = "matchLabels",
        /// Further requirements; all must hold.
        match_expressions: Box<[LabelSelectorRequirement]> = "matchExpressions",
    }

    /// `metav1.LabelSelectorRequirement`, `corev1.NodeSelectorRequirement`.
    LabelSelectorRequirement {
        /// Key of the label.
        key: SmolStr = "key",
        /// `In`, `NotIn`, `Exists`, `DoesNotExist`; of nodes also `Gt` and `Lt`.
        operator: SmolStr = "operator",
        /// Values for the operator.
        values: Box<[SmolStr]> = "values",
    }
}

/// Requirements up to which labels are searched for each; beyond, they are indexed first.
const FEW: usize = 16;

/// What labels must be like: all requirements hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Selector {
    /// `None` selects nothing; an empty list selects everything.
    requirements: Option<Vec<Requirement>>,
}

/// What one label must be like.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    key: SmolStr,
    operator: Operator,
    values: Vec<SmolStr>,
}

/// How a [`Requirement`] relates a label to its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// The label is there and has one of the values. Also `=` and `==`.
    In,
    /// The label is not there or has none of the values. Also `!=`.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
    /// The label is an integer greater than the value.
    Gt,
    /// The label is an integer less than the value.
    Lt,
}

/// Why a selector is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvalidSelector {
    /// The operator is none that is allowed here.
    Operator(SmolStr),
    /// The key is no label key.
    Key(SmolStr),
    /// A value is no label value.
    Value(SmolStr),
    /// The operator takes another number of values.
    ValueCount(Operator),
    /// `Gt` and `Lt` take an integer.
    NotAnInteger(SmolStr),
    /// The string form breaks off or has something else where `expected` belongs.
    Syntax {
        /// What stands there; empty at the end.
        found: SmolStr,
        /// What belongs there.
        expected: &'static str,
    },
}

impl Selector {
    /// Selects everything.
    pub const EVERYTHING: Self = Self { requirements: Some(Vec::new()) };
    /// Selects nothing.
    pub const NOTHING: Self = Self { requirements: None };

    /// The meaning of a `LabelSelector` field: absent selects nothing, empty selects everything
    /// (`LabelSelectorAsSelector`). Some fields give absence another meaning; that is theirs to say.
    ///
    /// # Errors
    /// The API server refuses the selector.
    pub fn of(selector: Option<&LabelSelector>) -> Result<Self, InvalidSelector> {
        let Some(selector) = selector else { return Ok(Self::NOTHING) };
        let mut requirements = Vec::new();
        for (key, value) in selector.match_labels.iter() {
            requirements.push(Requirement::new(key, Operator::In, vec![SmolStr::new(value)])?);
        }
        for expression in &selector.match_expressions {
            let operator = Operator::of_labels(&expression.operator)?;
            requirements.push(Requirement::new(&expression.key, operator, expression.values.to_vec())?);
        }
        Ok(Self { requirements: Some(requirements) })
    }

    /// The string form, as in `kubectl -l`: `app=web,tier in (a, b),!canary`.
    ///
    /// # Errors
    /// It does not follow the form, or names what cannot be a label.
    pub fn parse(text: &str) -> Result<Self, InvalidSelector> {
        Ok(Self { requirements: Some(parse::requirements(text)?) })
    }

    /// Whether it selects an object with these labels.
    pub fn matches(&self, labels: &StringMap) -> bool {
        let Some(requirements) = &self.requirements else { return false };
        if requirements.len() <= FEW {
            return requirements.iter().all(|one| one.matches(labels));
        }
        let index: HashMap<&str, &str> = labels.iter().collect();
        requirements.iter().all(|one| one.accepts(index.get(one.key()).copied()))
    }

    /// Whether it selects everything.
    pub fn is_everything(&self) -> bool {
        self.requirements.as_ref().is_some_and(Vec::is_empty)
    }

    /// What must hold; `None` when nothing can.
    pub fn requirements(&self) -> Option<&[Requirement]> {
        self.requirements.as_deref()
    }
}

impl Requirement {
    /// A requirement that the API server accepts (`NewRequirement`).
    ///
    /// # Errors
    /// Key or values cannot be those of a label, or the operator takes another number of values.
    pub fn new(key: &str, operator: Operator, values: Vec<SmolStr>) -> Result<Self, InvalidSelector> {
        validate::label_key(key)?;
        let count_fits = match operator {
            Operator::In | Operator::NotIn => !values.is_empty(),
            Operator::Exists | Operator::DoesNotExist => values.is_empty(),
            Operator::Gt | Operator::Lt => values.len() == 1,
        };
        if !count_fits {
            return Err(InvalidSelector::ValueCount(operator));
        }
        for value in &values {
            validate::label_value(value)?;
            if matches!(operator, Operator::Gt | Operator::Lt) && value.parse::<i64>().is_err() {
                return Err(InvalidSelector::NotAnInteger(value.clone()));
            }
        }
        Ok(Self { key: SmolStr::new(key), operator, values })
    }

    /// Key of the label.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How label and values relate.
    pub fn operator(&self) -> Operator {
        self.operator
    }

    /// The values.
    pub fn values(&self) -> &[SmolStr] {
        &self.values
    }

    /// Whether labels meet it.
    pub fn matches(&self, labels: &StringMap) -> bool {
        self.accepts(labels.get(&self.key))
    }

    /// Whether the value of the label with its key, or that there is none, meets it.
    fn accepts(&self, label: Option<&str>) -> bool {
        let is_value = |label: &str| self.values.iter().any(|value| value == label);
        match self.operator {
            Operator::In => label.is_some_and(is_value),
            Operator::NotIn => !label.is_some_and(is_value),
            Operator::Exists => label.is_some(),
            Operator::DoesNotExist => label.is_none(),
            Operator::Gt => self.integers(label).is_some_and(|(label, value)| label > value),
            Operator::Lt => self.integers(label).is_some_and(|(label, value)| label < value),
        }
    }

    fn integers(&self, label: Option<&str>) -> Option<(i64, i64)> {
        Some((label?.parse().ok()?, self.values.first()?.parse().ok()?))
    }
}

/// Whether `key` can be the key of a label, or of an annotation once in small letters (`IsLabelKey`).
pub fn is_label_key(key: &str) -> bool {
    validate::label_key(key).is_ok()
}

/// Whether `value` can be the value of a label (`IsLabelValue`).
pub fn is_label_value(value: &str) -> bool {
    validate::label_value(value).is_ok()
}

/// Whether a text is a DNS subdomain, as the names of most objects are (`IsDNS1123Subdomain`).
pub fn is_dns_subdomain(text: &str) -> bool {
    validate::is_subdomain(text)
}

impl Operator {
    /// The operator of this name in a `LabelSelector`.
    ///
    /// # Errors
    /// There is none.
    pub fn of_labels(name: &str) -> Result<Self, InvalidSelector> {
        match name {
            "In" => Ok(Self::In),
            "NotIn" => Ok(Self::NotIn),
            "Exists" => Ok(Self::Exists),
            "DoesNotExist" => Ok(Self::DoesNotExist),
            _ => Err(InvalidSelector::Operator(SmolStr::new(name))),
        }
    }

    /// The operator of this name in a `NodeSelector` (k8s.io/component-helpers scheduling/corev1/nodeaffinity).
    ///
    /// # Errors
    /// There is none.
    pub fn of_nodes(name: &str) -> Result<Self, InvalidSelector> {
        match name {
            "Gt" => Ok(Self::Gt),
            "Lt" => Ok(Self::Lt),
            _ => Self::of_labels(name),
        }
    }
}

impl fmt::Display for InvalidSelector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator(name) => write!(f, "`{name}` is not an operator of this selector"),
            Self::Key(key) => write!(f, "`{key}` is not a label key"),
            Self::Value(value) => write!(f, "`{value}` is not a label value"),
            Self::ValueCount(Operator::In | Operator::NotIn) => {
                f.write_str("`In` and `NotIn` need a value at least")
            }
            Self::ValueCount(Operator::Exists | Operator::DoesNotExist) => {
                f.write_str("`Exists` and `DoesNotExist` take no values")
            }
            Self::ValueCount(Operator::Gt | Operator::Lt) => f.write_str("`Gt` and `Lt` take one value"),
            Self::NotAnInteger(value) => write!(f, "`Gt` and `Lt` take an integer, not `{value}`"),
            Self::Syntax { found, expected } if found.is_empty() => {
                write!(f, "the selector ends where {expected} is expected")
            }
            Self::Syntax { found, expected } => write!(f, "`{found}` where {expected} is expected"),
        }
    }
}

impl std::error::Error for InvalidSelector {}
