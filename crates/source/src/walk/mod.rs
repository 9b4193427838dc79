//! Listing folders.

mod list;
mod rules;

pub(crate) use list::{Walker, is_read};
