//! What shoppers see.
