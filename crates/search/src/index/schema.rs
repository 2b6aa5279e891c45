//! The fields of the index, and how a document is laid out in them. Must never decide what is newer; it writes what it is told.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::{TantivyDocument, Term};

use super::document::{Document, attribute_term, brand_term, category_term};
use super::ledger::{Kind, State};
use super::words::{Words, grams};
use super::{pinyin, suggest};

/// Number of this layout: an index of another one is built anew.
pub const LAYOUT: u32 = 1;

/// Names of the columns that searches read.
pub(super) mod column {
    pub const SPU: &str = "spu";
    pub const KIND: &str = "kind";
    pub const VERSION: &str = "version";
    pub const SALES: &str = "sales";
    pub const SALES_SEQ: &str = "sales_seq";
    pub const IN_STOCK: &str = "in_stock";
    pub const STOCK_SEQ: &str = "stock_seq";
    pub const PRICE: &str = "price_fen";
    pub const SHELF: &str = "shelf_ms";
    pub const BRAND: &str = "brand";
    pub const BRAND_NODE: &str = "brand_node";
    pub const CATEGORY_NODE: &str = "category_node";
    pub const ATTRIBUTE: &str = "attribute";
}

/// The fields by name.
#[derive(Clone, Debug)]
pub struct Fields {
    /// The whole.
    pub schema: Schema,
    /// Product number.
    pub spu: Field,
    /// [`Kind`] as a number.
    pub kind: Field,
    /// Version of the content or removal.
    pub version: Field,
    /// Units sold.
    pub sales: Field,
    /// Number of that fact.
    pub sales_seq: Field,
    /// 1 if it can be bought.
    pub in_stock: Field,
    /// Number of that fact.
    pub stock_seq: Field,
    /// Lowest price.
    pub price: Field,
    /// When shelved.
    pub shelf: Field,
    /// Average review.
    pub score: Field,
    /// Number of the brand.
    pub brand: Field,
    /// Numbers of the category and all its ancestors.
    pub category: Field,
    /// Brand for facets.
    pub brand_node: Field,
    /// Categories for facets.
    pub category_node: Field,
    /// Attribute values for facets and filters.
    pub attribute: Field,
    /// Words of the title.
    pub title: Field,
    /// Words of the subtitle.
    pub subtitle: Field,
    /// Words of the brand.
    pub brand_words: Field,
    /// Words of the categories.
    pub category_words: Field,
    /// Words of the attribute values.
    pub attribute_words: Field,
    /// Characters and pairs.
    pub grams: Field,
    /// Sounds.
    pub pinyin: Field,
    /// Suggestions with their keys.
    pub suggest: Field,
    /// The document as JSON, to write it again.
    pub source: Field,
    /// The list card.
    pub card: Field,
}

