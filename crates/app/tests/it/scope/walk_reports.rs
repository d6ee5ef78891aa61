//! What reports show of a unit, by every function of the store that counts.

use super::objects::Objects;
use super::walk::Seen;
use domain::access::Scope;
use domain::reports::{Dimension, Figure, find_metric};
use store::Store;
use store::reports::{self, BehindFilter, FigureQuery, TallyBy};
use testkit::{TestApp, day};
use uuid::Uuid;

/// Figures, the lists behind them, and the dashboard.
pub(super) async fn walk_reports(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let (from, to) = (day("2024-03-01"), day("2024-03-31"));
    let query = FigureQuery {
        metric: find_metric("K-25").unwrap(),
        from,
        to,
        today: to,
        deemed: &[],
        org: None,
        programme: None,
        by: Some(Dimension::Unit),
    };
    let behind = BehindFilter {
        figure: Figure::Due,
        slot: None,
        after: None,
    };
    let found = reports::list_behind(db, scope, &query, &behind, 500)
        .await
        .unwrap();
    let listed = found.rows.iter().filter(|u| u.id == o.callback.0).count();
    let figures = reports::list_figures(db, scope, &query).await.unwrap();
    let tallies = reports::list_tallies(db, scope, (from, to, to))
        .await
        .unwrap();
    let late = reports::list_late(db, scope, to).await.unwrap();
    let units: Vec<Vec<Uuid>> = vec![
        figures.iter().filter_map(|r| r.key_id).collect(),
        tallies
            .iter()
            .filter_map(|(by, _)| match by {
                TallyBy::Unit(id) => Some(*id),
                _ => None,
            })
            .collect(),
        late.iter().map(|r| r.org).collect(),
    ];
    let mut ours = Vec::new();
    for ids in units {
        let labels = reports::list_labels(db, Dimension::Unit, &ids)
            .await
            .unwrap();
        ours.push(labels.iter().filter(|l| l.code.starts_with(o.org)).count());
    }
    let mut seen = walk_samples(t, scope, o).await;
    seen.extend([
        ("list_behind", listed),
        ("list_figures", ours[0]),
        ("list_tallies", ours[1]),
        ("list_late", ours[2]),
    ]);
    seen
}

/// Samples of the damage assessors whose cases belong to the unit.
async fn walk_samples(t: &TestApp, scope: &Scope, o: &Objects) -> Seen {
    let db: &Store = t.app.store();
    let mut seen = Seen::new();
    let mut note = |name, n| seen.insert(name, n);
    let february = (day("2024-02-01"), day("2024-02-29"));
    let adjuster = format!("DS-{}", o.customer_no);
    let found = store::obligations::list_sample_pool(db, scope, "MC-ADJ", february).await;
    let mine = |a: &String| *a == adjuster;
    note(
        "list_sample_pool",
        found.unwrap().iter().filter(|p| mine(&p.adjuster)).count(),
    );
    let found = store::obligations::list_sample_calls(db, scope, "MC-ADJ", february).await;
    note(
        "list_sample_calls",
        found.unwrap().iter().filter(|(a, _)| mine(a)).count(),
    );
    seen
}
