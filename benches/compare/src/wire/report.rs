//! The rows as lines and as a table.

use super::run::Row;

/// A row on a line.
pub fn line(row: &Row) -> String {
    format!(
        "{:16} {:16} {:>10} pairs/s  p50 {:>8} us  p99 {:>8} us  cpu {:>7} us/pair  \
         calls {:>6}/pair",
        row.measure,
        row.system,
        rate(row.pairs_per_second),
        shown(row.p50_us),
        shown(row.p99_us),
        shown(row.cpu_us_per_pair),
        shown(row.syscalls_per_pair),
    )
}

/// Prints, for each measure and system, the medians of all repetitions.
pub fn print(rows: &[Row]) {
    let mut names: Vec<_> = vec![];
    for row in rows {
        if !names.contains(&row.measure) {
            names.push(row.measure);
        }
    }
    println!("medians; processor time and system calls are those of both OS processes");
    for name in names {
        let of_measure: Vec<&Row> = rows.iter().filter(|row| row.measure == name).collect();
        println!("\n{name}: {}", of_measure[0].pinning);
        println!(
            "| system | pairs/s (min .. max) | p50 us | p99 us | CPU us/pair | CPU us/s | \
             calls/pair |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|");
        let mut systems: Vec<_> = vec![];
        for row in &of_measure {
            if !systems.contains(&row.system) {
                systems.push(row.system);
            }
        }
        for system in systems {
            let own: Vec<&&Row> = of_measure
                .iter()
                .filter(|row| row.system == system)
                .collect();
            let rates: Vec<f64> = own.iter().map(|row| row.pairs_per_second).collect();
            let least = rates.iter().copied().fold(f64::MAX, f64::min);
            let most = rates.iter().copied().fold(0.0, f64::max);
            let of = |field: fn(&Row) -> Option<f64>| {
                shown(median(own.iter().filter_map(|row| field(row)).collect()))
            };
            println!(
                "| {system} | **{}** ({} .. {}) | {} | {} | {} | {} | {} |",
                rate(median(rates).unwrap_or(0.0)),
                rate(least),
                rate(most),
                of(|row| row.p50_us),
                of(|row| row.p99_us),
                of(|row| row.cpu_us_per_pair),
                of(|row| Some(row.cpu_us_per_second)),
                of(|row| row.syscalls_per_pair),
            );
        }
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let upper = *values.get(values.len() / 2)?;
    let lower = values[(values.len() - 1) / 2];
    Some((lower + upper) / 2.0)
}

fn rate(value: f64) -> String {
    match value {
        1e6.. => format!("{:.2}M", value / 1e6),
        1e4.. => format!("{:.0}k", value / 1e3),
        _ => format!("{value:.0}"),
    }
}

fn shown(value: Option<f64>) -> String {
    match value {
        None => "-".into(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}
