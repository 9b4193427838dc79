//! Makes a value small that shows something.

use serde_json::Value;

/// The smallest value that `shows` still holds for, reached by taking away one part after another.
pub fn shrink(mut value: Value, shows: &mut dyn FnMut(&Value) -> bool) -> Value {
    'smaller: loop {
        for candidate in smaller(&value) {
            if shows(&candidate) {
                value = candidate;
                continue 'smaller;
            }
        }
        return value;
    }
}

/// `value` with one part less, in every way; large parts first.
fn smaller(value: &Value) -> Vec<Value> {
    let mut candidates = Vec::new();
    match value {
        Value::Object(fields) => {
            for key in fields.keys() {
                let mut fewer = fields.clone();
                fewer.remove(key);
                candidates.push(Value::Object(fewer));
            }
            for (key, field) in fields {
                for part in smaller(field) {
                    let mut changed = fields.clone();
                    changed.insert(key.clone(), part);
                    candidates.push(Value::Object(changed));
                }
            }
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                candidates.push(Value::Array(fewer));
            }
            for (index, item) in items.iter().enumerate() {
                for part in smaller(item) {
                    let mut changed = items.clone();
                    changed[index] = part;
                    candidates.push(Value::Array(changed));
                }
            }
        }
        _ => {}
    }
    candidates
}

#[test]
fn shrinks_to_what_shows() {
    let value = serde_json::json!({"a": [1, {"b": 2, "c": [3, 4]}], "d": 5});
    let found = shrink(value, &mut |value| value.to_string().contains('4'));
    assert_eq!(found, serde_json::json!({"a": [{"c": [4]}]}));
}
