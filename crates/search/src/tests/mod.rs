//! The service over a catalogue made by hand, on files of its own.

mod build;
mod hot;
mod http;
mod news;
mod speed;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use contract::product::{
    CartPick, Document, DocumentsOf, HomeOf, HomeText, ImportReviews, Imported, Line, Product, ReviewsImported, SelectionOf, Sku,
    SkusOf,
};
use contract::search::{EntriesAfter, Entry, Flush, Rebuild, Search as _};
use contract::{BrandId, CategoryId, Fen, SkuId, SpuId};
use kit::cache::Cache;
use kit::db::{CrashSwitch, DbUrl, Event, Parcel, Stop};
use kit::fault::{INTERNAL, UNAVAILABLE};
use kit::secret::Keys;
use kit::{Caller, Clock, Core, Ctx, Db, Ids, Result, Time};
use serde_json::Value as Json;
use tower::ServiceExt as _;

use crate::{MIGRATIONS, Search, Settings, routes, subscriptions};

const START: Time = Time(1_800_000_000_000);
const DAY_MS: i64 = 24 * 3_600_000;

/// A catalogue in memory. A variant has the number of its product times ten.
#[derive(Default)]
struct Catalogue {
    products: Mutex<BTreeMap<i64, Document>>,
    silent: AtomicBool,
    /// While held, nothing is answered.
    gate: tokio::sync::Mutex<()>,
}

impl Catalogue {
    fn put(&self, document: Document) {
        self.products.lock().unwrap().insert(document.spu.0, document);
    }

    /// Changes a product; gives what it is then.
    fn change(&self, spu: i64, change: impl FnOnce(&mut Document)) -> Document {
        let mut products = self.products.lock().unwrap();
        let product = products.get_mut(&spu).unwrap();
        change(product);
        product.clone()
    }

    /// What an index of it must hold.
    fn entries(&self) -> Vec<Entry> {
        let products = self.products.lock().unwrap();
        let listed = products.values().filter(|p| p.listed);
        listed.map(|p| Entry { spu: p.spu, version: p.version, price_fen: p.price_fen, in_stock: p.in_stock }).collect()
    }
}

#[async_trait]
impl Product for Catalogue {
    async fn skus(&self, _: &Ctx, _: SkusOf) -> Result<Vec<Sku>> {
        Err(INTERNAL.into())
    }

    async fn selection(&self, _: &Ctx, _: SelectionOf) -> Result<Vec<CartPick>> {
        Err(INTERNAL.into())
    }

    async fn import_reviews(&self, _: &Ctx, _: ImportReviews) -> Result<ReviewsImported> {
        Err(INTERNAL.into())
    }

    async fn import(&self, _: &Ctx, _: Line) -> Result<Imported> {
        Err(INTERNAL.into())
    }

    async fn home(&self, _: &Ctx, _: HomeOf) -> Result<HomeText> {
        Err(INTERNAL.into())
    }

    async fn documents(&self, _: &Ctx, of: DocumentsOf) -> Result<Vec<Document>> {
        if self.silent.load(SeqCst) {
            return Err(UNAVAILABLE.into());
        }
        drop(self.gate.lock().await);
        for _ in 0..kit::random::below(4) {
            tokio::task::yield_now().await;
        }
        let found: Vec<Document> = {
            let products = self.products.lock().unwrap();
            match of {
                DocumentsOf::Spus(spus) => spus.iter().filter_map(|spu| products.get(&spu.0).cloned()).collect(),
                DocumentsOf::Skus(skus) => skus.iter().filter_map(|sku| products.get(&(sku.0 / 10)).cloned()).collect(),
                DocumentsOf::After { after, limit } => {
                    let listed = products.range(after.0 + 1..).map(|(_, p)| p).filter(|p| p.listed);
                    listed.take(usize::try_from(limit).unwrap()).cloned().collect()
                }
            }
        };
        // The answer is on its way while the catalogue goes on.
        for _ in 0..kit::random::below(4) {
            tokio::task::yield_now().await;
        }
        Ok(found)
    }
}

/// Number, title, brand, root category, leaf, price in yuan, sales, colour.
type Row = (i64, &'static str, Option<(i64, &'static str)>, (i64, &'static str), (i64, &'static str), i64, i64, &'static str);

const SHOP: &[Row] = &[
    (1, "苹果 iPhone 16 手机壳", Some((101, "倍思")), (10, "手机数码"), (11, "手机配件"), 59, 900, "黑色"),
    (2, "华为 Mate 70 手机壳", Some((101, "倍思")), (10, "手机数码"), (11, "手机配件"), 49, 400, "白色"),
    (3, "小米 15 手机", Some((103, "小米")), (10, "手机数码"), (12, "手机"), 4499, 800, "黑色"),
    (4, "男士短袖T恤 纯棉", Some((105, "海澜之家")), (20, "服装"), (21, "男装"), 99, 3000, "白色"),
    (5, "法式碎花连衣裙", None, (20, "服装"), (22, "女装"), 259, 1200, "红色"),
    (6, "316不锈钢保温杯", None, (30, "居家"), (31, "水杯"), 229, 1800, "黑色"),
];

