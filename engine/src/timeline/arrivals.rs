//! Which datagram a recvfrom() took: a part of [`super::causes`]. Datagrams have no numbers: one is known by where it comes
//! from, where it went, and its bytes. Of those that are alike in all three the kernel gives the one that came first; where
//! only the sender could tell them apart and recv() does not say who it was, it stays unknown, and that is said.

use super::causes::{Place, fits_place, push_bounded};
use protocol::PacketId;

/// Bytes of a datagram that are compared.
const HEAD: usize = 64;

/// A datagram that a socket can take.
#[derive(Clone, Debug)]
struct Arrival {
    /// The event in which its packet was sent; without packets, that of the send().
    event: u64,
    packet: Option<PacketId>,
    from: Option<Place>,
    to: Place,
    len: usize,
    head: Vec<u8>,
    /// It has come to its end of the wire.
    here: bool,
}

/// The datagrams that nobody has taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals(Vec<Arrival>);

/// Which one was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// This one (its event).
    One(u64),
    /// One of several from different senders: nobody can know which.
    Unknown,
    /// None that was seen.
    None,
}

impl Arrivals {
    /// A datagram is sent.
    pub(super) fn sent(
        &mut self,
        event: u64,
        packet: Option<PacketId>,
        from: Option<Place>,
        to: Place,
        bytes: &[u8],
        here: bool,
    ) {
        let one = Arrival {
            event,
            packet,
            from,
            to,
            len: bytes.len(),
            head: bytes[..bytes.len().min(HEAD)].to_vec(),
            here,
        };
        push_bounded(&mut self.0, one);
    }

    /// A packet that waited has arrived (it stands behind those that came before it), or never will.
    pub(super) fn ended(&mut self, packet: PacketId, arrives: bool) {
        if let Some(at) = self.0.iter().position(|a| a.packet == Some(packet)) {
            let mut one = self.0.remove(at);
            if arrives {
                one.here = true;
                self.0.push(one);
            }
        }
    }

    /// A socket at `local` took `data`, from `from` where that is told; of a longer datagram it may be the beginning.
    pub(super) fn take(&mut self, local: Place, from: Option<Place>, data: &[u8]) -> Taken {
        let shown = data.len().min(HEAD);
        let fits = |a: &Arrival| {
            let sender = from.is_none_or(|from| a.from.is_none_or(|own| fits_place(own, from)));
            let bytes = a.len >= data.len() && a.head.get(..shown) == Some(&data[..shown]);
            a.here && bytes && sender && reaches(a.to, local)
        };
        let Some(place) = self.0.iter().position(fits) else {
            return Taken::None;
        };
        let sender = self.0[place].from;
        if self.0[place..].iter().any(|a| a.from != sender && fits(a)) {
            return Taken::Unknown;
        }
        Taken::One(self.0.remove(place).event)
    }

    /// The first datagram for a socket at `local` that has so many bytes: what a look at its buffer shows.
    pub(super) fn first(&self, local: Place, len: usize) -> Option<u64> {
        let first = self.0.iter().find(|a| a.here && reaches(a.to, local))?;
        (first.len == len).then_some(first.event)
    }
}

/// Does what was sent to `to` come to a socket at `local`?
fn reaches(to: Place, local: Place) -> bool {
    let many = to.0.is_multicast() || matches!(to.0, std::net::IpAddr::V4(ip) if ip.is_broadcast());
    to.1 == local.1 && (many || fits_place(local, to))
}
