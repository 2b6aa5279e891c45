use contract::fault::ADDRESS_LIMIT;
use contract::user::AddressOf;
use contract::{AddressId, UserId};
use kit::fault::NOT_FOUND;
use kit::secret::{PersonName, StreetAddress};

use super::*;
use crate::address::{self, AddressShown, Written};

fn written(name: &str, is_default: bool) -> Written {
    Written {
        name: PersonName::parse(name).unwrap(),
        phone: phone("13912345678"),
        province: "浙江省".into(),
        city: "杭州市".into(),
        district: "西湖区".into(),
        detail: StreetAddress::parse("文三路478号华星时代广场A座").unwrap(),
        tag: Some("公司".into()),
        is_default,
    }
}

async fn defaults(w: &World, of: UserId) -> Vec<AddressId> {
    address::list(&w.user, of).await.unwrap().iter().filter(|a| a.is_default).map(|a| a.id).collect()
}

#[tokio::test]
async fn exactly_one_is_the_default() {
    let w = world().await;
    let wang = w.wang().await;
    let add = async |default| address::add(&w.user, wang, &written("张小伟", default)).await.unwrap().id;
    let one = add(false).await;
    assert_eq!(defaults(&w, wang).await, [one], "the first is");
    let two = add(false).await;
    assert_eq!(defaults(&w, wang).await, [one]);
    let three = add(true).await;
    assert_eq!(defaults(&w, wang).await, [three]);
    address::replace(&w.user, wang, three, &written("李四", false)).await.unwrap();
    assert_eq!(defaults(&w, wang).await, [three], "it stays until another becomes it");
    address::replace(&w.user, wang, one, &written("李四", true)).await.unwrap();
    assert_eq!(defaults(&w, wang).await, [one]);
    address::delete(&w.user, wang, one).await.unwrap();
    assert_eq!(defaults(&w, wang).await, [three], "the newest takes over");
    address::delete(&w.user, wang, three).await.unwrap();
    address::delete(&w.user, wang, two).await.unwrap();
    assert_eq!(defaults(&w, wang).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hundred_at_once_twenty_stay_and_one_is_the_default() {
    let w = world().await;
    let wang = w.wang().await;
    let all = at_once(200, |i| {
        let user = w.user.clone();
        async move { address::add(&user, wang, &written("张小伟", i % 3 == 0)).await }
    })
    .await;
    assert_eq!(all.iter().filter(|added| added.is_ok()).count(), 20);
    assert!(all.iter().filter_map(|added| added.as_ref().err()).all(|e| e.is(ADDRESS_LIMIT)));
    assert_eq!(defaults(&w, wang).await.len(), 1);
    let list: Vec<AddressShown> = address::list(&w.user, wang).await.unwrap();
    assert_eq!(list.len(), 20);
    address::delete(&w.user, wang, list[7].id).await.unwrap();
    assert!(address::delete(&w.user, wang, list[7].id).await.unwrap_err().is(NOT_FOUND), "twice gives no second place");
    address::add(&w.user, wang, &written("张小伟", false)).await.unwrap();
    assert!(address::add(&w.user, wang, &written("张小伟", false)).await.unwrap_err().is(ADDRESS_LIMIT));
}

#[tokio::test]
async fn replies_are_masked_and_the_parcel_gets_the_whole() {
    let w = world().await;
    let wang = w.wang().await;
    let shown = address::add(&w.user, wang, &written("张小伟", false)).await.unwrap();
    let json = serde_json::to_string(&shown).unwrap();
    for part in ["\"张**\"", "\"139****5678\"", "\"文三路***\"", "西湖区"] {
        assert!(json.contains(part), "{json}");
    }
    assert!(!json.contains("小伟") && !json.contains("13912345678") && !json.contains("华星"), "{json}");
    let parcel = w.user.address(&Ctx::house(), AddressOf { user: wang, address: shown.id }).await.unwrap();
    assert_eq!((parcel.name.as_str(), parcel.phone.as_str()), ("张小伟", "13912345678"));
    assert_eq!(parcel.detail, "文三路478号华星时代广场A座");
    let plain = address::plain(&w.user, wang, shown.id).await.unwrap();
    assert_eq!((plain.name, plain.detail), (parcel.name, parcel.detail));
}

#[tokio::test]
async fn another_shoppers_address_is_not_there() {
    let w = world().await;
    let wang = w.wang().await;
    let li = w.user.seed_shopper("13700137000", "xiaoli", PASSWORD, "小李").await.unwrap();
    let id = address::add(&w.user, wang, &written("张小伟", false)).await.unwrap().id;
    assert!(address::show(&w.user, li, id).await.unwrap_err().is(NOT_FOUND));
    assert!(address::plain(&w.user, li, id).await.err().unwrap().is(NOT_FOUND));
    assert!(address::replace(&w.user, li, id, &written("李四", true)).await.unwrap_err().is(NOT_FOUND));
    assert!(address::delete(&w.user, li, id).await.unwrap_err().is(NOT_FOUND));
    let asked = AddressOf { user: li, address: id };
    assert!(w.user.address(&Ctx::house(), asked).await.unwrap_err().is(NOT_FOUND));
    assert!(address::show(&w.user, wang, id).await.unwrap().is_default);
}

#[tokio::test]
async fn a_sealed_text_moved_to_another_row_does_not_open() {
    let w = world().await;
    let wang = w.wang().await;
    let one = address::add(&w.user, wang, &written("张小伟", false)).await.unwrap().id;
    let two = address::add(&w.user, wang, &written("李四", false)).await.unwrap().id;
    let moved = "update address set name_sealed = (select name_sealed from address where id = ?) where id = ?";
    w.db.run(moved, kit::values![one, two]).await.unwrap();
    assert!(address::show(&w.user, wang, two).await.is_err());
    address::show(&w.user, wang, one).await.unwrap();
}
