//! Load, processors and memory are told twice: in one answer of their own, and as metrics.

use super::world::{World, json};

#[test]
fn stats_and_metrics_agree() {
    let world = World::new();
    let stats = json(&world.get("/system/stats.json"));
    let metrics = json(&world.get("/metrics/snapshot"));
    for (stat, metric) in [
        ("cpus_total", "system/cpus_total"),
        ("mem_total_bytes", "system/mem_total_bytes"),
    ] {
        assert!(stats[stat].as_f64().unwrap() > 0.0);
        assert_eq!(stats[stat], metrics[metric]);
    }
    for minutes in ["1min", "5min", "15min"] {
        assert!(stats[format!("avg_load_{minutes}")].is_f64());
        assert!(metrics[format!("system/load_{minutes}")].is_f64());
    }
}
