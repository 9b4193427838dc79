//! What charts and overlays render.

use std::path::PathBuf;
use std::sync::Arc;

use seawall_inventory::{Problem, Skipped, Unit};

/// What one chart or overlay rendered.
#[derive(Debug)]
pub(crate) struct RenderedUnit {
    pub unit: Unit,
    pub texts: Vec<RenderedText>,
    pub problems: Vec<Problem>,
    pub skipped: Vec<Skipped>,
}

impl RenderedUnit {
    pub(crate) fn new(unit: Unit) -> Self {
        Self { unit, texts: Vec::new(), problems: Vec::new(), skipped: Vec::new() }
    }
}

/// What one template or resource file was rendered to.
#[derive(Debug)]
pub(crate) struct RenderedText {
    /// The file that it was rendered from, as people know it.
    pub path: PathBuf,
    /// What came out.
    pub text: String,
    /// What stands in the file.
    pub template: Option<Arc<str>>,
}
