#!/bin/sh
# The hook `seawall`: builds the program of this checkout, which pre-commit keeps per revision, and scans with it.
# A hook of language `rust` would be shorter, but pre-commit installs only packages that stand in a repository's root.
set -eu
checkout=$(cd "$(dirname "$0")/.." && pwd)
CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$checkout/target}"
export CARGO_TARGET_DIR
cargo build --quiet --release --locked --package seawall --manifest-path "$checkout/Cargo.toml"
exec "$CARGO_TARGET_DIR/release/seawall" scan --output concise "$@"
