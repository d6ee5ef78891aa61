//! From files to a [`RuleBook`]: names become indices, types are checked, layers are fitted.

mod condition;
pub(super) use condition::typed as typed_value;
mod date;
mod layers;
mod parameter;
mod programme;
mod score;
mod trigger;

use super::check::{Finding, Linter, column_of, line_of};
use super::file::PackFile;
use super::{Article, Cause, InForce, Pack, PackId, Programme, Reason, RuleBook, Source, Standing};
use crate::calendar::Calendar;
use crate::dates::civil_date;
use crate::facts::{FactId, FactSchema};
use crate::text::Text;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Index by name.
pub(super) type Names = BTreeMap<String, usize>;

/// What compiling one file needs to know of the others.
pub(super) struct Context<'c> {
    pub schema: &'c FactSchema,
    /// Parameter ids over all files.
    pub parameters: &'c Names,
    pub pack: PackId,
    pub head: &'c Pack,
}

pub(super) fn load(
    schema: Arc<FactSchema>,
    calendar: Arc<Calendar>,
    sources: &[Source],
) -> Result<RuleBook, Vec<Finding>> {
    let as_written = vec![Standing::default(); sources.len()];
    let book = fit(schema, calendar, sources, &as_written)?;
    let report = book.run_tests();
    if report.is_passed() {
        Ok(book)
    } else {
        Err(report.findings())
    }
}

/// Everything but the tests, each pack as it stands rather than as it is written.
pub(super) fn fit(
    schema: Arc<FactSchema>,
    calendar: Arc<Calendar>,
    sources: &[Source],
    standings: &[Standing],
) -> Result<RuleBook, Vec<Finding>> {
    let mut findings = Vec::new();
    let mut files: Vec<(usize, PackFile)> = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        match toml::from_str::<PackFile>(&source.text) {
            Ok(file) => files.push((at, file)),
            Err(error) => findings.push(syntax(source, &error)),
        }
    }
    let mut book = RuleBook {
        unknown_reasons: unknown_reasons(&schema),
        by_event: vec![Vec::new(); schema.events().len()],
        recurring: Vec::new(),
        schema,
        calendar,
        packs: Vec::new(),
        parameters: Vec::new(),
        programmes: Vec::new(),
        scores: Vec::new(),
        files: files.iter().map(|(_, f)| f.clone()).collect(),
        conflict: Reason {
            code: "rules_conflict".into(),
            text: Text::new(
                "两条规定同时适用且未定先后，须由合规人员裁定",
                "two rules apply without precedence; compliance must decide",
            ),
        },
        not_drawn: Reason {
            code: super::NOT_DRAWN.into(),
            text: Text::new(
                "在抽样清单中，未被抽中",
                "in the list that is sampled from, and not drawn",
            ),
        },
        hash: String::new(),
    };
    let names = parameter::collect_ids(&mut book, &files, sources, &mut findings);
    for (pack, (at, file)) in files.iter().enumerate() {
        let mut lint = Linter::new(&sources[*at].name, &sources[*at].text);
        compile_file(
            &mut book,
            PackId(pack),
            file,
            (
                &sources[*at],
                standings.get(*at).copied().unwrap_or_default(),
            ),
            &names,
            &mut lint,
        );
        findings.extend(lint.finish());
    }
    if findings.is_empty() {
        findings.extend(layers::check(&mut book));
        findings.extend(score::fit(&mut book));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    index_programmes(&mut book);
    score::index(&mut book);
    book.hash = hash(&book);
    Ok(book)
}

fn syntax(source: &Source, error: &toml::de::Error) -> Finding {
    Finding {
        file: source.name.clone(),
        line: error.span().map(|s| line_of(&source.text, s.start)),
        column: error.span().map(|s| column_of(&source.text, s.start)),
        place: String::new(),
        what: error.message().to_owned(),
        hint: None,
    }
}

fn compile_file(
    book: &mut RuleBook,
    id: PackId,
    file: &PackFile,
    (source, standing): (&Source, Standing),
    names: &Names,
    lint: &mut Linter<'_>,
) {
    lint.at("pack");
    let mut head = head(file, source, standing, lint);
    let schema = Arc::clone(&book.schema);
    let context = Context {
        schema: &schema,
        parameters: names,
        pack: id,
        head: &head,
    };
    lint.at("pack scope");
    let scope: Vec<_> = file
        .scope
        .iter()
        .filter_map(|c| condition::compile(&context, c, &[], lint))
        .collect();
    for parameter in &file.parameter {
        parameter::compile(book, &context, parameter, lint);
    }
    for programme in &file.programme {
        if let Some(compiled) = programme::compile(&context, programme, lint) {
            book.programmes.push(compiled);
        }
    }
    for score in &file.score {
        if let Some(compiled) = score::compile(&context, score, lint) {
            book.scores.push(compiled);
        }
    }
    head.scope = scope;
    book.packs.push(head);
}

