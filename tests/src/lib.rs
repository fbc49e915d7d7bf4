//! Whole-suite journeys.
