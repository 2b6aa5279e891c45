//! Uploads over HTTP, on files and a database of their own.

use std::collections::BTreeSet;
use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use contract::UserId;
use contract::fault::{INVALID, UPLOAD_UNKNOWN};
use contract::thirdparty::{KeepUploads, Thirdparty as _, UploadPurpose};
use http_body_util::BodyExt as _;
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use kit::{Caller, Ctx, Result, values};
use serde_json::{Value as Json, json};
use tower::ServiceExt as _;

use crate::store::upload;
use crate::tests::House;
use crate::{Settings, Uploads, routes};

const WANG: i64 = 7;
const LI: i64 = 8;
const DAY: Duration = Duration::from_secs(24 * 3600);

async fn house() -> House {
    house_with(Uploads::default()).await
}

async fn house_with(uploads: Uploads) -> House {
    House::with(Settings { uploads, ..Settings::default() }).await
}

/// A picture whose left half is red and whose right half is blue.
fn half_and_half(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if x < width / 2 { Rgb([250, 10, 10]) } else { Rgb([10, 10, 250]) })
}

fn file(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    half_and_half(width, height).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn png(width: u32, height: u32) -> Vec<u8> {
    file(width, height, ImageFormat::Png)
}

/// A JPEG that lies on its side, with a place and a camera in its notes.
fn from_a_camera(width: u16, height: u16) -> Vec<u8> {
    let mut jpeg = Vec::new();
    let pixels = half_and_half(width.into(), height.into());
    jpeg_encoder::Encoder::new(&mut jpeg, 95).encode(pixels.as_raw(), width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    let mut notes = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
    notes.extend(b"GPS 30.2741N 120.1551E");
    let length = u16::try_from(notes.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xe1], &length[..], &notes].concat();
    jpeg.splice(2..2, segment);
    jpeg
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap_or(Json::Null)
    }

    #[track_caller]
    fn refused(&self) {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!((self.status, self.json()["code"].as_str()), (422, Some("upload_refused")), "{text}");
    }
}

/// A form as a browser sends it.
fn form(fields: &[(String, String)], file: Option<&[u8]>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--line\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    if let Some(file) = file {
        let head =
            "--line\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n";
        body.extend(head.bytes().chain(file.iter().copied()).chain(*b"\r\n"));
    }
    body.extend(b"--line--\r\n");
    body
}

fn fields(policy: &Json) -> Vec<(String, String)> {
    let text = |v: &Json| v.as_str().unwrap().to_owned();
    policy["fields"].as_array().unwrap().iter().map(|f| (text(&f["name"]), text(&f["value"]))).collect()
}

fn files_in(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|e| if e.path().is_dir() { files_in(&e.path()) } else { 1 }).sum()
}

