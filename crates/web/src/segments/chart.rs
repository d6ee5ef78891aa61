//! Plots of classes as data for the chart library.

use serde_json::json;

/// Colours of the classes from the highest to the lowest; they read on light and dark ground.
const CLASSES: [&str; 3] = ["#d97706", "#2563eb", "#94a3b8"];
/// Points of a column.
const COLUMN: i64 = 5;

/// Customers by points; each column has the colour of the class in which its first point lies, and lines
/// stand where a class begins.
pub(super) fn histogram(columns: &[(i64, i64)], boundaries: &[i64], name: &str) -> String {
    let first = columns.first().map_or(0, |c| c.0);
    let last = columns.last().map_or(0, |c| c.0);
    let steps = (last - first) / COLUMN;
    let starts: Vec<i64> = (0..=steps).map(|n| first + n * COLUMN).collect();
    let class = |start: i64| {
        let at = boundaries.iter().position(|b| start >= *b);
        CLASSES[at.unwrap_or(boundaries.len()).min(CLASSES.len() - 1)]
    };
    let data: Vec<_> = starts
        .iter()
        .map(|start| {
            let found = columns.iter().find(|c| c.0 == *start);
            json!({ "value": found.map_or(0, |c| c.1), "itemStyle": { "color": class(*start) } })
        })
        .collect();
    let lines: Vec<_> = boundaries
        .iter()
        .filter(|b| starts.contains(b))
        .map(|b| json!({ "xAxis": b.to_string() }))
        .collect();
    json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "legend": { "show": false },
        "xAxis": { "type": "category", "data": starts.iter().map(ToString::to_string).collect::<Vec<_>>() },
        "yAxis": { "type": "value", "minInterval": 1 },
        "series": [{
            "name": name, "type": "bar", "barCategoryGap": "12%", "data": data,
            "markLine": { "symbol": "none", "silent": true, "label": { "show": false },
                "lineStyle": { "type": "dashed", "color": "#dc2626" }, "data": lines },
        }],
    })
    .to_string()
}

/// Points by two models beside each other.
pub(super) fn two(columns: &[(i64, u64, u64)], names: [&str; 2]) -> String {
    let starts: Vec<_> = columns.iter().map(|c| c.0.to_string()).collect();
    let series = |name: &str, color: &str, values: Vec<u64>| json!({ "name": name, "type": "bar", "data": values, "itemStyle": { "color": color } });
    json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "xAxis": { "type": "category", "data": starts },
        "yAxis": { "type": "value", "minInterval": 1 },
        "series": [
            series(names[0], CLASSES[2], columns.iter().map(|c| c.1).collect()),
            series(names[1], CLASSES[1], columns.iter().map(|c| c.2).collect()),
        ],
    })
    .to_string()
}