fn words_field(builder: &mut SchemaBuilder, name: &str, option: IndexRecordOption, fieldnorms: bool) -> Field {
    let indexing = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(option).set_fieldnorms(fieldnorms);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn number(builder: &mut SchemaBuilder, name: &str) -> Field {
    builder.add_i64_field(name, NumericOptions::from(FAST))
}

fn node(builder: &mut SchemaBuilder, name: &str) -> Field {
    builder.add_text_field(name, TextOptions::default().set_fast("raw"))
}

impl Fields {
    /// The layout of this version.
    pub fn new() -> Self {
        let mut b = Schema::builder();
        let found = NumericOptions::from(INDEXED | FAST);
        let (freqs, basic) = (IndexRecordOption::WithFreqs, IndexRecordOption::Basic);
        let raw = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(basic).set_fieldnorms(false);
        Fields {
            spu: b.add_i64_field(column::SPU, found.clone()),
            kind: b.add_u64_field(column::KIND, NumericOptions::from(FAST)),
            version: number(&mut b, column::VERSION),
            sales: number(&mut b, column::SALES),
            sales_seq: number(&mut b, column::SALES_SEQ),
            in_stock: b.add_u64_field(column::IN_STOCK, NumericOptions::from(FAST)),
            stock_seq: number(&mut b, column::STOCK_SEQ),
            price: number(&mut b, column::PRICE),
            shelf: number(&mut b, column::SHELF),
            score: number(&mut b, "score_hundredths"),
            brand: number(&mut b, column::BRAND),
            category: b.add_i64_field("category", NumericOptions::from(INDEXED)),
            brand_node: node(&mut b, column::BRAND_NODE),
            category_node: node(&mut b, column::CATEGORY_NODE),
            attribute: node(&mut b, column::ATTRIBUTE),
            title: words_field(&mut b, "title", freqs, true),
            subtitle: words_field(&mut b, "subtitle", freqs, true),
            brand_words: words_field(&mut b, "brand_words", basic, false),
            category_words: words_field(&mut b, "category_words", basic, false),
            attribute_words: words_field(&mut b, "attribute_words", basic, false),
            grams: words_field(&mut b, "grams", basic, false),
            pinyin: words_field(&mut b, "pinyin", basic, false),
            suggest: b.add_text_field("suggest", TextOptions::default().set_indexing_options(raw)),
            source: b.add_bytes_field("source", STORED),
            card: b.add_bytes_field("card", STORED),
            schema: b.build(),
        }
    }

    /// The term by which a product is replaced.
    pub fn key(&self, spu: i64) -> Term {
        Term::from_field_i64(self.spu, spu)
    }

    /// Lays out a product: its state always, its content if it has one.
    pub fn lay_out(&self, words: &Words, spu: i64, state: &State, content: Option<&Document>) -> TantivyDocument {
        let mut out = TantivyDocument::new();
        // What is gone has no content, and unknown content cannot be found.
        let content = content.filter(|_| state.kind == Kind::Live);
        let kind = if content.is_none() && state.kind == Kind::Live { Kind::Unknown } else { state.kind };
        out.add_i64(self.spu, spu);
        out.add_u64(self.kind, kind.number());
        out.add_i64(self.version, state.version);
        out.add_i64(self.sales, state.sales);
        out.add_i64(self.sales_seq, state.sales_seq);
        out.add_u64(self.in_stock, u64::from(state.in_stock));
        out.add_i64(self.stock_seq, state.stock_seq);
        if let Some(document) = content {
            self.lay_out_facts(&mut out, document);
            self.lay_out_words(&mut out, words, document);
        }
        out
    }

    fn lay_out_facts(&self, out: &mut TantivyDocument, document: &Document) {
        out.add_i64(self.price, document.price_fen);
        out.add_i64(self.shelf, document.shelf_ms);
        out.add_i64(self.score, document.score_hundredths);
        if let Some((brand, name)) = &document.brand {
            out.add_i64(self.brand, *brand);
            out.add_text(self.brand_node, brand_term(*brand, name));
        }
        let mut parent = 0;
        for (category, name) in &document.categories {
            out.add_i64(self.category, *category);
            out.add_text(self.category_node, category_term(parent, *category, name));
            parent = *category;
        }
        let mut attributes: Vec<String> = document.attributes.iter().map(|(name, value)| attribute_term(name, value)).collect();
        attributes.sort_unstable();
        attributes.dedup();
        for term in attributes {
            out.add_text(self.attribute, term);
        }
        if let Ok(source) = serde_json::to_vec(document) {
            out.add_bytes(self.source, &source);
        }
        out.add_bytes(self.card, &document.card);
    }

    fn lay_out_words(&self, out: &mut TantivyDocument, words: &Words, document: &Document) {
        let brand = document.brand.as_ref().map_or("", |(_, name)| name);
        let names = || document.categories.iter().map(|(_, name)| name.as_str());
        let leaf = names().next_back().unwrap_or_default();
        let title = words.for_index(&document.title);
        out.add_text(self.title, title.join(" "));
        out.add_text(self.subtitle, words.for_index(&document.subtitle).join(" "));
        out.add_text(self.brand_words, words.for_index(brand).join(" "));
        for name in names() {
            out.add_text(self.category_words, words.for_index(name).join(" "));
        }
        for (_, value) in &document.attributes {
            out.add_text(self.attribute_words, words.for_index(value).join(" "));
        }
        for text in [document.title.as_str(), &document.subtitle, brand, leaf] {
            out.add_text(self.grams, grams(text).join(" "));
        }
        for text in [document.title.as_str(), brand, leaf] {
            out.add_text(self.pinyin, pinyin::keys(words, text).join(" "));
        }
        for term in suggest::terms(words, document) {
            out.add_text(self.suggest, term);
        }
    }
}
