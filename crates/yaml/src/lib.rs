//! YAML and JSON as kubectl understands them: a spanned tree, its problems, and edits that keep comments and layout.
