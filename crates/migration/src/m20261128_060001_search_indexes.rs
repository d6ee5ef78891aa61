//! The indexes by which a name or last digits find customers hold the ids of the customer and of the survivor of a merge,
//! so that the newest of very many are found without reading the rows of the others.

use sea_orm_migration::prelude::DeriveMigrationName;
use sea_orm_migration::{DbErr, MigrationTrait, SchemaManager, async_trait};

const UP: &str = "
DROP INDEX customers_name;
DROP INDEX customers_id_no_tail;
DROP INDEX customers_mobile_tail;
CREATE INDEX customers_name ON customers (name_index, id, merged_into_id);
CREATE INDEX customers_id_no_tail ON customers (id_no_tail_index, id, merged_into_id);
CREATE INDEX customers_mobile_tail ON customers (mobile_tail_index, id, merged_into_id)
";
const DOWN: &str = "
DROP INDEX customers_mobile_tail;
DROP INDEX customers_id_no_tail;
DROP INDEX customers_name;
CREATE INDEX customers_mobile_tail ON customers (mobile_tail_index);
CREATE INDEX customers_id_no_tail ON customers (id_no_tail_index);
CREATE INDEX customers_name ON customers (name_index)
";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        crate::ddl::run(manager, DOWN).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
