//! Questionnaires without a database: what is shipped, what checks find, what comparisons say.

mod checks;
mod pages;
mod shipped;
