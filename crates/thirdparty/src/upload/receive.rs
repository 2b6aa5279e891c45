//! A file comes in: its form is checked before the file is read, the file before its key is given to it. What is refused leaves
//! nothing; the same file again under its key is the same answer.

use axum::extract::Request;
use axum::http::header::CONTENT_TYPE;
use axum::{RequestExt as _, body};
use kit::secret::sha256_hex;
use kit::{Error, Result};
use multer::{Field, Multipart};

use super::picture::{self, PictureType};
use super::policy::{self, FIELD_BYTES, FIELDS, UploadField, refused};
use super::shelf::Key;
use super::{FILE_FIELD, Intake};
use crate::Thirdparty;
use crate::store::upload;

/// States in which a key's picture is there.
const THERE: [&str; 2] = ["stored", "used"];

impl Thirdparty {
    /// Takes a form with its file. `upload_refused` when form or file is not what was agreed.
    pub(crate) async fn receive(&self, request: Request) -> Result<()> {
        let boundary = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let boundary = multer::parse_boundary(boundary).map_err(refused)?;
        let _place = self.intake.receiving.enter().await?;
        let mut form = Multipart::new(stream(request), boundary);
        let mut fields = Vec::new();
        while let Some(field) = form.next_field().await.map_err(refused)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name == FILE_FIELD {
                let allowed = policy::check(&self.core.keys, &fields, self.db.clock().now())?;
                let file = read(field, usize::try_from(allowed.max_bytes).unwrap_or(usize::MAX)).await?;
                return self.take(&allowed.key, file).await;
            }
            if fields.len() == FIELDS {
                return Err(refused("too many fields"));
            }
            let value = String::from_utf8(read(field, FIELD_BYTES).await?).map_err(refused)?;
            fields.push(UploadField { name, value });
        }
        Err(refused("no file"))
    }

    /// Gives a key its file.
    async fn take(&self, key: &str, file: Vec<u8>) -> Result<()> {
        let place = Key::parse(key).ok_or_else(|| refused("no key of ours"))?;
        let row = upload::by_key(&self.db, key).await?.ok_or_else(|| refused("the key is gone"))?;
        let digest = sha256_hex(&file);
        if !row.digest.is_empty() && row.digest != digest {
            return Err(refused("the key has another file"));
        }
        if THERE.contains(&row.state.as_str()) {
            return Ok(());
        }
        let kind = PictureType::parse(&row.content_type).ok_or_else(|| Error::internal("an upload of no known kind"))?;
        let bytes = i64::try_from(file.len()).map_err(Error::internal)?;
        let part = self.intake.renew(file, kind, self.settings.uploads.max_pixels).await?;
        // From here on the key is this file's: whoever comes with another one is refused, and this one may come again.
        if upload::pin(&self.db, key, &digest, bytes).await? {
            self.intake.shelf.put(&place, part).await?;
            if upload::stored(&self.db, key).await? {
                return Ok(());
            }
        }
        match upload::by_key(&self.db, key).await? {
            Some(row) if row.digest == digest && THERE.contains(&row.state.as_str()) => Ok(()),
            _ => Err(refused("the key has another file, or is gone")),
        }
    }
}

impl Intake {
    /// Reads a file and writes its pictures, which have no key yet.
    async fn renew(&self, file: Vec<u8>, kind: PictureType, max_pixels: u64) -> Result<super::shelf::Part> {
        let place = self.decoding.enter().await?;
        let shelf = self.shelf.clone();
        let task = tokio::task::spawn_blocking(move || {
            // The thread keeps the place, also when nobody waits for its answer any more.
            let _place = place;
            shelf.write(&picture::renew(&file, kind, max_pixels)?)
        });
        task.await.map_err(Error::internal)?
    }
}

/// The body as it comes, no longer than the route allows.
fn stream(request: Request) -> body::BodyDataStream {
    request.into_limited_body().into_data_stream()
}

/// A field's bytes; refused as soon as there are more than `most`.
async fn read(mut field: Field<'_>, most: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(refused)? {
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(refused(format!("a field of more than {most} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
