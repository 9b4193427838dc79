//! Product code as tokens: comments, strings and everything under `#[cfg(test)]` left out.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use seawall_rig::workspace_root;

use crate::{rust_files, shown};

/// One file of product code.
pub struct Product {
    pub path: PathBuf,
    tokens: Vec<Token>,
    lines: usize,
}

struct Token {
    text: String,
    line: usize,
}

impl Product {
    /// The product files of a crate; none when the crate does not exist yet.
    pub fn of_crate(name: &str) -> Vec<Product> {
        let folder = workspace_root().join("crates").join(name).join("src");
        if !folder.is_dir() {
            return Vec::new();
        }
        let files = rust_files(&folder);
        let texts: Vec<String> = files.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
        let test_modules: BTreeSet<PathBuf> =
            files.iter().zip(&texts).flat_map(|(path, text)| test_modules(path, &lex(path, text))).collect();
        let is_product =
            |path: &&PathBuf| !path.ancestors().any(|part| test_modules.contains(&part.with_extension("")));
        let products = files.iter().zip(&texts).filter(|(path, _)| is_product(path));
        products.map(|(path, text)| Product::parse(path, text)).collect()
    }

    fn parse(path: &Path, text: &str) -> Product {
        let lines = text.find("\n#[cfg(test)]\nmod tests {").and_then(|end| text.get(..end)).unwrap_or(text);
        Product {
            path: path.to_path_buf(),
            tokens: without_tests(lex(path, text)),
            lines: lines.lines().count(),
        }
    }

    /// How many lines the file has before its tests.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Places that name `std::MODULE`, also as `std::{MODULE, ...}`.
    pub fn names_std_modules(&self, modules: &[&str]) -> Vec<String> {
        let mut found = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            if token.text != "std" || !self.follows(index + 1, &[":", ":"]) {
                continue;
            }
            let named: Vec<&Token> = match self.tokens.get(index + 3) {
                Some(brace) if brace.text == "{" => self.first_names_in_braces(index + 3),
                Some(name) => vec![name],
                None => Vec::new(),
            };
            for module in named.into_iter().filter(|name| modules.contains(&name.text.as_str())) {
                found.push(self.place(module, &format!("names std::{}", module.text)));
            }
        }
        found
    }

    /// Places where one of these identifiers stands.
    pub fn names(&self, names: &[&str]) -> Vec<String> {
        let named = self.tokens.iter().filter(|token| names.contains(&token.text.as_str()));
        named.map(|token| self.place(token, &format!("names {}", token.text))).collect()
    }

    /// What is named of a type, as `get` of `Request::get`.
    pub fn associated(&self, name: &str) -> BTreeSet<&str> {
        let named = self.tokens.iter().enumerate().filter(|(_, token)| token.text == name);
        let associated = named.filter(|(index, _)| self.follows(index + 1, &[":", ":"]));
        associated.filter_map(|(index, _)| Some(self.tokens.get(index + 3)?.text.as_str())).collect()
    }

    /// `static` items whose type or value names one of these identifiers, or one with this prefix.
    pub fn statics_with(&self, names: &[&str], prefix: &str) -> Vec<String> {
        let mut found = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            let lifetime = index > 0 && self.tokens[index - 1].text == "'";
            if token.text != "static" || lifetime {
                continue;
            }
            let item = self.tokens[index..].iter().take_while(|token| token.text != ";");
            for part in item {
                if names.contains(&part.text.as_str()) || part.text.starts_with(prefix) {
                    found.push(self.place(token, &format!("a static with {}", part.text)));
                }
            }
        }
        found
    }

    /// `allow(...)` and `expect(...)` attributes that name one of these lints: the lint and the place.
    pub fn lifts_lints(&self, lints: &[&str]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (index, token) in self.tokens.iter().enumerate() {
            let attribute = index > 0 && self.tokens[index - 1].text == "[";
            if !attribute || !["allow", "expect", "warn"].contains(&token.text.as_str()) {
                continue;
            }
            let arguments = self.tokens[index..].iter().take_while(|token| token.text != ")");
            for lint in arguments.filter(|token| lints.contains(&token.text.as_str())) {
                let place = self.place(lint, &format!("lifts the lint {}", lint.text));
                found.push((lint.text.clone(), place));
            }
        }
        found
    }

    fn follows(&self, index: usize, texts: &[&str]) -> bool {
        texts
            .iter()
            .enumerate()
            .all(|(offset, text)| self.tokens.get(index + offset).is_some_and(|token| token.text == *text))
    }

    /// Of `{a::b, c::{d}}`: a and c.
    fn first_names_in_braces(&self, open: usize) -> Vec<&Token> {
        let mut names = Vec::new();
        let mut depth = 0;
        for (token, before) in self.tokens[open..].iter().zip(&self.tokens[open - 1..]) {
            if depth == 1 && ["{", ","].contains(&before.text.as_str()) {
                names.push(token);
            }
            match token.text.as_str() {
                "{" => depth += 1,
                "}" => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        names
    }

    fn place(&self, token: &Token, what: &str) -> String {
        format!("{}:{}: {what}", shown(&self.path), token.line)
    }
}

/// All tokens in a row, groups opened up. Comments are gone; documentation and strings are single literals.
fn lex(path: &Path, text: &str) -> Vec<Token> {
    let stream: TokenStream = text.parse().unwrap_or_else(|error| panic!("{}: {error}", shown(path)));
    let mut tokens = Vec::new();
    flatten(stream, &mut tokens);
    tokens
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        let (open, close) = match &tree {
            TokenTree::Group(group) => match group.delimiter() {
                Delimiter::Parenthesis => ("(", ")"),
                Delimiter::Brace => ("{", "}"),
                Delimiter::Bracket => ("[", "]"),
                Delimiter::None => ("", ""),
            },
            other => {
                tokens.push(Token { text: other.to_string(), line: other.span().start().line });
                continue;
            }
        };
        let TokenTree::Group(group) = tree else { continue };
        tokens.push(Token { text: open.to_owned(), line: group.span_open().start().line });
        flatten(group.stream(), tokens);
        tokens.push(Token { text: close.to_owned(), line: group.span_close().start().line });
    }
}

