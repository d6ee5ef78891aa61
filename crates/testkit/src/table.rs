//! Rows of import files.

/// Rows of an import file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Vec<(&'static str, String)>>,
}

/// A row of an import file, by column.
pub fn row<const N: usize>(cells: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    cells
        .map(|(column, value)| (column, value.to_owned()))
        .to_vec()
}

impl Table {
    /// A table of rows.
    pub fn new(rows: impl IntoIterator<Item = Vec<(&'static str, String)>>) -> Self {
        Self {
            rows: rows.into_iter().collect(),
        }
    }

    /// Adds a row.
    pub fn add(&mut self, row: Vec<(&'static str, String)>) -> &mut Self {
        self.rows.push(row);
        self
    }

    /// Turns the order of the rows round.
    pub fn reverse(&mut self) -> &mut Self {
        self.rows.reverse();
        self
    }

    /// How many rows there are.
    pub fn len(&self) -> u64 {
        self.rows.len() as u64
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Sets a cell of the row whose first cell is `key`.
    pub fn set(&mut self, key: &str, column: &'static str, value: &str) -> &mut Self {
        let found = self.rows.iter_mut().find(|r| r[0].1 == key);
        let row = found.unwrap_or_else(|| panic!("no row {key}"));
        row.retain(|(c, _)| *c != column);
        row.push((column, value.to_owned()));
        self
    }

    /// The row whose first cell is `key`, alone.
    #[must_use]
    pub fn only(&self, key: &str) -> Self {
        let rows = self.rows.iter().filter(|r| r[0].1 == key).cloned();
        Self {
            rows: rows.collect(),
        }
    }

    fn columns(&self) -> Vec<&'static str> {
        let mut columns = Vec::new();
        for (column, _) in self.rows.iter().flatten() {
            if !columns.contains(column) {
                columns.push(*column);
            }
        }
        columns
    }

    /// The cells in the order of [`Self::heading`].
    pub fn cells(&self) -> Vec<Vec<String>> {
        let columns = self.columns();
        let cell = |row: &Vec<(&'static str, String)>, column: &&'static str| {
            let found = row.iter().find(|(c, _)| c == column);
            found.map_or_else(String::new, |(_, v)| v.clone())
        };
        self.rows
            .iter()
            .map(|row| columns.iter().map(|c| cell(row, c)).collect())
            .collect()
    }

    /// The columns that any row has.
    pub fn heading(&self) -> Vec<&'static str> {
        self.columns()
    }

    /// As CSV.
    pub fn csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(self.columns()).unwrap();
        for row in self.cells() {
            writer.write_record(row).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }
}
