//! `mall import catalog`: what goes in, what is refused, and that a second time changes nothing.

use std::path::Path;

use mall::commands::import::{Report, take_in};
use serde_json::{Value as Json, json};

use crate::house::{Mall, Plan, encode};
use crate::people::mug;
use crate::story;

async fn import(mall: &Mall, text: &str) -> Report {
    let report = take_in(mall.neighbours(), text.as_bytes()).await.unwrap();
    mall.settle().await;
    report
}

async fn detail(mall: &Mall, title: &str) -> Json {
    let found = mall.get(&format!("/api/v1/search?q={}", encode(title))).await.ok();
    let spu = found["items"][0]["spu_id"].as_str().unwrap().to_owned();
    mall.get(&format!("/api/v1/spus/{spu}")).await.ok()
}

story!(
    /// Twice the same changes nothing; a changed line changes its product and keeps the variants' numbers.
    the_same_file_twice, |mall| {
        let line = mug(7);
        let first = import(mall, &line.to_string()).await;
        // Where every call is made twice, the second one answers: the same line again.
        let twice = mall.plan.doubled;
        assert_eq!((first.created, first.unchanged), if twice { (0, 1) } else { (1, 0) }, "{first:?}");
        let before = detail(mall, "手作釉下彩马克杯").await;
        let again = import(mall, &line.to_string()).await;
        assert_eq!((again.created, again.updated, again.unchanged), (0, 0, 1), "{again:?}");
        assert_eq!(detail(mall, "手作釉下彩马克杯").await, before);

        let mut dearer = line.clone();
        dearer["skus"][0]["price_fen"] = json!(5200);
        dearer["skus"].as_array_mut().unwrap().push(json!({ "specs": [["颜色", "墨绿"]], "price_fen": 5200, "stock": 3 }));
        let changed = import(mall, &dearer.to_string()).await;
        assert_eq!((changed.created, changed.updated), (0, u32::from(!twice) as usize), "{changed:?}");
        let after = detail(mall, "手作釉下彩马克杯").await;
        assert_eq!(after["skus"][0]["price_fen"], 5200);
        for n in 0..2 {
            assert_eq!(after["skus"][n]["id"], before["skus"][n]["id"], "variants keep their numbers");
        }
        assert_eq!(after["skus"].as_array().unwrap().len(), 3);
    }
);

story!(
    /// A bad line is told with its number and reason, and the others go in.
    bad_lines_are_told, |mall| {
        let good = mug(1).to_string();
        let with = |field: &str, value: Json| {
            let mut line = mug(1);
            line["source_id"] = json!(9100 + field.len());
            line[field] = value;
            line.to_string()
        };
        let negative = with("skus", json!([{ "specs": [], "price_fen": -1, "stock": 1 }]));
        let file = [
            good.as_str(),
            "{ \"source_id\": 1, ",
            &with("skus", json!([])),
            &negative,
            &with("colour_of_the_box", json!("red")),
            &good,
            "",
        ]
        .join("\n");
        let report = import(mall, &file).await;
        assert_eq!(report.created + report.unchanged, 1, "{report:?}");
        assert_eq!(report.refused.keys().copied().collect::<Vec<_>>(), [2, 3, 4, 5, 6], "{report:?}");
        assert!(report.refused[&5].contains("colour_of_the_box"), "{report:?}");
        assert!(report.refused[&6].contains("line 1"), "{report:?}");
    }
);

/// The real catalogue, when it lies beside the project: every product is on the shelf and found.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_real_catalogue_goes_in() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/catalog.jsonl");
    let Ok(text) = std::fs::read_to_string(file) else {
        println!("not run: there is no real catalogue beside the project");
        return;
    };
    let lines: Vec<Json> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    let mall = Mall::start(Plan::default()).await;
    let report = import(&mall, &text).await;
    assert_eq!((report.created, report.refused.len()), (lines.len(), 0), "{report:?}");
    let again = import(&mall, &text).await;
    assert_eq!((again.created, again.updated, again.unchanged), (0, 0, lines.len()), "{again:?}");
    for line in lines.iter().filter(|l| l["on_sale"] == true).step_by(9) {
        let title = line["title"].as_str().unwrap();
        let found = mall.get(&format!("/api/v1/search?q={}&limit=50", encode(title))).await.ok();
        assert!(found["items"].as_array().unwrap().iter().any(|i| i["title"] == title), "{title} is not found");
    }
    mall.curtain().await;
}
