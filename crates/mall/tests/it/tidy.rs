//! The rules of the house that a compiler cannot keep.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources(under: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(under).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all_sources() -> Vec<(String, String)> {
    let root = root();
    let mut found = Vec::new();
    sources(&root.join("crates"), &mut found);
    sources(&root.join("bench"), &mut found);
    let name = |p: &Path| p.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
    found.iter().map(|p| (name(p), std::fs::read_to_string(p).unwrap())).collect()
}

/// What each crate of ours may depend on, besides what is not ours.
#[test]
fn services_know_the_kit_and_the_contract_and_nobody_else() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Json = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let ours: BTreeSet<&str> = packages.iter().map(|p| p["name"].as_str().unwrap()).collect();
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let allowed: &[&str] = match name {
            "kit" | "bench" => &[],
            "contract" | "rush" => &["kit"],
            "seckill" | "redpacket" => &["kit", "contract", "rush"],
            "mall" => continue,
            _ => &["kit", "contract"],
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let dependency = dependency["name"].as_str().unwrap();
            if ours.contains(dependency) && !allowed.contains(&dependency) {
                wrong.push(format!("{name} must not know {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_stay_short() {
    let long: Vec<_> =
        all_sources().into_iter().map(|(name, text)| (text.lines().count(), name)).filter(|(lines, _)| *lines > 520).collect();
    assert!(long.is_empty(), "a file passes 500 lines; make it a folder by noun: {long:#?}");
}

#[test]
fn sql_stands_in_stores_only() {
    let verbs = ["\"select ", "\"update ", "\"insert into ", "\"delete from "];
    let may = |name: &str| {
        name.contains("/store")
            || name.contains("/tests")
            || name.contains("migration")
            || name.starts_with("crates/kit/")
            || name.starts_with("crates/mall/src/audit/")
            || name.starts_with("crates/mall/src/commands/doctor")
    };
    let wrong: Vec<_> = all_sources()
        .into_iter()
        .filter(|(name, text)| {
            !may(name) && verbs.iter().any(|verb| text.split("#[cfg(test)]").next().unwrap_or_default().contains(verb))
        })
        .map(|(name, _)| name)
        .collect();
    assert!(wrong.is_empty(), "SQL belongs into store.rs: {wrong:#?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> = all_sources()
        .into_iter()
        .filter(|(name, text)| !name.contains("/tests") && !text.starts_with("//!"))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "a module begins with what it is for: {silent:#?}");
}

#[test]
fn nothing_waits_by_the_clock_and_nothing_is_left_over() {
    let words = ["todo!(", "unimplemented!(", "FIXME", "#[ignore]", "thread::sleep"];
    let mut wrong = Vec::new();
    for (name, text) in all_sources().iter().filter(|(name, _)| !name.ends_with("tidy.rs")) {
        wrong.extend(words.iter().filter(|w| text.contains(**w)).map(|w| format!("{name}: {w}")));
        let sleeps_in_test = name.contains("/tests") && text.contains("time::sleep(");
        if sleeps_in_test {
            wrong.push(format!("{name}: a test that sleeps"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A service without an entry here cannot be wired, and one entry cannot hear what another calls otherwise.
#[test]
fn every_event_has_one_owner_and_every_listener_a_topic_that_exists() {
    let mut topics: BTreeMap<String, String> = BTreeMap::new();
    for (name, text) in all_sources().iter().filter(|(name, _)| name.starts_with("crates/contract/src/")) {
        let service = Path::new(name).file_stem().unwrap().to_string_lossy().into_owned();
        for topic in text.split('"').filter(|t| t.starts_with(&format!("{service}.")) && !t.contains(' ')) {
            topics.insert(topic.to_owned(), service.clone());
        }
    }
    for (service, hears) in mall::wire::HEARS {
        for topic in *hears {
            assert!(topics.contains_key(*topic), "{service} hears {topic}, which no contract declares");
        }
    }
}

#[test]
fn every_page_of_the_shop_is_an_address_that_the_gateway_answers() {
    let router = std::fs::read_to_string(root().join("web/shop/src/app/router.ts")).unwrap();
    let mut pages: Vec<String> = router
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{ path: '")?.split('\'').next())
        .filter(|path| *path != "/" && !path.contains('*'))
        .map(|path| {
            let part = |part: &str| match part.strip_prefix(':') {
                Some(name) => format!("{{{}}}", name.split('(').next().unwrap()),
                None => part.to_owned(),
            };
            path.split('/').map(part).collect::<Vec<_>>().join("/")
        })
        .collect();
    pages.sort();
    let mut known: Vec<String> = gateway::PAGES.iter().map(|path| (*path).to_owned()).collect();
    known.sort();
    assert!(pages.len() > 20, "the router is read: {pages:?}");
    assert_eq!(pages, known);
}
