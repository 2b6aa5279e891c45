//! What must not be read by who should not: sealed text, blind indexes, signatures ([`Keys`]), and the types
//! of personal data that show only their mask ([`Phone`], [`PersonName`], [`StreetAddress`]).
//! Must never log what it hides, and never repeat a refused input.

mod keys;
mod masked;

pub use keys::{BadKey, Keys, sha256_hex};
pub use masked::{BadText, PersonName, Phone, StreetAddress};
