//! Opening, tables, single statements and what their errors are.

use kit::db::{CrashSwitch, DbUrl, Migration};
use kit::fault::{CONFLICT, INTERNAL};
use kit::sea_orm::FromQueryResult;
use kit::{Clock, Db, Ids, values};

use crate::base::{START, TABLES, cents, count, each_database, on_mariadb, put_account};

#[derive(FromQueryResult, Debug, PartialEq)]
#[sea_orm(crate = "kit::sea_orm")]
struct Account {
    id: i64,
    owner: String,
}

const LATER: Migration =
    Migration { name: "m20261123_000001_notes", up: &["create table note (id bigint not null primary key)"] };

each_database! {
    tables_come_once_and_the_plan_says_which: |base| {
        let db = base.open().await;
        let plan = db.plan(TABLES).await.unwrap();
        let names: Vec<_> = plan.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, ["m20261122_000000_house", "m20261122_000001_tables"]);
        assert_eq!((plan[1].service, plan[1].statements), ("bank", TABLES[0].up));
        db.migrate(TABLES).await.unwrap();
        assert!(db.plan(TABLES).await.unwrap().is_empty());
        put_account(&db, 1, 5).await;
        db.migrate(TABLES).await.unwrap();
        assert_eq!(cents(&db, 1).await, Some(5));

        let more = [TABLES[0], LATER];
        let plan = db.plan(&more).await.unwrap();
        assert_eq!((plan.len(), plan[0].statements), (1, LATER.up));
        db.migrate(&more).await.unwrap();
        assert_eq!(count(&db, "note").await, 0);
        assert!(db.plan(&more).await.unwrap().is_empty());
    }

    a_migration_that_was_cut_short_runs_again: |base| {
        let db = base.open().await;
        const CUT: &[&str] = &[TABLES[0].up[0], TABLES[0].up[1], "create tabel oops"];
        let broken = Migration { name: TABLES[0].name, up: CUT };
        assert!(db.migrate(&[broken]).await.unwrap_err().is(INTERNAL));
        assert_eq!(db.plan(TABLES).await.unwrap().len(), 1);
        db.migrate(TABLES).await.unwrap();
        put_account(&db, 1, 5).await;
        let twice = "insert into account (id, owner, cents) values (2, 'owner 1', 0)";
        assert!(!db.insert_new(twice, vec![]).await.unwrap(), "the unique index is there");
    }

    what_is_written_is_read_after_opening_again: |base| {
        let db = base.db().await;
        put_account(&db, 1, i64::MAX).await;
        put_account(&db, 2, -1).await;
        db.close().await;
        let db = base.db().await;
        assert_eq!((cents(&db, 1).await, cents(&db, 2).await, cents(&db, 3).await), (Some(i64::MAX), Some(-1), None));
        let all: Vec<Account> = db.all("select id, owner from account order by id desc", vec![]).await.unwrap();
        let account = |id, owner: &str| Account { id, owner: owner.into() };
        assert_eq!(all, [account(2, "owner 2"), account(1, "owner 1")]);
        let by_owner = "select id, owner from account where owner = ?";
        assert_eq!(db.one::<Account>(by_owner, values!["owner 1"]).await.unwrap(), Some(account(1, "owner 1")));
        assert_eq!(db.fresh::<Account>(by_owner, values!["owner 2"]).await.unwrap(), Some(account(2, "owner 2")));
        assert_eq!(db.one::<Account>(by_owner, values!["OWNER 1"]).await.unwrap(), None, "equal means byte for byte");
        assert_eq!(db.number("select max(cents) from account where id > ?", values![9]).await.unwrap(), None);
        db.ping().await.unwrap();
    }

    text_of_all_the_world_comes_back: |base| {
        let db = base.db().await;
        let text = "商品 👩‍👩‍👧 ' \" \\ ; -- é";
        db.run("insert into account (id, owner, cents) values (1, ?, 0)", values![text]).await.unwrap();
        assert_eq!(db.one::<Account>("select id, owner from account", vec![]).await.unwrap().unwrap().owner, text);
    }

    a_write_counts_the_rows_that_it_matched: |base| {
        let db = base.db().await;
        put_account(&db, 1, 5).await;
        // Also when the value was there before: a repeat must look like the first time.
        assert_eq!(db.run("update account set cents = ? where id = ?", values![5, 1]).await.unwrap(), 1);
        assert_eq!(db.run("update account set cents = ? where id = ?", values![5, 2]).await.unwrap(), 0);
        assert_eq!(db.run("delete from account where id = ?", values![1]).await.unwrap(), 1);
    }

    a_unique_key_is_an_answer_when_expected_and_a_conflict_when_not: |base| {
        let db = base.db().await;
        let sql = "insert into account (id, owner, cents) values (?, ?, 0)";
        assert!(db.insert_new(sql, values![1, "a"]).await.unwrap());
        assert!(!db.insert_new(sql, values![1, "b"]).await.unwrap(), "the primary key");
        assert!(!db.insert_new(sql, values![2, "a"]).await.unwrap(), "the other unique key");
        assert!(db.run(sql, values![1, "c"]).await.unwrap_err().is(CONFLICT));
        assert_eq!(count(&db, "account").await, 1);
        let null = db.insert_new(sql, values![3, None::<String>]).await.unwrap_err();
        assert!(null.is(INTERNAL), "only a unique key is an expected refusal: {null}");
    }

    a_mistake_of_ours_is_internal_and_keeps_its_cause_private: |base| {
        let db = base.db().await;
        let e = db.all::<Account>("select id, owner from nowhere_to_be_found", vec![]).await.unwrap_err();
        assert!(e.is(INTERNAL) && e.cause().unwrap().contains("nowhere_to_be_found"), "{e}");
        let seen = serde_json::to_string(&e).unwrap();
        assert!(!seen.contains("nowhere"), "{seen}");
    }

    old_inbox_rows_and_keys_are_forgotten: |base| {
        let db = base.db().await;
        for (event, at) in [(1, START.0 - 2), (2, START.0 - 1), (3, START.0)] {
            db.run("insert into inbox (consumer, event_id, at_ms) values ('c', ?, ?)", values![event, at]).await.unwrap();
            let sql = "insert into idempotency (who, route, idem_key, fingerprint, status, body, created_ms)
                       values (1, 'r', ?, 'f', 200, '', ?)";
            db.run(sql, values![event.to_string(), at]).await.unwrap();
        }
        assert_eq!(db.forget(START).await.unwrap(), 4);
        assert_eq!((count(&db, "inbox").await, count(&db, "idempotency").await), (1, 1));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_together_migrate_once() {
    on_mariadb(|base| async move {
        let dbs = [base.open().await, base.open().await, base.open().await, base.open().await];
        let all = futures::future::join_all(dbs.iter().map(|db| db.migrate(TABLES))).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert!(dbs[0].plan(TABLES).await.unwrap().is_empty());
        assert_eq!(count(&dbs[0], "seaql_migrations").await, 2);
    })
    .await;
}

#[cfg(feature = "cluster")]
#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    drop(held);
    let at = DbUrl::Server { url: format!("mysql://root:x@127.0.0.1:{port}/bank"), replica: None, connections: 1 };
    let clock = Clock::manual(START);
    let e = Db::open("bank", &at, clock.clone(), Ids::new(clock, 1), CrashSwitch::default()).await.unwrap_err();
    assert!(e.is(kit::fault::UNAVAILABLE), "{e}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error_not_a_crash() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let at = DbUrl::File { path: folder.path().join("file/bank.db"), durable: true };
    let clock = Clock::manual(START);
    assert!(Db::open("bank", &at, clock.clone(), Ids::new(clock, 1), CrashSwitch::default()).await.is_err());
}
