//! What a value of the configuration may be, as data.

use std::time::Duration;

use seawall_checks::Check;
use seawall_finding::{Fingerprint, Severity};
use seawall_inventory::KubernetesVersion;

use super::{FailOn, OUTPUT_FORMATS};
use crate::date::Date;
use crate::glob::Glob;
use crate::selection::PssProfile;
use crate::selector::{NotASelector, Selector};
use crate::suggest::did_you_mean;

/// What a value may be.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// `true` or `false`
    Bool,
    /// An integer of 64 bits.
    Int,
    /// A string.
    Word(Word),
    /// A list; nothing at all is an empty one.
    List(Box<Shape>),
    /// A list, or its only item.
    OneOrMany(Box<Shape>),
    /// A mapping with known keys; nothing at all is an empty one.
    Record(Record),
}

/// A mapping with known keys.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    /// What a key is: "setting", "check".
    pub(crate) key: &'static str,
    /// Code of the problem of an unknown key.
    pub(crate) unknown: &'static str,
    /// The keys.
    pub(crate) fields: Vec<Field>,
}

/// A key of a mapping.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) doc: String,
    pub(crate) required: bool,
    pub(crate) shape: Shape,
}

/// What a string may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Anything.
    Any,
    /// Anything but nothing.
    Text,
    Profile,
    Pss,
    Version,
    Selector,
    Severity,
    FailOn,
    PathGlob,
    NameGlob,
    FieldPath,
    Date,
    Duration,
    Assignment,
    Output,
    Fingerprint,
}

/// Why a string is not what is expected, and what to write.
#[derive(Debug)]
pub(crate) struct Complaint {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: String,
}

impl Complaint {
    fn value(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { code: "invalid-value", message: message.into(), help: help.into() }
    }
}

impl Word {
    /// Whether `text` is such a string.
    pub(crate) fn check(self, text: &str, catalogue: &[&'static Check]) -> Result<(), Complaint> {
        if text.trim().is_empty() && self != Self::Any {
            return Err(Complaint::value("the text is empty", "write something, or remove the key"));
        }
        let told = |error: &dyn std::fmt::Display, help: &str| Complaint::value(error.to_string(), help);
        let one_of = |error: &dyn std::fmt::Display, words: &[&str]| {
            Complaint::value(error.to_string(), did_you_mean(text, words, ""))
        };
        match self {
            Self::Any | Self::Text => Ok(()),
            Self::Profile if super::vocabulary::profile(text).is_some() => Ok(()),
            Self::Profile => {
                Err(one_of(&format!("`{text}` is not a profile"), &super::vocabulary::profile_names()))
            }
            Self::Pss => text
                .parse::<PssProfile>()
                .map(drop)
                .map_err(|error| one_of(&error, &["baseline", "restricted"])),
            Self::Version => text
                .parse::<KubernetesVersion>()
                .map(drop)
                .map_err(|error| told(&error, "write it in quotes: \"1.30\", or as v1.30")),
            Self::Selector => Selector::read(text, catalogue)
                .map(drop)
                .map_err(|NotASelector { message, help }| Complaint { code: "unknown-check", message, help }),
            Self::Severity => text
                .parse::<Severity>()
                .map(drop)
                .map_err(|error| one_of(&error, &Severity::ALL.map(Severity::name))),
            Self::FailOn => text.parse::<FailOn>().map(drop).map_err(|_| {
                let words = ["info", "low", "medium", "high", "critical", "never"];
                one_of(&format!("`{text}` is neither a severity nor `never`"), &words)
            }),
            Self::PathGlob => Glob::of_path(text).map(drop).map_err(|error| told(&error, "correct the glob")),
            Self::NameGlob => Glob::of_name(text).map(drop).map_err(|error| told(&error, "correct the glob")),
            Self::FieldPath => text
                .parse::<seawall_yaml::Path>()
                .map(drop)
                .map_err(|error| told(&error, "copy the path from the finding")),
            Self::Date => {
                text.parse::<Date>().map(drop).map_err(|error| told(&error, "write it like 2027-01-31"))
            }
            Self::Duration => duration(text).map(drop).ok_or_else(|| {
                Complaint::value(
                    format!("`{text}` is not a duration"),
                    "write a number and its unit: 90s, 5m or 1h",
                )
            }),
            Self::Assignment if text.find('=').is_some_and(|at| at > 0) => Ok(()),
            Self::Assignment => {
                Err(Complaint::value(format!("`{text}` sets nothing"), "write it as key=value"))
            }
            Self::Fingerprint => text
                .parse::<Fingerprint>()
                .map(drop)
                .map_err(|error| told(&error, "take the line from what `seawall baseline write` writes")),
            Self::Output => {
                let format = text.split_once('=').map_or(text, |(format, _)| format);
                let complete = !text.ends_with('=');
                if OUTPUT_FORMATS.contains(&format) && complete {
                    return Ok(());
                }
                Err(Complaint::value(
                    format!("`{text}` is not an output: a format, or format=file"),
                    did_you_mean(format, &OUTPUT_FORMATS, ""),
                ))
            }
        }
    }
}

/// A number of seconds, minutes or hours.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        _ => return None,
    };
    let digits = number.bytes().all(|byte| byte.is_ascii_digit()) && (1..=6).contains(&number.len());
    let number: u64 = number.parse().ok().filter(|number| digits && *number > 0)?;
    Some(Duration::from_secs(number * seconds))
}