const CFG_TEST: &[&str] = &["#", "[", "cfg", "(", "test", ")", "]"];

fn starts_with(tokens: &[Token], texts: &[&str]) -> bool {
    tokens.len() >= texts.len() && tokens.iter().zip(texts).all(|(token, text)| token.text == *text)
}

/// Leaves out each item under `#[cfg(test)]`, up to its `;` or the end of its body.
fn without_tests(mut tokens: Vec<Token>) -> Vec<Token> {
    let mut start = 0;
    while start < tokens.len() {
        if starts_with(&tokens[start..], CFG_TEST) {
            tokens.drain(start..start + item_length(&tokens[start..]));
        } else {
            start += 1;
        }
    }
    tokens
}

/// Tokens of an item with its attributes.
fn item_length(tokens: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" if depth == 1 => return index + 1,
            "}" => depth -= 1,
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    tokens.len()
}

/// The paths, without extension, of modules that a file declares under `#[cfg(test)]`.
fn test_modules(path: &Path, tokens: &[Token]) -> Vec<PathBuf> {
    let folder = match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "main" | "mod") => path.parent().unwrap().to_path_buf(),
        _ => path.with_extension(""),
    };
    let declared = (0..tokens.len()).filter_map(|start| {
        let item = starts_with(&tokens[start..], CFG_TEST).then(|| &tokens[start + CFG_TEST.len()..])?;
        let module = item.iter().position(|token| token.text == "mod").filter(|index| *index <= 1)?;
        (item.get(module + 2)?.text == ";").then(|| folder.join(&item[module + 1].text))
    });
    declared.collect()
}

const SAMPLE: &str = r##"
    //! std::fs in a comment
    use std::{collections::BTreeMap, env, io::{self, Read}};
    #[cfg(test)]
    mod testing;
    #[allow(dead_code, clippy::unwrap_used)]
    fn a() -> &'static str { let _ = std::fs::read("x"); "std::net" }
    static GOOD: &[(&str, u8)] = &[("Mutex", 1)];
    static BAD: OnceLock<Mutex<u8>> = OnceLock::new();
    #[cfg(test)]
    #[allow(clippy::panic)]
    fn only_for_tests() { std::process::abort() }
    fn b() { Instant::now(); }
    #[cfg(test)]
    mod tests { use std::process; static SEEN: AtomicBool = x; }
"##;

#[test]
fn the_scan_sees_what_product_code_names_and_nothing_else() {
    let path = workspace_root().join("sample.rs");
    let product = Product::parse(&path, SAMPLE);
    assert_eq!(
        product.names_std_modules(&["env", "fs", "net", "process"]),
        ["sample.rs:3: names std::env", "sample.rs:7: names std::fs"]
    );
    assert_eq!(product.names(&["Instant"]), ["sample.rs:13: names Instant"]);
    assert_eq!(product.associated("Instant"), BTreeSet::from(["now"]));
    assert_eq!(product.statics_with(&["Mutex"], "Atomic"), ["sample.rs:9: a static with Mutex"]);
    let lifted = ("unwrap_used".to_owned(), "sample.rs:6: lifts the lint unwrap_used".to_owned());
    assert_eq!(product.lifts_lints(&["unwrap_used", "panic"]), [lifted]);
    assert_eq!(test_modules(&path, &lex(&path, SAMPLE)), [workspace_root().join("sample/testing")]);
}
