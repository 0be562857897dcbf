//! Drawings: timeline, coverage and calls as SVG, each with its table twin.
