//! Which end of the wire a packet leaves, and which one it goes to.
//!
//! Between several hosts that is a matter of addresses. With one host all packets leave and come back at the same door; there
//! an end is a side of a conversation: 0 the one that opened it, 1 the other.

use crate::packet::Head;
use crate::packet::head::{Transport, flag, protocol_number};
use protocol::End;
use std::collections::VecDeque;
use std::net::{IpAddr, Ipv4Addr};

/// Conversations that are remembered of a one-host lab; the oldest is forgotten first.
const CONVERSATIONS: usize = 4096;

/// Address and port; port 0 where there are none.
type Endpoint = (IpAddr, u16);

/// Where a packet goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// To one end.
    To(End, End),
    /// From this end to all others of the lab.
    ToAll(End),
    /// From this end to an address that no host has.
    ToNobody(End),
    /// It is the kernel's own housekeeping, which has nothing to do with programs: groups, neighbours, routers.
    Hidden,
}

/// Finds ends.
pub enum Ends {
    /// The addresses of several hosts, by host.
    Hosts(Vec<Vec<IpAddr>>),
    /// Who opened which conversation, in a one-host lab.
    Conversations {
        /// Addresses that are the host's own.
        own: Vec<IpAddr>,
        /// Oldest first; who speaks now is found from the end.
        openers: VecDeque<(Conversation, Endpoint)>,
    },
}

/// A protocol and two endpoints, the lower one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversation(u8, Endpoint, Endpoint);

impl Conversation {
    fn of(protocol: u8, a: Endpoint, b: Endpoint) -> Self {
        Self(protocol, a.min(b), a.max(b))
    }
}

impl Ends {
    /// For hosts with these addresses.
    pub fn new(mut hosts: Vec<Vec<IpAddr>>) -> Self {
        if hosts.len() > 1 {
            return Self::Hosts(hosts);
        }
        Self::Conversations {
            own: hosts.pop().unwrap_or_default(),
            openers: VecDeque::new(),
        }
    }

    /// The way of a packet that left the host with this place.
    pub fn way(&mut self, host: u8, head: &Head<'_>) -> Way {
        if is_housekeeping(head) {
            return Way::Hidden;
        }
        match self {
            Self::Hosts(addresses) => {
                let from = End(host);
                if is_for_all(head.target) {
                    return Way::ToAll(from);
                }
                let found = addresses.iter().position(|own| own.contains(&head.target));
                match found.and_then(|place| u8::try_from(place).ok()) {
                    Some(to) => Way::To(from, End(to)),
                    None => Way::ToNobody(from),
                }
            }
            Self::Conversations { own, .. } => {
                let arrives = own.contains(&head.target) || head.target.is_loopback();
                let from = self.side(head);
                if arrives {
                    Way::To(from, End(1 - from.0))
                } else {
                    Way::ToNobody(from)
                }
            }
        }
    }

    /// The side of its conversation that the packet comes from.
    fn side(&mut self, head: &Head<'_>) -> End {
        let Self::Conversations { openers, .. } = self else {
            return End(0);
        };
        if let Some(about) = complaint(head) {
            // It goes back to where the packet came from that it is about.
            let (source, target) = endpoints(&about);
            let about = Conversation::of(about.protocol, source, target);
            let opener = openers.iter().rev().find(|(known, _)| *known == about);
            return End(u8::from(opener.is_none_or(|(_, opener)| *opener == source)));
        }
        let (source, target) = endpoints(head);
        let conversation = Conversation::of(head.protocol, source, target);
        let begins = head
            .tcp()
            .is_some_and(|tcp| tcp.flags & (flag::SYN | flag::ACK) == flag::SYN);
        if let Some((_, opener)) = openers.iter_mut().rev().find(|(known, _)| *known == conversation) {
            if begins {
                *opener = source;
            }
            return End(u8::from(*opener != source));
        }
        if openers.len() >= CONVERSATIONS {
            openers.pop_front();
        }
        openers.push_back((conversation, source));
        End(0)
    }
}

fn endpoints(head: &Head<'_>) -> (Endpoint, Endpoint) {
    let (from, to) = head.ports().unwrap_or_default();
    ((head.source, from), (head.target, to))
}

/// The head of the packet that an ICMP error is about.
fn complaint<'a>(head: &Head<'a>) -> Option<Head<'a>> {
    let Transport::Icmp { kind, rest, .. } = head.transport else {
        return None;
    };
    let is_error = match head.protocol {
        // Destination unreachable, source quench, redirect, time exceeded, parameter problem.
        protocol_number::ICMP => matches!(kind, 3 | 4 | 5 | 11 | 12),
        _ => kind < 128,
    };
    if is_error {
        Head::parse(rest.get(4..)?)
    } else {
        None
    }
}

/// Group memberships (IGMP, MLD) and neighbour discovery.
fn is_housekeeping(head: &Head<'_>) -> bool {
    const IGMP: u8 = 2;
    match head.transport {
        Transport::Icmp { kind, .. } if head.protocol == protocol_number::ICMPV6 => {
            matches!(kind, 130..=137 | 143)
        }
        _ => head.protocol == IGMP,
    }
}

/// Broadcast or multicast.
fn is_for_all(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_multicast() || ip.is_broadcast() || ip == Ipv4Addr::new(10, 0, 0, 255),
        IpAddr::V6(ip) => ip.is_multicast(),
    }
}
