//! What follows the calls: escalation, a list of problem cases, reviews, checked records.

use super::people::Staff;
use super::story::tolerated;
use anyhow::Result;
use app::App;
use app::access::{HolderForm, give_post, set_post, unit_page};
use app::callbacks::{ListQuery, ReviewForm, review_callback};
use app::tickets::{ListForm, make_list, read_list};
use chrono::{Datelike as _, TimeDelta};
use domain::access::Role;
use domain::time::{self, Instant};

/// Posts that get or decide something, with the role of who holds them here.
const POSTS: [(&str, Role); 4] = [
    ("quality_supervision", Role::QualityInspector),
    ("channel_management", Role::HeadOfficeManager),
    ("branch_operations", Role::BranchOperations),
    ("branch_sales_management", Role::BranchSales),
];
/// Records that a leader examined.
const REVIEWS: usize = 6;

/// Looks back at what was done.
pub(super) async fn look_back(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    let operations: Vec<_> = staff.of(Role::BranchOperations).collect();
    let admin = staff.of(Role::Administrator).next();
    if let (Some(admin), Some(branch)) = (admin, operations.first()) {
        for (kind, role) in POSTS {
            let Some(holder) = staff.of(role).next() else {
                continue;
            };
            let unit = branch.org_code.as_str();
            tolerated(
                "post",
                set_post(app, &admin.actor, now, unit, kind, "1").await,
            )?;
            let page = unit_page(app, &admin.actor, now, unit).await?;
            let Some(post) = page.posts.iter().find(|p| p.row.kind == kind) else {
                continue;
            };
            let form = HolderForm {
                username: holder.username.clone(),
                ..HolderForm::default()
            };
            let given = give_post(app, &admin.actor, now, unit, post.row.id, &form).await;
            tolerated("holder", given)?;
        }
    }
    app::tickets::escalate_overdue(app, now).await?;
    app::callbacks::check_records(app, now).await?;
    if let Some(branch) = operations.first() {
        let today = time::date_in_china(now);
        let month = today.with_day(1).unwrap_or(today);
        let form = ListForm {
            org: branch.org_code.clone(),
            from: month.to_string(),
            to: today.to_string(),
            ..ListForm::default()
        };
        let made = tolerated("list", make_list(app, &branch.actor, now, &form).await)?;
        if let (Some(number), Some(reader)) = (made, staff.of(Role::QualityInspector).next()) {
            let later = now + TimeDelta::seconds(30);
            tolerated("read", read_list(app, &reader.actor, later, &number).await)?;
        }
    }
    review(app, staff, now).await
}

/// A leader examines some records and guides their callers.
async fn review(app: &App, staff: &Staff, now: Instant) -> Result<()> {
    let Some(leader) = staff.of(Role::TeamLeader).next() else {
        return Ok(());
    };
    let query = ListQuery {
        view: "closed".to_owned(),
        ..ListQuery::default()
    };
    let list = app::callbacks::list_callbacks(app, &leader.actor, now, &query).await?;
    for (at, row) in (0..).zip(list.page.rows.iter().take(REVIEWS)) {
        let doubtful = at % 3 == 2;
        let form = ReviewForm {
            record: if doubtful { "incomplete" } else { "in_order" }.to_owned(),
            result: "agreed".to_owned(),
            guidance: if doubtful {
                "客户对退保损失的原话应如实记入，便于后续核实。".to_owned()
            } else {
                String::new()
            },
        };
        let reviewed = review_callback(app, &leader.actor, now, row.id, &form).await;
        tolerated("review", reviewed)?;
    }
    Ok(())
}
