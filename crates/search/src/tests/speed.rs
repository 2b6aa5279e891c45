//! How long answers take: run by hand with `cargo test --release -p search -- --ignored --nocapture speed`.

use std::time::Instant;

use super::build::many;
use super::*;

#[tokio::test]
#[ignore = "measures; not a check"]
async fn speed_of_answers() {
    let house = House::over(many(20_000)).await;
    house.search.first_build_over().await;
    for query in ["", "sort=sales", "limit=5", "q=iphone", "q=iphone&sort=sales"] {
        for what in ["first", "again"] {
            let start = Instant::now();
            house.find(query).await;
            println!("{query:?} {what}, through the router: {:?}", start.elapsed());
        }
    }
    let params = crate::find::SearchParams { q: Some("iphone".into()), ..Default::default() };
    let start = Instant::now();
    for _ in 0..1000 {
        house.search.find(&house.ctx, &params).await.unwrap();
    }
    println!("a kept answer, without HTTP: {:?}", start.elapsed() / 1000);
    let start = Instant::now();
    house.flush([1]).await;
    println!("a flush that changes stock only: {:?}", start.elapsed());
}
