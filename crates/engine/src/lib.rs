//! Decides which checks run, runs them in parallel, suppresses, compares with a baseline.
