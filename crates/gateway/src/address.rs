//! Whose address a request comes from. A header is believed only from a proxy that the merchant trusts.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};

/// The client's address: the peer, or, behind trusted proxies, the last hop in `X-Forwarded-For` that is not one.
pub fn client(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpAddr]) -> IpAddr {
    let unknown = IpAddr::from([0, 0, 0, 0]);
    let peer = extensions.get::<ConnectInfo<SocketAddr>>().map_or(unknown, |c| c.0.ip().to_canonical());
    if !trusted.contains(&peer) {
        return peer;
    }
    let hops = headers.get_all("x-forwarded-for").iter().filter_map(|h| h.to_str().ok()).flat_map(|h| h.split(','));
    let hops: Vec<IpAddr> = hops.filter_map(|hop| hop.trim().parse().ok()).collect();
    hops.into_iter().rev().find(|hop| !trusted.contains(hop)).unwrap_or(peer)
}

/// What limits count by: an IPv4 address, or the /64 that one IPv6 customer has to himself.
pub fn bucket(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => {
            let s = v6.segments();
            IpAddr::from([s[0], s[1], s[2], s[3], 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str) -> IpAddr {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        client(&headers, &extensions, &["10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap()])
    }

    #[test]
    fn a_header_from_a_stranger_is_not_believed() {
        assert_eq!(from("9.9.9.9", "1.2.3.4").to_string(), "9.9.9.9");
        assert_eq!(from("10.0.0.1", "1.2.3.4, 10.0.0.2").to_string(), "1.2.3.4");
        assert_eq!(from("10.0.0.1", "6.6.6.6, 1.2.3.4").to_string(), "1.2.3.4");
        assert_eq!(from("10.0.0.1", "nonsense").to_string(), "10.0.0.1");
    }
}