fn document(row: &Row) -> Document {
    let (spu, title, brand, root, leaf, yuan, sales, colour) = *row;
    Document {
        spu: SpuId(spu),
        version: 1,
        listed: true,
        title: title.into(),
        subtitle: "品质生活".into(),
        categories: [root, leaf].into_iter().map(|(id, name)| (CategoryId(id), name.into())).collect(),
        brand: brand.map(|(id, name)| (BrandId(id), name.into())),
        picture: Some(format!("p/{spu}.jpg")),
        price_fen: Fen(yuan * 100),
        list_price_fen: Fen(yuan * 120),
        in_stock: spu != 5,
        listed_at: Time(START.0 - spu * 5 * DAY_MS),
        sales,
        attributes: vec![("颜色".into(), colour.into()), ("产地".into(), "中国".into())],
        flags: vec!["hot".into()],
    }
}

struct House {
    folder: tempfile::TempDir,
    core: Core,
    db: Db,
    catalogue: Arc<Catalogue>,
    search: Arc<Search>,
    ctx: Ctx,
}

impl House {
    /// With the shop, whole.
    async fn new() -> Self {
        let house = Self::over(Catalogue::default()).await;
        for row in SHOP {
            house.catalogue.put(document(row));
        }
        house.flush(SHOP.iter().map(|row| row.0)).await;
        house
    }

    /// With this catalogue, just started.
    async fn over(catalogue: Catalogue) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(START);
        let ids = Ids::new(clock.clone(), 1);
        let url = DbUrl::File { path: folder.path().join("search.db"), durable: false };
        let db = Db::open("search", &url, clock.clone(), ids.clone(), CrashSwitch::default()).await.unwrap();
        db.migrate(MIGRATIONS).await.unwrap();
        let cache = Cache::memory_on(clock.clone());
        let core = Core { clock, ids, keys: Keys::random().unwrap(), cache, crash: CrashSwitch::default() };
        let catalogue = Arc::new(catalogue);
        let index = folder.path().join("index");
        let search = Search::new(&core, db.clone(), Settings::default(), &index, catalogue.clone()).await.unwrap();
        House { folder, core, db, catalogue, search, ctx: Ctx::house() }
    }

    /// Ends the service and starts it again on the same files.
    async fn restarted(self) -> Self {
        let House { folder, core, db, catalogue, search, ctx } = self;
        search.first_build_over().await;
        drop(search);
        let index = folder.path().join("index");
        let search = Search::new(&core, db.clone(), Settings::default(), &index, catalogue.clone()).await.unwrap();
        House { folder, core, db, catalogue, search, ctx }
    }

    async fn flush(&self, spus: impl IntoIterator<Item = i64>) -> u64 {
        let spus = spus.into_iter().map(SpuId).collect();
        self.search.flush(&self.ctx, Flush { spus }).await.unwrap().documents
    }

    async fn entries(&self) -> Vec<Entry> {
        let mut all: Vec<Entry> = Vec::new();
        loop {
            let after = all.last().map_or(SpuId(0), |entry| entry.spu);
            let page = self.search.entries(&self.ctx, EntriesAfter { after, limit: 4 }).await.unwrap();
            assert!(page.len() <= 4);
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    async fn hear<E: Event>(&self, event: &E) -> Result<()> {
        subscriptions(&self.search).take(&parcel(event)).await
    }

    fn router(&self) -> Router {
        routes(&self.search).split_for_parts().0
    }

    async fn ask(&self, caller: Caller, method: Method, uri: &str) -> (StatusCode, Json) {
        let mut request = Request::builder().method(method).uri(uri).body(Body::empty()).unwrap();
        request.extensions_mut().insert(Ctx { ip: "192.0.2.7".into(), ..Ctx::new(caller) });
        let response = self.router().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 4 << 20).await.unwrap();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }

    async fn get(&self, uri: &str) -> (StatusCode, Json) {
        self.ask(Caller::Nobody, Method::GET, uri).await
    }

    /// A search that must go well.
    async fn find(&self, query: &str) -> Json {
        let (status, body) = self.get(&format!("/api/v1/search?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {body}");
        body
    }

    /// Numbers of what a search finds, in order.
    async fn numbers(&self, query: &str) -> Vec<i64> {
        let body = self.find(query).await;
        body["items"].as_array().unwrap().iter().map(|item| item["spu_id"].as_str().unwrap().parse().unwrap()).collect()
    }
}

fn parcel<E: Event>(event: &E) -> Parcel {
    Parcel { id: 1, topic: E::TOPIC.into(), payload: serde_json::to_string(event).unwrap(), trace: "t".into() }
}

/// A text as part of a query.
fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02x}")).collect()
}
