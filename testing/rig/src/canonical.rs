//! The text form in which values are compared with kubectl's.

use serde_json::Value;

/// Writes a value as [`crate::Document::Json`] and [`crate::Answer::objects`] are written, so that equal text means an
/// equal value: no white space; keys in byte order; integers in decimal; floats with the fewest digits that give them
/// back and always with an exponent (`1e0`, `1.5e-7`, `-0e0`); strings escaped only where JSON demands it.
///
/// Whether a number is an integer or a float is part of the value, as it is for Kubernetes (int64 and float64): `1` and
/// `1.0` differ.
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(&mut out, value);
    out
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() => out.push_str(&format!("{float:e}")),
            _ => out.push_str(&number.to_string()),
        },
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(out, item);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            out.push('{');
            for (index, (key, field)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write(out, field);
            }
            out.push('}');
        }
        Value::Null | Value::Bool(_) | Value::String(_) => out.push_str(&value.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn writes_one_text_per_value() {
        let table = [
            (json!({"b": 1, "a": [true, null]}), r#"{"a":[true,null],"b":1}"#),
            (json!([1, 1.0, -0.0, 1.5e-7, 1e300]), "[1,1e0,-0e0,1.5e-7,1e300]"),
            (json!("a\"\\\n\u{1}\u{7f}<é\u{2028}"), "\"a\\\"\\\\\\n\\u0001\u{7f}<é\u{2028}\""),
        ];
        for (value, text) in table {
            assert_eq!(canonical(&value), text);
        }
    }
}
