//! 红包: money in packets, from people to people, and from the house in a rain. Nobody calls this service.

use crate::{GrantId, PacketId};

kit::events! {
    /// Timer: something is due with a packet or a rain (unpaid too long, to begin, to end, to be settled).
    PacketDue "redpacket.packet_due" { packet: PacketId }
    /// Timer: shares that were opened go to their wallets, this one and those beside it.
    GrantDue "redpacket.grant_due" { grants: Vec<GrantId> }
}
