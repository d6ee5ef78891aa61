//! Two more ways to contact a customer: the electronic callback and the gathering.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const BEFORE: [&str; 7] = ["phone", "letter", "visit", "sms", "email", "wechat", "qq"];
const AFTER: [&str; 9] = [
    "phone",
    "letter",
    "visit",
    "sms",
    "email",
    "wechat",
    "qq",
    "electronic",
    "gathering",
];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "attempts", "channel", &AFTER).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::set_codes(manager, "attempts", "channel", &BEFORE).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
