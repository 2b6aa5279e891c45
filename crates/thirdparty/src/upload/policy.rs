//! What a shopper may upload, as a signed form: shaped as the form upload (PostObject) of an object store, so that a real store can
//! stand behind the same page later. Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use contract::fault::UPLOAD_REFUSED;
use kit::secret::Keys;
use kit::{Error, Result, Time};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the signature is for.
const PURPOSE: &str = "thirdparty.upload";
/// Longest field of a form besides its file, bytes.
pub(crate) const FIELD_BYTES: usize = 4096;
/// Most fields before the file.
pub(crate) const FIELDS: usize = 12;

/// A field of the form, in the order in which it is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UploadField {
    pub name: String,
    pub value: String,
}

#[derive(Serialize, Deserialize)]
struct Policy {
    expiration: Time,
    conditions: Vec<Condition>,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Condition {
    /// `["content-length-range", 1, 5242880]`: bytes of the file.
    Range(String, u64, u64),
    /// `["eq", "$key", "u/…"]`: a field has this value.
    Field(String, String, String),
}

/// What a genuine form allows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    pub key: String,
    pub max_bytes: u64,
}

/// The fields that allow one file under one key.
pub(crate) fn fields(keys: &Keys, key: &str, content_type: &str, max_bytes: u64, expires: Time) -> Result<Vec<UploadField>> {
    let plain = [("key", key), ("Content-Type", content_type), ("success_action_status", "204")];
    let mut conditions = vec![Condition::Range("content-length-range".to_owned(), 1, max_bytes)];
    let equals = |(name, value): (&str, &str)| Condition::Field("eq".to_owned(), format!("${name}"), value.to_owned());
    conditions.extend(plain.map(equals));
    let policy = BASE64.encode(serde_json::to_vec(&Policy { expiration: expires, conditions })?);
    let signature = keys.sign(PURPOSE, policy.as_bytes());
    let signed = [("policy", policy.as_str()), ("signature", signature.as_str())];
    let field = |(name, value): (&str, &str)| UploadField { name: name.to_owned(), value: value.to_owned() };
    Ok(plain.into_iter().chain(signed).map(field).collect())
}

/// What a form allows now; `upload_refused` when it is not ours, was changed, or has expired.
pub(crate) fn check(keys: &Keys, form: &[UploadField], now: Time) -> Result<Allowed> {
    let field = |name: &str| {
        let mut named = form.iter().filter(|field| field.name == name);
        let first = named.next().ok_or_else(|| refused(format!("no field {name}")))?;
        if named.next().is_some() { Err(refused(format!("two fields {name}"))) } else { Ok(first.value.as_str()) }
    };
    let policy = field("policy")?;
    if !keys.verify(PURPOSE, policy.as_bytes(), field("signature")?) {
        return Err(refused("the policy is not ours"));
    }
    let policy: Policy = serde_json::from_slice(&BASE64.decode(policy).map_err(refused)?).map_err(refused)?;
    if policy.expiration <= now {
        return Err(UPLOAD_REFUSED.at("/policy", "expired", "the policy has expired"));
    }
    let mut max_bytes = 0;
    for condition in &policy.conditions {
        match condition {
            Condition::Range(_, _, most) => max_bytes = *most,
            Condition::Field(_, name, value) => {
                let name = name.trim_start_matches('$');
                if field(name)? != value {
                    return Err(UPLOAD_REFUSED.at(format!("/{name}"), "changed", "not what the policy says"));
                }
            }
        }
    }
    Ok(Allowed { key: field("key")?.to_owned(), max_bytes })
}

/// Not a file, or not a form, that is accepted; the cause is for the log.
pub(crate) fn refused(why: impl std::fmt::Display) -> Error {
    UPLOAD_REFUSED.because(why)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const KEY: &str = "u/review/0123456789abcdef0123456789abcdef";

    #[test]
    fn a_form_allows_what_was_signed_and_nothing_else() {
        let keys = Keys::random().unwrap();
        let now = Time(1_800_000_000_000);
        let form = fields(&keys, KEY, "image/png", 500, now + Duration::from_secs(300)).unwrap();
        let names: Vec<&str> = form.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["key", "Content-Type", "success_action_status", "policy", "signature"]);
        assert!(form.iter().all(|field| field.value.len() <= FIELD_BYTES) && form.len() <= FIELDS);
        assert_eq!(check(&keys, &form, now).unwrap(), Allowed { key: KEY.to_owned(), max_bytes: 500 });
        let late = now + Duration::from_secs(300);
        assert_eq!(check(&keys, &form, late).unwrap_err().errors()[0].code, "expired");
        for at in 0..form.len() {
            let mut changed = form.clone();
            changed[at].value.push('x');
            assert!(check(&keys, &changed, now).unwrap_err().is(UPLOAD_REFUSED), "{} changed", form[at].name);
            let mut without = form.clone();
            without.remove(at);
            assert!(check(&keys, &without, now).unwrap_err().is(UPLOAD_REFUSED), "{} absent", form[at].name);
            let mut doubled = form.clone();
            doubled.push(form[at].clone());
            assert!(check(&keys, &doubled, now).unwrap_err().is(UPLOAD_REFUSED), "{} doubled", form[at].name);
        }
        assert!(check(&Keys::random().unwrap(), &form, now).unwrap_err().is(UPLOAD_REFUSED), "another mall's");
    }

    #[test]
    fn a_policy_reads_as_an_object_stores_does() {
        let form = fields(&Keys::random().unwrap(), KEY, "image/webp", 9, Time(1_800_000_000_000)).unwrap();
        let policy: serde_json::Value = serde_json::from_slice(&BASE64.decode(&form[3].value).unwrap()).unwrap();
        assert_eq!(
            policy,
            serde_json::json!({ "expiration": "2027-01-15T08:00:00.000Z", "conditions": [
                ["content-length-range", 1, 9], ["eq", "$key", KEY], ["eq", "$Content-Type", "image/webp"],
                ["eq", "$success_action_status", "204"],
            ] })
        );
    }
}
