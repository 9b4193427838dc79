//! The smallest world in which a decision differs.

use seawall_rbac::Policy;
use serde_json::Value;

use super::difference;
use super::live::Live;
use super::world::{Case, World};

/// Removes from a world what can go while the decision still differs: objects, then parts of them, then groups of who asks.
pub fn smallest(live: &mut Live, world: &World, case: &Case) -> (World, Case) {
    live.clear(world);
    let mut case = case.clone();
    let world = smaller(world, &mut |less| differs(live, less, &case));
    for at in (0..case.groups.len()).rev() {
        let mut less = case.clone();
        less.groups.remove(at);
        if !(less.user.is_empty() && less.groups.is_empty()) && differs(live, &world, &less) {
            case = less;
        }
    }
    (world, case)
}

/// Removes from a world what can go while something about it stays: objects, then parts of them.
pub fn smaller(world: &World, stays: &mut dyn FnMut(&World) -> bool) -> World {
    let mut world = world.clone();
    let mut step = world.objects.len();
    while step > 0 {
        let mut at = 0;
        while at < world.objects.len() {
            let mut less = world.clone();
            less.objects.drain(at..(at + step).min(world.objects.len()));
            if stays(&less) { world = less } else { at += step }
        }
        step /= 2;
    }
    while let Some(less) = lists(&world).into_iter().find(|less| stays(less)) {
        world = less;
    }
    world
}

fn differs(live: &mut Live, world: &World, case: &Case) -> bool {
    let mut filled = world.clone();
    live.fill(&mut filled);
    let snapshot = live.snapshot();
    let said = live.review(&[case.review()]).remove(0);
    let differs = difference(&Policy::new(&snapshot), case, &said).is_some();
    live.clear(&filled);
    differs && filled.objects.len() == world.objects.len()
}

/// Worlds with one element of a list less.
fn lists(world: &World) -> Vec<World> {
    let mut found = Vec::new();
    for (number, object) in world.objects.iter().enumerate() {
        let mut pointers = Vec::new();
        collect(object, String::new(), &mut pointers);
        for (pointer, length) in pointers {
            for at in 0..length {
                let mut less = world.clone();
                let list = less.objects[number].pointer_mut(&pointer).and_then(Value::as_array_mut).unwrap();
                list.remove(at);
                found.push(less);
            }
        }
    }
    found
}

fn collect(value: &Value, pointer: String, found: &mut Vec<(String, usize)>) {
    match value {
        Value::Array(items) => {
            found.push((pointer.clone(), items.len()));
            items.iter().enumerate().for_each(|(at, item)| collect(item, format!("{pointer}/{at}"), found));
        }
        Value::Object(fields) => {
            fields.iter().for_each(|(key, field)| collect(field, format!("{pointer}/{key}"), found))
        }
        _ => {}
    }
}
