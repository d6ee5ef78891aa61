//! Callback campaigns with their lists, steps and measures of improvement.

crate::ddl::migration! {
    up: "
CREATE TABLE campaigns (
    id {id} NOT NULL PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    org_id {id} NOT NULL REFERENCES orgs (id),
    title TEXT NOT NULL,
    goal TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'to_confirm', 'confirmed', 'released', 'closed', 'cancelled')),
    starts_on {date} NOT NULL,
    ends_on {date} NOT NULL,
    channel TEXT CHECK (channel IN ('phone', 'letter', 'visit', 'sms', 'email', 'wechat', 'qq', 'electronic', 'gathering')),
    topics TEXT NOT NULL,
    material TEXT,
    analysis {bytes},
    reason TEXT,
    made_by {id} NOT NULL REFERENCES users (id),
    made_name TEXT NOT NULL,
    released_at {instant},
    version {int} NOT NULL,
    created_at {instant} NOT NULL,
    updated_at {instant} NOT NULL
) {strict};
CREATE INDEX campaigns_org ON campaigns (org_id, id);
CREATE TABLE campaign_steps (
    id {id} NOT NULL PRIMARY KEY,
    campaign_id {id} NOT NULL REFERENCES campaigns (id),
    step TEXT NOT NULL CHECK (step IN ('goal', 'channel', 'material', 'execution', 'analysis', 'improvement')),
    actor_name TEXT NOT NULL,
    at {instant} NOT NULL,
    UNIQUE (campaign_id, step)
) {strict};
CREATE TABLE campaign_members (
    id {id} NOT NULL PRIMARY KEY,
    campaign_id {id} NOT NULL REFERENCES campaigns (id),
    customer_id {id} NOT NULL REFERENCES customers (id),
    purpose {bytes},
    source TEXT NOT NULL CHECK (source IN ('sales', 'selection', 'single')),
    added_by {id} NOT NULL REFERENCES users (id),
    added_name TEXT NOT NULL,
    added_at {instant} NOT NULL,
    added_reason {bytes},
    removed_name TEXT,
    removed_at {instant},
    removed_reason {bytes},
    UNIQUE (campaign_id, customer_id)
) {strict};
CREATE INDEX campaign_members_customer ON campaign_members (customer_id);
CREATE INDEX campaign_members_order ON campaign_members (campaign_id, id);
CREATE TABLE campaign_measures (
    id {id} NOT NULL PRIMARY KEY,
    campaign_id {id} NOT NULL REFERENCES campaigns (id),
    text TEXT NOT NULL,
    owner_id {id} NOT NULL REFERENCES users (id),
    due_on {date} NOT NULL,
    done_name TEXT,
    done_at {instant},
    created_at {instant} NOT NULL
) {strict};
CREATE INDEX campaign_measures_campaign ON campaign_measures (campaign_id)
",
    drops: ["campaign_measures", "campaign_members", "campaign_steps", "campaigns"]
}
