//! What the tables of goods are made of. Holds no goods itself.

/// A choice that the customer makes: its name, its values, and how much dearer each next value is, percent of the first one's price.
pub(super) type Axis = (&'static str, &'static [&'static str], u32);

/// The choice of a colour: its values are the product's own colours, which its pictures share.
pub(super) const COLOUR: Axis = ("颜色", &[], 0);

/// One leaf of the category tree with its goods.
pub(super) struct Leaf {
    /// Three names, widest first.
    pub path: [&'static str; 3],
    /// The shape that its pictures draw.
    pub kind: &'static str,
    /// What one of it is called: 件, 套, 只.
    pub unit: &'static str,
    /// None to two choices.
    pub axes: &'static [Axis],
    /// Attributes and the values they may take. A value that a title or a subtitle names is the one taken.
    pub facts: &'static [(&'static str, &'static [&'static str])],
    /// Title, subtitle and the price of the first SKU in fen.
    pub goods: &'static [(&'static str, &'static str, u32)],
}
