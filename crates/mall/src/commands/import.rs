//! `mall import catalog FILE`, `mall import reviews FILE`: products, and what buyers said of them, from JSON lines. Running it twice changes nothing; a bad line is told with its
//! number and reason and the others go in.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use contract::SpuId;
use contract::product::{ImportOutcome, ImportReviews, Line};
use contract::search::Flush;
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use kit::{Ctx, Result};

use super::{Reach, fail, say};
use crate::config::Config;
use crate::wire::Neighbours;

/// Lines on their way at once.
const ABREAST: usize = 8;
/// Products taken into the index at once.
const BATCH: usize = 100;
/// Longest line, bytes.
const LINE_BYTES: usize = 1 << 20;

/// Takes data in.
#[derive(Subcommand)]
pub enum Import {
    /// Products, one JSON object a line.
    Catalog(Catalog),
    /// Reviews that were written elsewhere, one JSON object a line: a product's number there and up to 100 of its reviews.
    Reviews(Catalog),
    /// The demo store's own products, into any mall.
    Demo,
}

/// A file of one JSON object a line.
#[derive(Args)]
pub struct Catalog {
    /// The file.
    file: PathBuf,
    /// Prints the result as JSON.
    #[arg(long)]
    json: bool,
}

/// What an import did, counted in products or in reviews.
#[derive(Debug, Default, serde::Serialize)]
pub struct Report {
    /// New products.
    pub created: usize,
    /// Changed products.
    pub updated: usize,
    /// Products that were the same already.
    pub unchanged: usize,
    /// Lines that were refused: number (from 1) and reason.
    pub refused: BTreeMap<usize, String>,
}

impl Import {
    /// Takes the data in; fails when a line was refused.
    pub async fn run(self, config: Config) -> ExitCode {
        let (text, json) = match &self {
            Import::Catalog(catalog) | Import::Reviews(catalog) => match tokio::fs::read(&catalog.file).await {
                Ok(text) => (text, catalog.json),
                Err(e) => return fail(format_args!("{}: {e}", catalog.file.display())),
            },
            Import::Demo => match demo_lines() {
                Ok(text) => (text, false),
                Err(e) => return fail(e),
            },
        };
        let imported = async {
            let reach = Reach::find(&config).await?;
            let report = match &self {
                Import::Reviews(_) => Ok(reviews(reach.neighbours(), &text).await),
                Import::Catalog(_) | Import::Demo => take_in(reach.neighbours(), &text).await,
            };
            reach.leave().await;
            report
        };
        match imported.await {
            Ok(report) => tell(&report, json),
            Err(e) => fail(e),
        }
    }
}

fn tell(report: &Report, json: bool) -> ExitCode {
    if json {
        say(serde_json::to_string(report).unwrap_or_default());
    } else {
        for (number, reason) in &report.refused {
            say(format_args!("line {number}: {reason}"));
        }
        let Report { created, updated, unchanged, refused } = report;
        say(format_args!("{created} new, {updated} changed, {unchanged} the same, {} refused", refused.len()));
    }
    if report.refused.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The demo's own catalogue, as a file would hold it.
pub fn demo_lines() -> Result<Vec<u8>> {
    let mut text = Vec::new();
    for line in crate::demo::catalogue::lines() {
        serde_json::to_writer(&mut text, &line)?;
        text.push(b'\n');
    }
    Ok(text)
}

/// Takes in lines of reviews; each line goes in whole or not at all.
pub async fn reviews(mall: &Neighbours, text: &[u8]) -> Report {
    let mut report = Report::default();
    for (index, raw) in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).enumerate().filter(|(_, raw)| !raw.is_empty()) {
        let done = match read::<ImportReviews>(raw) {
            Ok(line) => mall.product.import_reviews(&Ctx::house(), line).await.map_err(|e| e.to_string()),
            Err(why) => Err(why),
        };
        match done {
            Ok(done) => {
                report.created += done.created as usize;
                report.unchanged += done.unchanged as usize;
            }
            Err(why) => {
                report.refused.insert(index + 1, why);
            }
        }
    }
    report
}

/// Reads one line.
fn read<T: serde::de::DeserializeOwned>(raw: &[u8]) -> std::result::Result<T, String> {
    if raw.len() > LINE_BYTES {
        return Err(format!("the line is longer than {LINE_BYTES} bytes"));
    }
    serde_json::from_slice(raw).map_err(|e| reason(&e))
}

/// Takes the lines of a file in; everything that went in is found by search when this returns.
pub async fn take_in(mall: &Neighbours, text: &[u8]) -> Result<Report> {
    let mut report = Report::default();
    let lines = parse(text, &mut report);
    let (outcomes, spus) = publish(mall, lines).await;
    for (number, outcome) in outcomes {
        match outcome {
            Ok(ImportOutcome::Created) => report.created += 1,
            Ok(ImportOutcome::Updated) => report.updated += 1,
            Ok(ImportOutcome::Unchanged) => report.unchanged += 1,
            Err(reason) => {
                report.refused.insert(number, reason);
            }
        }
    }
    for batch in spus.chunks(BATCH) {
        mall.search.flush(&Ctx::house(), Flush { spus: batch.to_vec() }).await?;
    }
    Ok(report)
}

/// The lines that read well, each with its number; the others go to the report.
fn parse(text: &[u8], report: &mut Report) -> Vec<(usize, Line)> {
    let mut seen: HashMap<i64, usize> = HashMap::new();
    let mut lines = Vec::new();
    for (index, raw) in text.split(|b| *b == b'\n').enumerate() {
        let number = index + 1;
        let raw = raw.trim_ascii();
        if raw.is_empty() {
            continue;
        }
        let unique = read::<Line>(raw).and_then(|line| match seen.insert(line.source_id, number) {
            Some(first) => {
                seen.insert(line.source_id, first);
                Err(format!("source_id {} stands in line {first} already", line.source_id))
            }
            None => Ok(line),
        });
        match unique {
            Ok(line) => lines.push((number, line)),
            Err(why) => {
                report.refused.insert(number, why);
            }
        }
    }
    lines
}

/// serde_json counts lines from the start of the text it was given, which is one line here.
fn reason(e: &serde_json::Error) -> String {
    let text = e.to_string();
    text.replacen("at line 1 column", "at column", 1)
}

type Outcomes = Vec<(usize, Result<ImportOutcome, String>)>;

async fn publish(mall: &Neighbours, lines: Vec<(usize, Line)>) -> (Outcomes, Vec<SpuId>) {
    let bar = progress(lines.len());
    let results: Vec<_> = futures::stream::iter(lines)
        .map(|(number, line)| {
            let product = mall.product.clone();
            let bar = bar.clone();
            async move {
                let outcome = product.import(&Ctx::house(), line).await;
                bar.inc(1);
                (number, outcome)
            }
        })
        .buffer_unordered(ABREAST)
        .collect()
        .await;
    bar.finish_and_clear();
    let mut spus = Vec::new();
    let outcomes = results.into_iter().map(|(number, outcome)| {
        let outcome = outcome.map_err(|e| e.to_string()).map(|done| {
            if done.outcome != ImportOutcome::Unchanged {
                spus.push(done.spu);
            }
            done.outcome
        });
        (number, outcome)
    });
    (outcomes.collect(), spus)
}

fn progress(total: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{bar:32} {pos}/{len} products, {eta} left") {
        bar.set_style(style);
    }
    bar
}
