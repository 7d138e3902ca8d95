//! Load, processors and memory are told twice: in one answer of their own, and as metrics.

use super::world::{World, json};

/// What is counted is a whole number in the one, and none in the other, as in libprocess.
#[test]
fn stats_and_metrics_agree() {
    let world = World::new();
    let stats = json(&world.get("/system/stats.json"));
    let metrics = json(&world.get("/metrics/snapshot"));
    for (stat, metric) in [
        ("cpus_total", "system/cpus_total"),
        ("mem_total_bytes", "system/mem_total_bytes"),
    ] {
        assert!(stats[stat].as_u64().unwrap() > 0, "{stats}");
        assert!(metrics[metric].is_f64(), "{metrics}");
        assert_eq!(stats[stat].as_f64(), metrics[metric].as_f64());
    }
    assert!(stats["mem_free_bytes"].is_u64(), "{stats}");
    for minutes in ["1min", "5min", "15min"] {
        assert!(stats[format!("avg_load_{minutes}")].is_f64());
        assert!(metrics[format!("system/load_{minutes}")].is_f64());
    }
    let keys: Vec<_> = stats.as_object().unwrap().keys().collect();
    let expected = [
        "avg_load_15min",
        "avg_load_1min",
        "avg_load_5min",
        "cpus_total",
        "mem_free_bytes",
        "mem_total_bytes",
    ];
    assert_eq!(keys, expected);
}
