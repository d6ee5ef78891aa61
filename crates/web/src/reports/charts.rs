//! Plots as data for the chart library: what lies in `data-chart`.

use serde_json::{Value, json};

/// Colours that read on light and dark ground.
pub(super) const GOOD: &str = "#0f9d8c";
pub(super) const SLOW: &str = "#d97706";
pub(super) const BAD: &str = "#dc2626";
pub(super) const REST: &str = "#94a3b8";

/// A part of stacked bars.
pub(super) struct Part {
    /// Its name.
    pub(super) name: String,
    /// Its colour.
    pub(super) color: &'static str,
    /// A value for each bar.
    pub(super) values: Vec<i64>,
}

/// Stacked columns over categories such as days.
pub(super) fn columns(categories: &[String], parts: &[Part], today: Option<&str>) -> String {
    let mut series: Vec<_> = parts.iter().map(|p| bars(p, "day")).collect();
    if let (Some(today), Some(first)) = (today, series.first_mut()) {
        first["markLine"] = json!({
            "symbol": "none", "silent": true, "label": { "show": false },
            "lineStyle": { "type": "dashed", "color": REST }, "data": [{ "xAxis": today }],
        });
    }
    json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "xAxis": { "type": "category", "data": categories },
        "yAxis": { "type": "value", "minInterval": 1 },
        "series": series,
    })
    .to_string()
}

/// Stacked bars beside names, the first on top.
pub(super) fn rows(names: &[String], parts: &[Part]) -> String {
    let series: Vec<_> = parts.iter().map(|p| bars(p, "row")).collect();
    json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "xAxis": { "type": "value", "minInterval": 1 },
        "yAxis": { "type": "category", "inverse": true, "data": names, "axisTick": { "show": false } },
        "series": series,
    })
    .to_string()
}

/// Shares in per cent beside names, with the value to reach as a line.
pub(super) fn shares(names: &[String], shares: &[Option<f64>], target: Option<u32>) -> String {
    let data: Vec<Value> = shares
        .iter()
        .map(|share| share.map_or(Value::Null, |s| json!((s * 10_000.0).round() / 100.0)))
        .collect();
    let mut series = json!({
        "type": "bar", "data": data, "barMaxWidth": 18, "itemStyle": { "color": GOOD },
    });
    if let Some(target) = target {
        series["markLine"] = json!({
            "symbol": "none", "silent": true, "lineStyle": { "type": "dashed", "color": BAD },
            "data": [{ "xAxis": target }],
        });
    }
    json!({
        "tooltip": { "trigger": "axis", "axisPointer": { "type": "shadow" } },
        "xAxis": { "type": "value", "max": 100, "axisLabel": { "formatter": "{value}%" } },
        "yAxis": { "type": "category", "inverse": true, "data": names, "axisTick": { "show": false } },
        "series": [series],
    })
    .to_string()
}

fn bars(part: &Part, stack: &str) -> Value {
    json!({
        "name": part.name, "type": "bar", "stack": stack, "barMaxWidth": 22,
        "itemStyle": { "color": part.color }, "data": part.values,
    })
}
