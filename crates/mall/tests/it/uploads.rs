//! Pictures of shoppers.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::house::Answer;
use crate::people::Person;
use crate::story;

/// A JPEG without any order in it, so that it is large.
pub fn noise(width: u16, height: u16) -> Vec<u8> {
    let mut seed = 1_u32;
    let pixels: Vec<u8> = (0..usize::from(width) * usize::from(height) * 3)
        .map(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .collect();
    let mut jpeg = Vec::new();
    jpeg_encoder::Encoder::new(&mut jpeg, 95).encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    jpeg
}

impl Person<'_> {
    /// Agrees on an upload of a JPEG.
    pub async fn new_upload(&self, purpose: &str, bytes: usize) -> Answer {
        self.post("/api/v1/uploads", json!({ "purpose": purpose, "content_type": "image/jpeg", "bytes": bytes })).await
    }

    /// Sends the form of an upload as a browser does.
    pub async fn send_file(&self, policy: &Json, file: &[u8]) -> Answer {
        let mut body = Vec::new();
        for field in policy["fields"].as_array().unwrap() {
            let (name, value) = (field["name"].as_str().unwrap(), field["value"].as_str().unwrap());
            body.extend(format!("--x-y\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").into_bytes());
        }
        let name = policy["file_field"].as_str().unwrap();
        let head = format!("--x-y\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"猫.jpg\"\r\n\r\n");
        body.extend([head.as_bytes(), file, b"\r\n--x-y--\r\n"].concat());
        let request = Request::post(policy["url"].as_str().unwrap()).header("content-type", "multipart/form-data; boundary=x-y");
        self.mall.request(request.body(Body::from(body)).unwrap(), self.ip).await
    }

    /// Uploads a small picture; gives its key.
    pub async fn upload(&self, purpose: &str) -> String {
        let file = noise(16, 16);
        let policy = self.new_upload(purpose, file.len()).await.ok();
        assert_eq!(self.send_file(&policy, &file).await.status, 204);
        policy["key"].as_str().unwrap().to_owned()
    }
}

story!(
    /// A shopper's face: agreed, sent, used, seen by anyone.
    a_shopper_shows_a_face, |mall| {
        let (wang, li) = (mall.shopper("小王").await, mall.shopper("小李").await);
        let file = noise(1300, 900);
        assert!((1 << 20..5 << 20).contains(&file.len()), "longer than any other request may be: {}", file.len());
        let policy = wang.new_upload("avatar", file.len()).await.ok();
        let key = policy["key"].as_str().unwrap();
        wang.patch("/api/v1/users/me", json!({ "avatar": key })).await.refused(422, "upload_unknown");
        for _ in 0..2 {
            assert_eq!(li.send_file(&policy, &file).await.status, 204, "the form is what counts, and it may come again");
        }
        wang.send_file(&policy, &noise(16, 16)).await.refused(422, "upload_refused");
        li.patch("/api/v1/users/me", json!({ "avatar": key })).await.refused(422, "upload_unknown");
        wang.patch("/api/v1/users/me", json!({ "avatar": "https://evil.example/x.jpg" })).await.refused(422, "invalid");
        for _ in 0..2 {
            assert_eq!(wang.patch("/api/v1/users/me", json!({ "avatar": key })).await.ok()["avatar"], key);
        }
        let picture = mall.get(&format!("/uploads/400/{key}.jpg")).await;
        assert_eq!((picture.status, picture.headers["content-type"].to_str().unwrap()), (200, "image/jpeg"));
        assert!(picture.headers["cache-control"].to_str().unwrap().contains("immutable"));
        assert_eq!(picture.headers["x-content-type-options"], "nosniff");
        mall.get(&format!("/uploads/401/{key}.jpg")).await.refused(404, "not_found");
        mall.get(&format!("/uploads/400/u/../../{key}.jpg")).await.refused(404, "not_found");

        let forgotten = wang.upload("review").await;
        mall.pass(Duration::from_secs(25 * 3600)).await;
        mall.get(&format!("/uploads/400/{forgotten}.jpg")).await.refused(404, "not_found");
        assert_eq!(mall.get(&format!("/uploads/400/{key}.jpg")).await.status, 200, "what is used stays");
    }
);

story!(
    /// What is too large, too late or no picture leaves nothing; other paths take no large bodies.
    files_that_are_refused, |mall| {
        let wang = mall.shopper("小王").await;
        let limit = 5 << 20;
        wang.new_upload("review", limit + 1).await.refused(422, "upload_refused");
        let policy = wang.new_upload("review", limit).await.ok();
        for too_long in [limit + 1, limit + (1 << 20)] {
            let mut file = noise(16, 16);
            file.resize(too_long, 0);
            wang.send_file(&policy, &file).await.refused(422, "upload_refused");
        }
        wang.send_file(&policy, b"GIF89a, or so it says").await.refused(422, "upload_refused");
        let mut file = noise(16, 16);
        file.resize(limit, 0);
        assert_eq!(wang.send_file(&policy, &file).await.status, 204, "as long as it may be");
        let late = wang.new_upload("review", 1).await.ok();
        mall.pass(Duration::from_secs(300)).await;
        wang.send_file(&late, &noise(16, 16)).await.refused(422, "upload_refused");
        let long = json!({ "purpose": "review", "content_type": "image/jpeg", "bytes": 1, "x": "x".repeat(300_000) });
        wang.post("/api/v1/uploads", long).await.refused(413, "too_large");
        mall.stranger().new_upload("review", 1).await.refused(401, "unauthenticated");
    }
);

story!(
    /// 200 at once with the last three uploads of a day: three begin.
    two_hundred_uploads_at_once, |mall| {
        let wang = mall.shopper("小王").await;
        for answer in join_all((0..197).map(|_| wang.new_upload("review", 1))).await {
            assert_eq!(answer.status, 201, "{}", answer.text);
        }
        let answers = join_all((0..200).map(|_| wang.new_upload("review", 1))).await;
        let begun = answers.iter().filter(|a| a.status == 201).count();
        let refused = answers.iter().filter(|a| a.status == 429 && a.code() == "upload_limit").count();
        assert_eq!((begun, refused), (3, 197));
    }
);
