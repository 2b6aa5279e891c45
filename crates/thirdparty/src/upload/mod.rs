//! 上传: pictures of shoppers. First it is agreed what comes (a signed form, for a few minutes and one key), then the file comes,
//! then something uses it; what nothing uses is deleted. The file itself is never kept: pictures of ours are made from it.

mod http;
mod picture;
mod policy;
mod receive;
mod shelf;
#[cfg(test)]
mod tests;

use std::path::Path;

use contract::UserId;
use contract::fault::{INVALID, UPLOAD_LIMIT, UPLOAD_REFUSED, UPLOAD_UNKNOWN};
use contract::thirdparty::{KEPT_UPLOADS, KeepUploads, UploadPurpose, UploadsKept};
use kit::limit::Bulkhead;
use kit::{Error, Result, Time};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Thirdparty;
use crate::settings;
use crate::store::upload;

pub(crate) use http::routes;

use picture::PictureType;
use policy::UploadField;
use shelf::{Key, Shelf};

/// Where forms are sent.
const URL: &str = "/uploads";
/// Name of the form's field that holds the file, after all others.
const FILE_FIELD: &str = "file";
/// Unused uploads that one run of the job deletes.
const FORGOTTEN_AT_ONCE: u32 = 1000;
/// Longest name of a thing that uses uploads, as its column.
const FOR_ID_CHARS: usize = 64;

/// Where uploads come in.
pub(crate) struct Intake {
    shelf: Shelf,
    receiving: Bulkhead,
    decoding: Bulkhead,
}

impl Intake {
    /// An intake whose pictures lie in a folder of this process.
    pub fn new(folder: &Path, settings: &settings::Uploads) -> Self {
        Intake {
            shelf: Shelf::new(folder),
            receiving: Bulkhead::new(settings.receiving, settings.waiting),
            decoding: Bulkhead::new(settings.decoding, settings.waiting),
        }
    }
}

/// One file may be uploaded: a `multipart/form-data` POST to `url` with the fields in their order, then the file.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct UploadPolicy {
    /// Names the picture; it is shown at `/uploads/{200|400|800|1200}/{key}.jpg` once it is there.
    pub key: String,
    /// Where the form goes.
    pub url: String,
    /// Fields of the form.
    pub fields: Vec<UploadField>,
    /// Name of the file's field.
    pub file_field: String,
    /// Largest file.
    pub max_bytes: u64,
    /// The form is refused from this time on.
    pub expires_at: Time,
}

impl Thirdparty {
    /// Agrees on one upload. `upload_refused` for a file that would be too large, `upload_limit`.
    pub(crate) async fn agree(
        &self,
        user: UserId,
        purpose: UploadPurpose,
        kind: PictureType,
        bytes: u64,
    ) -> Result<UploadPolicy> {
        let rules = &self.settings.uploads;
        let max_bytes = u64::try_from(rules.max_bytes).unwrap_or(u64::MAX);
        if bytes > max_bytes {
            return Err(UPLOAD_REFUSED.at("/bytes", "range", format!("at most {max_bytes}")));
        }
        let key = Key::make(purpose);
        let expires = kit::tx!(self.db, |tx| {
            let (now, expires) = (tx.now(), tx.now() + rules.valid);
            if !upload::count(&tx, user, rules.per_user_day).await? {
                let wait_s = now.next_midnight().since(now).as_millis().div_ceil(1000);
                return Err(Error::from(UPLOAD_LIMIT).retry_after_s(u32::try_from(wait_s).unwrap_or(u32::MAX)));
            }
            let new = upload::NewUpload { key: &key, user, purpose, content_type: kind.name(), expires };
            upload::insert(&tx, &new).await?;
            Ok(expires)
        })?;
        let fields = policy::fields(&self.core.keys, &key, kind.name(), max_bytes, expires)?;
        Ok(UploadPolicy { key, url: URL.to_owned(), fields, file_field: FILE_FIELD.to_owned(), max_bytes, expires_at: expires })
    }

    /// Uses uploads for one thing, all or none.
    pub(crate) async fn keep_for(&self, request: &KeepUploads) -> Result<UploadsKept> {
        if request.keys.len() > KEPT_UPLOADS {
            return Err(INVALID.at("/keys", "length", format!("at most {KEPT_UPLOADS}")));
        }
        if !(1..=FOR_ID_CHARS).contains(&request.for_id.chars().count()) {
            return Err(INVALID.at("/for_id", "length", format!("1 to {FOR_ID_CHARS} characters")));
        }
        let unknown = |key: &str| UPLOAD_UNKNOWN.because(format!("no upload {key:.80} to keep for {}", request.for_id));
        if let Some(other) = request.keys.iter().find(|key| Key::parse(key).is_none()) {
            return Err(unknown(other));
        }
        // In one order, so that two that want the same ones do not wait for each other.
        let mut keys: Vec<&str> = request.keys.iter().map(String::as_str).collect();
        keys.sort_unstable();
        keys.dedup();
        kit::tx!(self.db, |tx| {
            for key in &keys {
                if !upload::keep(&tx, key, request.user, request.purpose, &request.for_id).await? {
                    return Err(unknown(key));
                }
            }
            Ok(UploadsKept {})
        })
    }

    /// Deletes what was never used. The key goes first, so that nothing can use a picture that is about to go.
    pub(crate) async fn forget_uploads(&self, now: Time) -> Result<()> {
        let before = now - self.settings.uploads.unused_kept;
        for key in upload::unused(&self.db, before, FORGOTTEN_AT_ONCE).await? {
            if !upload::take_away(&self.db, &key).await? {
                continue;
            }
            if let Some(place) = Key::parse(&key) {
                self.intake.shelf.remove(&place).await?;
            }
            upload::forget(&self.db, &key).await?;
        }
        upload::forget_counts(&self.db, now.day()).await
    }
}
