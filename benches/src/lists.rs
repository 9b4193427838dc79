//! Lists of objects, as an API server sends them.

use std::path::PathBuf;

use seawall_inventory::{Listing, Reading};
use seawall_yaml::Limits;

/// Path, version and kind of a list.
pub type List = [&'static str; 3];

/// An object as JSON, with the key that etcd keeps it by: its namespace and name.
pub type Keyed = (String, String);

/// Objects in the order in which an API server lists them, which is that of their keys.
pub fn in_order(mut objects: Vec<Keyed>) -> Vec<String> {
    objects.sort_unstable();
    objects.into_iter().map(|(_, text)| text).collect()
}

/// The objects of lists, which are given as JSON, as they are read of an API server.
pub fn readings<const COUNT: usize>(lists: &[List; COUNT], texts: &[Vec<String>; COUNT]) -> Vec<Reading> {
    let readings = lists.iter().zip(texts).map(|([path, version, kind], texts)| {
        let mut list = Listing::new(PathBuf::from(path), version, kind);
        texts.iter().for_each(|text| list.take(text, &Limits::default()));
        list.finish()
    });
    readings.collect()
}
