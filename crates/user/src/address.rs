//! A shopper's addresses: sealed in the database, masked in replies, plain only for the parcel and the owner's edit form.
//!
//! A shopper who has addresses has exactly one default one; the transaction that changes addresses keeps it so, and the
//! account's row, held by it, makes such transactions wait for each other.

use contract::fault::ADDRESS_LIMIT;
use contract::user::Address;
use contract::{AddressId, UserId};
use kit::fault::NOT_FOUND;
use kit::secret::{PersonName, Phone, StreetAddress};
use kit::{Error, Result};
use serde::Serialize;

use crate::User;
use crate::store::account;
use crate::store::address::{self, Row};

/// An address as its owner writes it.
#[derive(Clone)]
pub struct Written {
    /// Receiver.
    pub name: PersonName,
    /// Receiver's phone.
    pub phone: Phone,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县; empty where a city has none.
    pub district: String,
    /// Street and door.
    pub detail: StreetAddress,
    /// 家, 公司 …
    pub tag: Option<String>,
    /// Becomes the default one. The one that is stays it until another becomes it.
    pub is_default: bool,
}

/// An address as it is shown: masked.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AddressShown {
    /// Names it.
    pub id: AddressId,
    /// `张*`.
    pub name: PersonName,
    /// `138****5678`.
    pub phone: Phone,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县.
    pub district: String,
    /// Its beginning.
    pub detail: StreetAddress,
    /// 家, 公司 …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether it is the default one.
    pub is_default: bool,
}

/// An address in plain text, for the form in which its owner edits it.
#[derive(Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AddressPlain {
    /// Names it.
    pub id: AddressId,
    /// Receiver.
    pub name: String,
    /// Receiver's phone, 11 digits.
    pub phone: String,
    /// 省.
    pub province: String,
    /// 市.
    pub city: String,
    /// 区县.
    pub district: String,
    /// Street and door.
    pub detail: String,
    /// 家, 公司 …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether it is the default one.
    pub is_default: bool,
}

/// Keeps a new address. The first one is the default one. `address_limit`.
pub async fn add(user: &User, owner: UserId, written: &Written) -> Result<AddressShown> {
    let row = user.seal_address(user.ids.make(), written);
    kit::tx!(user.db, |tx| {
        if !account::count_address(&tx, owner, user.settings.addresses_max).await? {
            return Err(ADDRESS_LIMIT.into());
        }
        address::insert(&tx, owner, &row).await?;
        if written.is_default || !address::has_default(&tx, owner).await? {
            address::set_default(&tx, owner, row.id).await?;
        }
        Ok(())
    })?;
    show(user, owner, row.id).await
}

/// Replaces one of the shopper's addresses.
pub async fn replace(user: &User, owner: UserId, id: AddressId, written: &Written) -> Result<AddressShown> {
    let row = user.seal_address(id, written);
    kit::tx!(user.db, |tx| {
        account::hold_addresses(&tx, owner).await?;
        if !address::replace(&tx, owner, &row).await? {
            return Err(NOT_FOUND.into());
        }
        if written.is_default {
            address::set_default(&tx, owner, id).await?;
        }
        Ok(())
    })?;
    show(user, owner, id).await
}

/// Deletes one of the shopper's addresses; the newest one left becomes the default one if that was it.
pub async fn delete(user: &User, owner: UserId, id: AddressId) -> Result<()> {
    kit::tx!(user.db, |tx| {
        account::hold_addresses(&tx, owner).await?;
        if !address::delete(&tx, owner, id).await? {
            return Err(NOT_FOUND.into());
        }
        account::uncount_address(&tx, owner).await?;
        if !address::has_default(&tx, owner).await?
            && let Some(newest) = address::newest(&tx, owner).await?
        {
            address::set_default(&tx, owner, newest).await?;
        }
        Ok(())
    })
}

/// All of a shopper's addresses, masked: the default one first, then the newest.
pub async fn list(user: &User, owner: UserId) -> Result<Vec<AddressShown>> {
    address::all(&user.db, owner).await?.into_iter().map(|row| user.shown_address(row)).collect()
}

/// One of the shopper's addresses, masked.
pub async fn show(user: &User, owner: UserId, id: AddressId) -> Result<AddressShown> {
    user.shown_address(user.own_address(owner, id).await?)
}

/// One of the shopper's addresses for its owner's edit form.
pub async fn plain(user: &User, owner: UserId, id: AddressId) -> Result<AddressPlain> {
    let row = user.own_address(owner, id).await?;
    let open = user.open_address(&row)?;
    Ok(AddressPlain {
        id,
        name: open.name,
        phone: open.phone,
        province: open.province,
        city: open.city,
        district: open.district,
        detail: open.detail,
        tag: row.tag,
        is_default: row.is_default == 1,
    })
}

/// One of the shopper's addresses for the parcel.
pub async fn for_parcel(user: &User, owner: UserId, id: AddressId) -> Result<Address> {
    user.open_address(&user.own_address(owner, id).await?)
}

fn purpose(column: &str, id: AddressId) -> String {
    format!("address.{column}:{id}")
}

impl User {
    async fn own_address(&self, owner: UserId, id: AddressId) -> Result<Row> {
        address::own(&self.db, owner, id).await?.ok_or_else(|| NOT_FOUND.into())
    }

    fn seal_address(&self, id: AddressId, from: &Written) -> Row {
        Row {
            id,
            name_sealed: self.keys.seal(&purpose("name_sealed", id), from.name.reveal()),
            phone_sealed: self.keys.seal(&purpose("phone_sealed", id), from.phone.reveal()),
            province: from.province.clone(),
            city: from.city.clone(),
            district: from.district.clone(),
            detail_sealed: self.keys.seal(&purpose("detail_sealed", id), from.detail.reveal()),
            tag: from.tag.clone(),
            is_default: 0,
        }
    }

    fn open_address(&self, row: &Row) -> Result<Address> {
        Ok(Address {
            name: self.keys.open(&purpose("name_sealed", row.id), &row.name_sealed)?,
            phone: self.keys.open(&purpose("phone_sealed", row.id), &row.phone_sealed)?,
            province: row.province.clone(),
            city: row.city.clone(),
            district: row.district.clone(),
            detail: self.keys.open(&purpose("detail_sealed", row.id), &row.detail_sealed)?,
        })
    }

    fn shown_address(&self, row: Row) -> Result<AddressShown> {
        let open = self.open_address(&row)?;
        Ok(AddressShown {
            id: row.id,
            name: PersonName::parse(&open.name).map_err(Error::internal)?,
            phone: Phone::parse(&open.phone).map_err(Error::internal)?,
            province: open.province,
            city: open.city,
            district: open.district,
            detail: StreetAddress::parse(&open.detail).map_err(Error::internal)?,
            tag: row.tag,
            is_default: row.is_default == 1,
        })
    }
}
