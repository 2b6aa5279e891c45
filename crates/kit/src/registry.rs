//! Where services live: names to addresses, and whose turn it is. Must never know what the services do.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Addresses (`http://10.0.0.5:7001`) by service name. Clones share their turns.
#[derive(Clone, Debug)]
pub struct Registry(Source);

/// Where the addresses come from. A registry that is asked over the network goes beside the fixed one.
#[derive(Clone, Debug)]
enum Source {
    Fixed(Arc<HashMap<String, Pool>>),
}

#[derive(Debug)]
struct Pool {
    addresses: Vec<Arc<str>>,
    turn: AtomicUsize,
}

impl Registry {
    /// Addresses as the configuration lists them.
    pub fn fixed(map: HashMap<String, Vec<String>>) -> Self {
        let pool = |list: Vec<String>| Pool { addresses: list.into_iter().map(Arc::from).collect(), turn: AtomicUsize::new(0) };
        Registry(Source::Fixed(Arc::new(map.into_iter().map(|(service, list)| (service, pool(list))).collect())))
    }

    /// All addresses of a service; empty when it is unknown.
    pub fn addresses(&self, service: &str) -> Vec<Arc<str>> {
        match &self.0 {
            Source::Fixed(map) => map.get(service).map(|pool| pool.addresses.clone()).unwrap_or_default(),
        }
    }

    /// The address whose turn it is; none when the service is unknown or has no address.
    pub fn pick(&self, service: &str) -> Option<Arc<str>> {
        match &self.0 {
            Source::Fixed(map) => {
                let pool = map.get(service)?;
                let turn = pool.turn.fetch_add(1, Relaxed);
                pool.addresses.get(turn.checked_rem(pool.addresses.len())?).cloned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_go_round() {
        let lists = HashMap::from([("a".to_owned(), vec!["x".to_owned(), "y".to_owned()]), ("none".to_owned(), vec![])]);
        let registry = Registry::fixed(lists);
        let again = registry.clone();
        let picked: Vec<_> = [&registry, &again, &registry].iter().filter_map(|r| r.pick("a")).collect();
        assert_eq!(picked.iter().map(|a| &**a).collect::<Vec<_>>(), ["x", "y", "x"]);
        assert_eq!(registry.addresses("a").len(), 2);
        assert_eq!(registry.pick("none"), None);
        assert_eq!(registry.pick("unknown"), None);
        assert!(registry.addresses("unknown").is_empty());
    }
}