fn head(file: &PackFile, source: &Source, standing: Standing, lint: &mut Linter<'_>) -> Pack {
    let head = &file.pack;
    let status = standing.status.unwrap_or(head.status);
    if head.title.is_incomplete() {
        lint.report(None, "the title is needed in both languages", None);
    }
    if head.in_force.from.is_none() && head.in_force.undated.is_none() {
        let hint = "add `from`, or say in `undated` why the source bears no date";
        lint.report(None, "in_force has no first day", Some(hint.into()));
    }
    if status.is_evaluated() && matches!(head.confidence.as_str(), "K" | "U") {
        let what = format!("confidence {} may ship as a draft only", head.confidence);
        lint.report(None, what, Some("set status = \"draft\"".into()));
    }
    if !matches!(head.confidence.as_str(), "T" | "T2" | "K" | "U" | "P") {
        lint.report(None, "confidence must be T, T2, K, U or P", None);
    }
    let from = head.in_force.from.as_ref().and_then(civil_date);
    let until = head.in_force.until.as_ref().and_then(civil_date);
    if matches!((from, until), (Some(f), Some(u)) if u < f) {
        lint.report(None, "in_force ends before it begins", None);
    }
    let articles = file.article.iter().map(|a| Article {
        reference: a.reference.clone(),
        text: a.text.clone(),
        verbatim: a.verbatim,
    });
    Pack {
        id: head.id.clone(),
        version: head.version,
        title: head.title.clone(),
        jurisdiction: head.jurisdiction.clone(),
        layer: head.layer,
        status,
        confidence: head.confidence.clone(),
        in_force: InForce {
            from: from.max(standing.from),
            until: [until, standing.until].into_iter().flatten().min(),
            undated: head.in_force.undated.clone(),
        },
        source_title: head.source.title.clone(),
        issuer: head.source.issuer.clone(),
        number: head.source.number.clone(),
        implements: head.implements.clone(),
        interpretation: head.interpretation.clone(),
        note: head.note.clone(),
        articles: articles.collect(),
        scope: Vec::new(),
        hash: text_hash(&source.text),
        narrowed: standing.from.is_some() || standing.until.is_some(),
        file: source.name.clone(),
    }
}

/// SHA-256 of a pack's text, hexadecimal: what identifies a version that was reviewed.
pub fn text_hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Every fact that a decision of the programme may look at, in the order of the schema.
fn used_facts(book: &RuleBook, programme: &Programme) -> Vec<FactId> {
    let mut used = layers::Usage::default();
    used.conditions(book, &book.pack(programme.pack).scope);
    used.programme(book, programme);
    used.into_facts()
}

fn index_programmes(book: &mut RuleBook) {
    let used: Vec<_> = book
        .programmes
        .iter()
        .map(|p| used_facts(book, p))
        .collect();
    for (programme, facts) in book.programmes.iter_mut().zip(used) {
        programme.facts_used = facts;
    }
    for (at, programme) in book.programmes.iter().enumerate() {
        if book.packs[programme.pack.0].status.is_evaluated() {
            match programme.trigger.cause {
                Cause::Event(event) => book.by_event[event.index()].push(super::ProgrammeId(at)),
                Cause::Calendar(_) => book.recurring.push(super::ProgrammeId(at)),
            }
        }
    }
}

/// For each fact, the reason that excludes a candidate because the fact is not known.
fn unknown_reasons(schema: &FactSchema) -> Vec<Reason> {
    let reason = |fact: &crate::facts::Fact| Reason {
        code: format!("unknown:{}", fact.name),
        text: Text::new(
            format!("{}未知", fact.zh),
            format!("{} is not known", fact.en),
        ),
    };
    schema.facts().iter().map(reason).collect()
}

fn hash(book: &RuleBook) -> String {
    let mut hasher = Sha256::new();
    let mut packs: Vec<_> = book
        .packs
        .iter()
        .filter(|p| p.status.is_evaluated())
        .collect();
    packs.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    for pack in packs {
        hasher.update(pack.hash.as_bytes());
        if pack.narrowed {
            let days = format!("{:?}..{:?}", pack.in_force.from, pack.in_force.until);
            hasher.update(days.as_bytes());
        }
    }
    hasher.update(book.calendar.hash().as_bytes());
    hex::encode(hasher.finalize())
}
