//! The index in a folder: restarts, damage, rebuilds while writing.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::*;

fn open(folder: &tempfile::TempDir) -> Arc<Index> {
    Index::open(&folder.path().join("index"), Arc::clone(&WORDS)).unwrap()
}

fn filled(folder: &tempfile::TempDir) {
    let index = open(folder);
    assert!(index.needs_rebuild());
    assert_eq!(index.rebuild(SHOP.iter().map(document)).unwrap(), 24);
    assert!(!index.needs_rebuild());
}

#[test]
fn versions_tombstones_and_partial_facts_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let index = open(&folder);
    assert!(!index.needs_rebuild());
    index.remove(1, 5);
    index.set_sales(3, 12_345, 7);
    index.set_stock(4, false, 2);
    index.set_sales(500, 77, 1);
    index.flush().unwrap();
    drop(index);
    let index = open(&folder);
    assert!(!index.needs_rebuild());
    assert_eq!(index.documents(), 23);
    assert!(!index.put(Document { version: 5, ..document(&SHOP[0]) }));
    assert!(!index.set_sales(3, 1, 7));
    assert!(!index.set_stock(4, true, 2));
    assert!(index.put(Document { spu: 500, version: 1, title: "迟到的商品".into(), ..Document::default() }));
    index.flush().unwrap();
    let page = index.search(&words("迟到")).unwrap();
    assert_eq!((page.items[0].spu, page.items[0].sales), (500, 77));
    assert_eq!(finds(&index, "手机壳"), [3]);
}

#[test]
fn what_was_never_rebuilt_asks_for_it_again() {
    let folder = tempfile::tempdir().unwrap();
    let index = open(&folder);
    index.put(document(&SHOP[0]));
    index.flush().unwrap();
    drop(index);
    let index = open(&folder);
    assert!(index.needs_rebuild());
    assert_eq!(index.documents(), 0);
}

#[test]
fn a_damaged_index_opens_empty_and_says_so() {
    type Damage = fn(&std::path::Path);
    let damages: [Damage; 4] = [
        |root| std::fs::write(root.join("current"), "rubbish").unwrap(),
        |root| std::fs::write(root.join("current"), "77 1").unwrap(),
        |root| each_file(root, |file| std::fs::write(file, b"").unwrap()),
        |root| {
            each_file(root, |file| {
                if file.extension().is_some_and(|kind| kind == "fast" || kind == "store") {
                    let mut bytes = std::fs::read(file).unwrap();
                    let middle = bytes.len() / 3;
                    bytes[middle] ^= 0x55;
                    std::fs::write(file, bytes).unwrap();
                }
            });
        },
    ];
    for damage in damages {
        let folder = tempfile::tempdir().unwrap();
        filled(&folder);
        damage(&folder.path().join("index"));
        let index = open(&folder);
        assert!(index.needs_rebuild());
        assert_eq!(index.search(&words("")).unwrap().total, 0);
        assert_eq!(index.rebuild(SHOP.iter().map(document)).unwrap(), 24);
        assert_eq!(finds(&index, "羊毛被"), [20]);
        drop(index);
        assert!(!open(&folder).needs_rebuild());
    }
}

fn each_file(root: &std::path::Path, change: impl Fn(&std::path::Path)) {
    let generation = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_dir()).unwrap();
    for entry in std::fs::read_dir(generation).unwrap() {
        change(&entry.unwrap().path());
    }
}

#[test]
fn a_rebuild_drops_what_the_source_no_longer_has_and_only_one_runs() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let index = open(&folder);
    let running = index.begin_rebuild().unwrap();
    assert!(index.begin_rebuild().is_err_and(|error| error.is(kit::fault::IN_FLIGHT)));
    drop(running);
    assert_eq!(index.search(&words("")).unwrap().total, 24, "an abandoned rebuild changes nothing");
    assert_eq!(index.rebuild(SHOP.iter().skip(1).map(document)).unwrap(), 23);
    assert_eq!(finds(&index, "手机壳"), [3]);
    assert!(!index.put(Document { version: 0, ..document(&SHOP[0]) }), "older than what was dropped");
    assert!(index.put(document(&SHOP[0])), "the same version may come back");
    let folders = std::fs::read_dir(folder.path().join("index")).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir());
    assert_eq!(folders.count(), 1);
}

#[test]
fn a_source_behind_the_events_does_not_win() {
    let index = shop();
    index.put(Document { version: 9, title: "全新标题".into(), ..document(&SHOP[0]) });
    index.flush().unwrap();
    assert_eq!(index.rebuild(SHOP.iter().map(document)).unwrap(), 24);
    assert_eq!(finds(&index, "全新标题"), [1]);
    assert_eq!(index.version(1), Some(9));
}

#[test]
fn rebuilding_while_others_write_and_search_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    filled(&folder);
    let index = open(&folder);
    let done = AtomicBool::new(false);
    // What the source has; a product is there before the index hears of it.
    let newest = AtomicI64::new(1001);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let mut version = 1;
            while !done.load(Ordering::Acquire) {
                version += 1;
                for line in SHOP {
                    index.put(Document { version, title: format!("第 {version} 版"), ..document(line) });
                    index.set_sales(line.0, version, version);
                }
                newest.store(1000 + version, Ordering::Release);
                index.put(Document { spu: 1000 + version, version: 1, title: "新来的".into(), ..Document::default() });
                index.commit().unwrap();
            }
            version
        });
        scope.spawn(|| {
            while !done.load(Ordering::Acquire) {
                assert!(index.search(&words("")).unwrap().total >= 24);
            }
        });
        for _ in 0..4 {
            let mut rebuild = index.begin_rebuild().unwrap();
            for line in SHOP {
                rebuild.add([document(line)]).unwrap();
            }
            let extra: Vec<Document> = (1002..=newest.load(Ordering::Acquire))
                .map(|spu| Document { spu, version: 1, title: "新来的".into(), ..Document::default() })
                .collect();
            rebuild.add(extra).unwrap();
            rebuild.finish().unwrap();
        }
        done.store(true, Ordering::Release);
        let version = writer.join().unwrap();
        index.flush().unwrap();
        let page = index.search(&words(&format!("第 {version} 版"))).unwrap();
        assert_eq!(page.total, 24);
        assert!(page.items.iter().all(|hit| hit.sales == version));
        let new = index.search(&words("新来的")).unwrap();
        assert_eq!(new.total, u64::try_from(version - 1).unwrap());
    });
}
