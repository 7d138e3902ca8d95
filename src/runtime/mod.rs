//! The runtime: the only place that joins the parts.
