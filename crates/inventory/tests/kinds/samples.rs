//! An object of each kind with every field that is read, and what is read of it.

mod addons;
mod core;
mod mesh;
mod policy;
mod server;

use std::fmt::Debug;

use seawall_inventory::Body;
use seawall_inventory::judged::JudgedMap;
use serde_json::Value;

/// An object and what is read of it.
pub struct Sample {
    pub api_version: &'static str,
    pub kind: &'static str,
    /// Its fields besides these two.
    pub fields: Value,
    /// What is read of it.
    pub read: fn(&Body) -> Option<String>,
    pub expected: &'static str,
}

pub fn told(value: impl Debug) -> Option<String> {
    Some(format!("{value:?}"))
}

pub fn keys(map: &JudgedMap) -> String {
    map.keys().collect::<Vec<_>>().join(" ")
}

/// An object of each kind.
pub fn samples() -> Vec<Sample> {
    [core::samples(), policy::samples(), server::samples(), addons::samples(), mesh::samples()]
        .into_iter()
        .flatten()
        .collect()
}
