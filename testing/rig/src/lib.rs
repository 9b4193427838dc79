//! The real components that Seawall is judged by.
