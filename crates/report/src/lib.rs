//! Renders a report: one module per format.
