//! Messages of the last day: reminders that went out, and greetings that give way to them.

use super::chance::earlier;
use super::people::Staff;
use anyhow::Result;
use app::App;
use app::customers::{CustomerQuery, list_customers};
use app::messaging::{WrittenForm, send_due, send_written};
use chrono::{NaiveDate, NaiveTime};
use domain::access::Role;
use domain::time::{self, Instant};

/// Customers who are written to.
const CUSTOMERS: usize = 24;
/// Every so many of them have a birthday too.
const BIRTHDAYS: usize = 4;

/// Writes to some customers and sends what may go out.
pub(super) async fn leave_messages(
    app: &App,
    staff: &Staff,
    company: &str,
    now: Instant,
) -> Result<()> {
    let Some(person) = staff.of(Role::HeadOfficeManager).next() else {
        return Ok(());
    };
    let app = app
        .clone()
        .with_outlets(crate::messaging::demonstration(company));
    let query = CustomerQuery {
        kind: "individual".to_owned(),
        ..CustomerQuery::default()
    };
    let found = list_customers(&app, &person.actor, now, &query).await?;
    let customers = found.page.rows.into_iter().take(CUSTOMERS);
    for (at, customer) in customers.enumerate() {
        let reminder = [
            ("product", "安享终身寿险（分红型）"),
            ("policy_tail", customer.customer_no.as_str()),
            ("due_on", "下月十五日"),
        ];
        let mut wanted = vec![form("renewal_due", &reminder)];
        if at % BIRTHDAYS == 0 {
            wanted.push(form("birthday", &[]));
        }
        for form in wanted {
            send_written(&app, &person.actor, now, &customer.customer_no, &form).await?;
        }
    }
    send_due(&app, &move || now).await?;
    Ok(())
}

/// Reminders, notices and greetings of a day, at ten in the morning.
pub(super) async fn tell(app: &App, company: &str, day: NaiveDate, until: Instant) -> Result<()> {
    let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    let now = earlier(time::at_in_china(day, ten), until);
    let app = app
        .clone()
        .with_outlets(crate::messaging::demonstration(company));
    app::care::take_up(&app, now).await?;
    while send_due(&app, &move || now).await? > 0 {}
    Ok(())
}

fn form(template: &str, values: &[(&str, &str)]) -> WrittenForm {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    WrittenForm {
        template: template.to_owned(),
        channel: "sms".to_owned(),
        values: values.iter().map(own).collect(),
        once: String::new(),
    }
}