impl House {
    async fn ask(&self, request: Request<Body>, user: i64) -> Answer {
        let caller = if user == 0 { Caller::Nobody } else { Caller::Shopper { user, session: 1 } };
        let router = axum::Router::from(routes(&self.it)).layer(Extension(Ctx::new(caller)));
        let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn new_upload(&self, user: i64, purpose: &str, kind: &str, bytes: usize) -> Answer {
        let body = json!({ "purpose": purpose, "content_type": kind, "bytes": bytes }).to_string();
        let request = Request::post("/api/v1/uploads").header("content-type", "application/json").body(Body::from(body));
        self.ask(request.unwrap(), user).await
    }

    async fn policy(&self, kind: &str) -> Json {
        let answer = self.new_upload(WANG, "review", kind, 100).await;
        assert_eq!(answer.status, 201, "{:?}", answer.json());
        answer.json()
    }

    async fn post(&self, body: Vec<u8>) -> Answer {
        let request = Request::post("/uploads").header("content-type", "multipart/form-data; boundary=line");
        self.ask(request.body(Body::from(body)).unwrap(), 0).await
    }

    async fn send(&self, policy: &Json, file: &[u8]) -> Answer {
        self.post(form(&fields(policy), Some(file))).await
    }

    async fn show(&self, policy: &Json, width: u16) -> Answer {
        let path = format!("/uploads/{width}/{}.jpg", policy["key"].as_str().unwrap());
        self.ask(Request::get(path).body(Body::empty()).unwrap(), 0).await
    }

    /// A picture that was uploaded; gives its key.
    async fn uploaded(&self, user: i64, purpose: &str) -> String {
        let policy = self.new_upload(user, purpose, "image/png", 100).await.json();
        assert_eq!(self.send(&policy, &png(30, 20)).await.status, 204);
        policy["key"].as_str().unwrap().to_owned()
    }

    async fn keep(&self, user: i64, purpose: UploadPurpose, keys: &[&String], for_id: &str) -> Result<()> {
        let keys = keys.iter().map(|key| (*key).clone()).collect();
        let request = KeepUploads { user: UserId(user), purpose, keys, for_id: for_id.into() };
        self.it.keep_uploads(&Ctx::house(), request).await.map(|_| ())
    }

    fn files(&self) -> usize {
        files_in(&self.folder.0.join("uploads"))
    }

    async fn rows(&self, state: &str) -> i64 {
        self.db.number("select count(*) from upload where state = ?", values![state]).await.unwrap().unwrap()
    }
}

#[tokio::test]
async fn a_picture_is_kept_in_four_widths_and_never_made_wider() {
    let house = house().await;
    for (kind, file) in [
        ("image/jpeg", file(1000, 500, ImageFormat::Jpeg)),
        ("image/png", png(1000, 500)),
        ("image/webp", file(1000, 500, ImageFormat::WebP)),
    ] {
        let policy = house.policy(kind).await;
        assert_eq!((&policy["url"], &policy["file_field"]), (&json!("/uploads"), &json!("file")));
        assert_eq!(policy["expires_at"], json!(house.clock.now() + Duration::from_secs(300)));
        let key = policy["key"].as_str().unwrap();
        assert!(key.starts_with("u/review/"), "{key}");
        assert_eq!(house.show(&policy, 200).await.status, 404);
        assert_eq!(house.send(&policy, &file).await.status, 204, "{kind}");
        for (width, shown_wide) in [(200, 200), (400, 400), (800, 800), (1200, 1000)] {
            let shown = house.show(&policy, width).await;
            assert_eq!((shown.status, shown.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
            assert_eq!(shown.headers["cache-control"], "public, max-age=31536000, immutable");
            assert_eq!(shown.headers["x-content-type-options"], "nosniff");
            let picture = image::load_from_memory(&shown.body).unwrap().to_rgb8();
            assert_eq!(picture.dimensions(), (shown_wide, shown_wide / 2), "{kind} {width}");
            let (left, right) = (picture.get_pixel(shown_wide / 4, 20).0, picture.get_pixel(shown_wide * 3 / 4, 20).0);
            assert!(left[0] > 200 && left[2] < 60 && right[0] < 60 && right[2] > 200, "{left:?} {right:?}");
        }
        assert_eq!(house.show(&policy, 300).await.status, 404);
    }
    assert_eq!(house.files(), 3 * 4);
}

#[tokio::test]
async fn a_camera_turns_its_picture_and_its_notes_are_dropped() {
    let house = house().await;
    let policy = house.policy("image/jpeg").await;
    let file = from_a_camera(60, 40);
    assert_eq!(house.send(&policy, &file).await.status, 204);
    for width in [200, 1200] {
        let shown = house.show(&policy, width).await.body;
        let holds = |word: &[u8]| shown.windows(word.len()).any(|part| part == word);
        assert!(!holds(b"Exif") && !holds(b"GPS") && !holds(b"30.2741N"));
        let picture = image::load_from_memory(&shown).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (40, 60), "lay on its side");
        let (top, bottom) = (picture.get_pixel(20, 10).0, picture.get_pixel(20, 50).0);
        assert!(top[0] > 200 && bottom[2] > 200, "what was left is on top: {top:?} {bottom:?}");
    }
}

#[tokio::test]
async fn what_is_seen_through_becomes_white() {
    let house = house().await;
    let policy = house.policy("image/png").await;
    let mut file = Cursor::new(Vec::new());
    RgbaImage::from_pixel(20, 20, Rgba([0, 0, 0, 0])).write_to(&mut file, ImageFormat::Png).unwrap();
    assert_eq!(house.send(&policy, file.get_ref()).await.status, 204);
    let shown = image::load_from_memory(&house.show(&policy, 200).await.body).unwrap().to_rgb8();
    assert!(shown.pixels().all(|p| p.0.iter().all(|c| *c > 250)));
}

#[tokio::test]
async fn what_is_refused_leaves_nothing() {
    let house = house_with(Uploads { max_bytes: 100_000, max_pixels: 1_000_000, ..Uploads::default() }).await;
    let good = png(30, 20);
    let (jpeg, noise) = (from_a_camera(30, 20), vec![7; 100_001]);
    let headless = [&b"\x89PNG\r\n\x1a\n"[..], &[0; 40]].concat();
    let (deep, wide) = (png(1001, 1000), png(16_385, 1));
    assert!(deep.len() < 100_000 && png(1000, 1000).len() < 100_000, "small files that hold much");
    for (what, file) in [
        ("empty", &b""[..]),
        ("a page", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
        ("another kind than declared", &jpeg),
        ("only its beginning is a picture's", &headless),
        ("half of it", &good[..good.len() / 2]),
        ("too many bytes", &noise),
        ("too many pixels", &deep),
        ("too wide", &wide),
    ] {
        let policy = house.policy("image/png").await;
        house.send(&policy, file).await.refused();
        assert_eq!((house.files(), house.show(&policy, 200).await.status), (0, 404), "{what}");
        assert_eq!(house.send(&policy, &good).await.status, 204, "{what}: the right one may still come");
        house.it.forget_uploads(house.clock.now() + DAY + DAY).await.unwrap();
        assert_eq!(house.files(), 0);
    }
    let far_too_long = form(&fields(&house.policy("image/png").await), Some(&vec![7; 200_000]));
    house.post(far_too_long).await.refused();
    house.new_upload(WANG, "review", "image/png", 100_001).await.refused();
    for (purpose, kind, bytes) in [("review", "image/gif", 1), ("other", "image/png", 1), ("review", "image/png", 0)] {
        assert_eq!(house.new_upload(WANG, purpose, kind, bytes).await.status, 422);
    }
    assert_eq!(house.new_upload(0, "review", "image/png", 1).await.status, 401);
}

#[tokio::test]
async fn a_form_is_taken_as_it_was_signed_and_in_time() {
    let house = house().await;
    let (policy, other) = (house.policy("image/png").await, house.policy("image/png").await);
    let good = png(30, 20);
    let changed = |at: usize, value: &str| {
        let mut form = fields(&policy);
        form[at].1 = value.to_owned();
        form
    };
    house.post(form(&changed(0, other["key"].as_str().unwrap()), Some(&good))).await.refused();
    house.post(form(&changed(1, "image/jpeg"), Some(&from_a_camera(30, 20)))).await.refused();
    house.post(form(&changed(4, &fields(&other)[4].1), Some(&good))).await.refused();
    house.post(form(&[], Some(&good))).await.refused();
    house.post(form(&fields(&policy), None)).await.refused();
    let many: Vec<_> = (0..50).map(|n| (format!("x{n}"), String::new())).chain(fields(&policy)).collect();
    house.post(form(&many, Some(&good))).await.refused();
    house.post(form(&[("x".to_owned(), "y".repeat(5000))], Some(&good))).await.refused();
    house.post(b"no form at all".to_vec()).await.refused();
    let json = Request::post("/uploads").header("content-type", "application/json").body(Body::from("{}")).unwrap();
    house.ask(json, 0).await.refused();
    house.clock.pass(Duration::from_secs(299));
    assert_eq!(house.send(&policy, &good).await.status, 204);
    house.clock.pass(Duration::from_secs(1));
    house.send(&other, &good).await.refused();
    house.send(&policy, &good).await.refused();
    assert_eq!((house.files(), house.rows("stored").await, house.rows("issued").await), (4, 1, 1));
}

#[tokio::test]
async fn one_key_has_one_file() {
    let house = house().await;
    let policy = house.policy("image/png").await;
    for _ in 0..2 {
        assert_eq!(house.send(&policy, &png(30, 20)).await.status, 204, "the same again is the same");
    }
    let shown = house.show(&policy, 200).await.body;
    house.send(&policy, &png(31, 20)).await.refused();
    assert_eq!((house.show(&policy, 200).await.body, house.files()), (shown, 4));

    // A process that died after the key was given away and before anybody was told.
    let died = house.policy("image/png").await;
    let digest = kit::secret::sha256_hex(&png(30, 20));
    assert!(upload::pin(&house.db, died["key"].as_str().unwrap(), &digest, 1).await.unwrap());
    house.send(&died, &png(31, 20)).await.refused();
    assert_eq!(house.send(&died, &png(30, 20)).await.status, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_files_at_once_one_is_the_keys() {
    let house = house().await;
    let policy = house.policy("image/png").await;
    let files: Vec<Vec<u8>> = (0..4).map(|n| png(30 + n, 20)).collect();
    let sent = (0..40).map(|n| house.send(&policy, &files[n % 4]));
    let answers = futures::future::join_all(sent).await;
    let taken: BTreeSet<usize> = answers.iter().enumerate().filter(|(_, a)| a.status == 204).map(|(n, _)| n % 4).collect();
    assert_eq!(taken.len(), 1, "one file won, however often it came");
    assert_eq!(answers.iter().filter(|a| a.status == 204).count(), 10);
    answers.iter().filter(|a| a.status != 204).for_each(Answer::refused);
    let shown = image::load_from_memory(&house.show(&policy, 200).await.body).unwrap();
    assert_eq!(shown.width() as usize, 30 + taken.first().unwrap());
    assert_eq!((house.files(), house.rows("stored").await), (4, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_has_so_many_uploads() {
    let house = house_with(Uploads { per_user_day: 20, ..Uploads::default() }).await;
    let answers = futures::future::join_all((0..200).map(|_| house.new_upload(WANG, "review", "image/png", 1))).await;
    assert_eq!(answers.iter().filter(|a| a.status == 201).count(), 20);
    for refused in answers.iter().filter(|a| a.status != 201) {
        assert_eq!((refused.status, &refused.json()["code"]), (429, &json!("upload_limit")));
        assert!(refused.headers.contains_key("retry-after"));
    }
    assert_eq!(house.rows("issued").await, 20, "a refused one leaves nothing");
    assert_eq!(house.new_upload(LI, "review", "image/png", 1).await.status, 201, "each shopper has a share");
    house.clock.pass(DAY);
    assert_eq!(house.new_upload(WANG, "review", "image/png", 1).await.status, 201);
}

#[tokio::test]
async fn uploads_are_kept_for_one_thing_all_or_none() {
    let house = house().await;
    let (one, two, lis) =
        (house.uploaded(WANG, "review").await, house.uploaded(WANG, "review").await, house.uploaded(LI, "review").await);
    let avatar = house.uploaded(WANG, "avatar").await;
    let never = house.policy("image/png").await["key"].as_str().unwrap().to_owned();
    let made_up = format!("u/review/{}", "0".repeat(32));
    let review = UploadPurpose::Review;
    let shouted = one.to_uppercase();
    for other in [&lis, &avatar, &never, &made_up, &shouted, &"../x".to_owned()] {
        assert!(house.keep(WANG, review, &[&one, other], "r1").await.unwrap_err().is(UPLOAD_UNKNOWN), "{other}");
        assert_eq!(house.rows("used").await, 0, "nothing is marked");
    }
    for _ in 0..2 {
        house.keep(WANG, review, &[&one, &two, &one], "r1").await.unwrap();
    }
    house.keep(WANG, review, &[], "r2").await.unwrap();
    assert!(house.keep(WANG, review, &[&one], "r2").await.unwrap_err().is(UPLOAD_UNKNOWN));
    assert!(house.keep(LI, review, &[&one], "r1").await.unwrap_err().is(UPLOAD_UNKNOWN));
    house.keep(WANG, UploadPurpose::Avatar, &[&avatar], "7").await.unwrap();
    assert!(house.keep(WANG, review, &[&one; 21], "r1").await.unwrap_err().is(INVALID));
    assert!(house.keep(WANG, review, &[&one], "").await.unwrap_err().is(INVALID));
    assert_eq!((house.rows("used").await, house.rows("stored").await), (3, 1));
}

#[tokio::test]
async fn what_nothing_uses_is_gone_after_a_day() {
    let house = house().await;
    let (used, unused) = (house.uploaded(WANG, "review").await, house.uploaded(WANG, "review").await);
    house.policy("image/png").await;
    house.keep(WANG, UploadPurpose::Review, &[&used], "r1").await.unwrap();
    assert_eq!(house.files(), 8);
    house.clock.pass(DAY);
    house.it.forget_uploads(house.clock.now()).await.unwrap();
    assert_eq!(house.files(), 8, "a day is not over before it is over");
    house.clock.pass(Duration::from_millis(1));
    for _ in 0..2 {
        house.it.forget_uploads(house.clock.now()).await.unwrap();
    }
    assert_eq!((house.files(), house.db.number("select count(*) from upload", vec![]).await.unwrap()), (4, Some(1)));
    assert_eq!(house.show(&json!({ "key": used }), 200).await.status, 200);
    assert_eq!(house.show(&json!({ "key": unused }), 200).await.status, 404);
    assert!(house.keep(WANG, UploadPurpose::Review, &[&unused], "r2").await.unwrap_err().is(UPLOAD_UNKNOWN));
    assert_eq!(house.db.number("select count(*) from upload_tally", vec![]).await.unwrap(), Some(0));
}

#[tokio::test]
async fn what_a_crash_left_half_is_thrown_away() {
    let house = house().await;
    let folder = house.folder.0.join("uploads");
    let part = super::shelf::Shelf::new(&folder).write(&[(200, vec![1])]).unwrap();
    std::mem::forget(part);
    assert_eq!(house.files(), 1);
    super::shelf::Shelf::new(&folder);
    assert_eq!(house.files(), 0);
}
