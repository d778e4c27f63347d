//! The lab's own table of names and services, one for all of its hosts. The machine's resolver is never asked (but for the names
//! that the live network's rules have, and then beforehand), so nothing about the machine or its
//! network can be learned from inside a lab, and every lab answers alike.

use super::abi;
use protocol::outcome::AddrInfo;
use protocol::{Address, HostId};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// What gethostname() says in a lab.
pub const HOSTNAME: &str = "wirelab";

/// EAI_BADFLAGS.
const BAD_FLAGS: i32 = -1;
/// EAI_NONAME: Name or service not known.
const NO_NAME: i32 = -2;
/// EAI_FAMILY: ai_family not supported.
const BAD_FAMILY: i32 = -6;
/// EAI_SOCKTYPE: ai_socktype not supported.
const BAD_KIND: i32 = -7;
/// EAI_SERVICE: Servname not supported for ai_socktype.
const BAD_SERVICE: i32 = -8;
/// EAI_ADDRFAMILY: Address family for hostname not supported.
const OTHER_FAMILY: i32 = -9;

const AI_PASSIVE: i32 = 0x01;
const AI_CANONNAME: i32 = 0x02;
const AI_NUMERICHOST: i32 = 0x04;
const AI_V4MAPPED: i32 = 0x08;
const AI_ALL: i32 = 0x10;
const AI_ADDRCONFIG: i32 = 0x20;
/// AI_IDN and its three companions: names in the table are ASCII, so they change nothing.
const AI_IDN: i32 = 0x40 | 0x80 | 0x100 | 0x200;
const AI_NUMERICSERV: i32 = 0x400;
const KNOWN_FLAGS: i32 = AI_PASSIVE
    | AI_CANONNAME
    | AI_NUMERICHOST
    | AI_V4MAPPED
    | AI_ALL
    | AI_ADDRCONFIG
    | AI_IDN
    | AI_NUMERICSERV;

/// Both loopback addresses, in the order in which glibc sorts them (RFC 6724).
const LOOPBACK: [IpAddr; 2] = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];

/// Names beside the lab's own.
pub trait Others: std::fmt::Debug + Send + Sync {
    /// The addresses of a name, if it is known.
    fn addresses(&self, name: &str) -> Option<Vec<IpAddr>>;
}

/// The names of a lab's hosts. With one host, its name means the loopback addresses, as it does on many machines; with several,
/// each name means the host's addresses on the wire.
#[derive(Clone, Debug)]
pub struct Table {
    hosts: Vec<(String, Vec<IpAddr>)>,
    /// On the live network: names of real hosts that its rules allow.
    live: Option<Arc<dyn Others>>,
}

impl Table {
    /// One host, called [`HOSTNAME`].
    pub fn single() -> Self {
        Self::several(vec![(HOSTNAME.to_owned(), LOOPBACK.to_vec())])
    }

    /// One host on the live network.
    pub fn live(policy: Arc<dyn Others>) -> Self {
        Self {
            live: Some(policy),
            ..Self::single()
        }
    }

    /// Several hosts, in their order, each with its addresses.
    pub const fn several(hosts: Vec<(String, Vec<IpAddr>)>) -> Self {
        Self { hosts, live: None }
    }

    /// gethostname() of the host with this place.
    pub fn hostname(&self, place: HostId) -> &str {
        self.hosts
            .get(usize::from(place.0))
            .map_or(HOSTNAME, |(name, _)| name.as_str())
    }

    /// A host by name.
    fn host(&self, name: &str) -> Option<Cow<'_, [IpAddr]>> {
        let name = name.strip_suffix('.').unwrap_or(name);
        let known = |list: &[&str]| list.iter().any(|n| name.eq_ignore_ascii_case(n));
        if known(&["localhost", "localhost.localdomain"]) {
            return Some(Cow::from(&LOOPBACK[..]));
        }
        if known(&["ip6-localhost", "ip6-loopback"]) {
            return Some(Cow::from(&LOOPBACK[..1]));
        }
        let found = self
            .hosts
            .iter()
            .find(|(host, _)| name.eq_ignore_ascii_case(host));
        match found {
            Some((_, addresses)) => Some(Cow::from(addresses)),
            None => self.live.as_ref()?.addresses(name).map(Cow::from),
        }
    }
}

/// Services by name: port, over TCP, over UDP. The ones that tutorials name, from IANA's registry.
const SERVICES: &[(&str, u16, bool, bool)] = &[
    ("echo", 7, true, true),
    ("discard", 9, true, true),
    ("daytime", 13, true, false),
    ("chargen", 19, true, false),
    ("ftp-data", 20, true, false),
    ("ftp", 21, true, false),
    ("ssh", 22, true, false),
    ("telnet", 23, true, false),
    ("smtp", 25, true, false),
    ("time", 37, true, true),
    ("domain", 53, true, true),
    ("tftp", 69, false, true),
    ("finger", 79, true, false),
    ("http", 80, true, false),
    ("kerberos", 88, true, true),
    ("pop3", 110, true, false),
    ("sunrpc", 111, true, true),
    ("nntp", 119, true, false),
    ("ntp", 123, false, true),
    ("imap2", 143, true, false),
    ("snmp", 161, true, true),
    ("irc", 194, true, true),
    ("ldap", 389, true, true),
    ("https", 443, true, true),
    ("submission", 587, true, false),
    ("ldaps", 636, true, true),
    ("imaps", 993, true, false),
    ("pop3s", 995, true, false),
    ("mysql", 3306, true, false),
    ("postgresql", 5432, true, false),
    ("http-alt", 8080, true, true),
];

/// The arguments of getaddrinfo(3).
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// A name, a number, or nothing.
    pub host: Option<&'a str>,
    /// A number or a service's name.
    pub service: Option<&'a str>,
    /// AF_*, 0 for any.
    pub family: i32,
    /// SOCK_*, 0 for any.
    pub kind: i32,
    /// IPPROTO_*, 0 for any.
    pub proto: i32,
    /// AI_*.
    pub flags: i32,
}

impl Table {
    /// The host part of an address in a call, as CPython's `setipaddr` reads it: `''` is any address, `'<broadcast>'` is
    /// everybody, then a number, then a name. `family` is AF_INET or AF_INET6.
    ///
    /// # Errors
    /// getaddrinfo's EAI_* code.
    pub fn resolve(&self, name: &str, family: i32) -> Result<IpAddr, i32> {
        let v4 = family == abi::AF_INET;
        match name {
            "" if v4 => return Ok(Ipv4Addr::UNSPECIFIED.into()),
            "" => return Ok(Ipv6Addr::UNSPECIFIED.into()),
            "<broadcast>" if v4 => return Ok(Ipv4Addr::BROADCAST.into()),
            "<broadcast>" => return Err(OTHER_FAMILY),
            _ => {}
        }
        if let Some(ip) = number(name) {
            return if ip.is_ipv4() == v4 {
                Ok(ip)
            } else {
                Err(OTHER_FAMILY)
            };
        }
        let list = self.host(name).ok_or(NO_NAME)?;
        list.iter()
            .find(|ip| ip.is_ipv4() == v4)
            .copied()
            .ok_or(OTHER_FAMILY)
    }

    /// gethostbyname(): the IPv4 address.
    ///
    /// # Errors
    /// getaddrinfo's EAI_* code.
    pub fn host_by_name(&self, name: &str) -> Result<IpAddr, i32> {
        self.resolve(name, abi::AF_INET)
    }

    /// gethostbyaddr(), getnameinfo(): the table's name for a number.
    ///
    /// # Errors
    /// getaddrinfo's EAI_* code.
    pub fn name_of(&self, ip: IpAddr) -> Result<&str, i32> {
        if ip.is_loopback() {
            return Ok("localhost");
        }
        let found = self.hosts.iter().find(|(_, addresses)| addresses.contains(&ip));
        found.map(|(name, _)| name.as_str()).ok_or(NO_NAME)
    }

    /// getaddrinfo(3), in glibc's order.
    ///
    /// # Errors
    /// Its EAI_* code.
    pub fn get_addr_info(&self, question: Question<'_>) -> Result<Vec<AddrInfo>, i32> {
        let Question {
            host, service, flags, ..
        } = question;
        // CPython and glibc take an empty name for none at all.
        let host = host.filter(|name| !name.is_empty());
        if host.is_none() && service.is_none() {
            return Err(NO_NAME);
        }
        if flags & !KNOWN_FLAGS != 0 || (flags & AI_CANONNAME != 0 && host.is_none()) {
            return Err(BAD_FLAGS);
        }
        if ![0, abi::AF_INET, abi::AF_INET6].contains(&question.family) {
            return Err(BAD_FAMILY);
        }
        let kinds = kinds(question)?;
        let addresses = self.addresses(host, question)?;
        let mut list = Vec::with_capacity(addresses.len() * kinds.len());
        for ip in addresses {
            for (kind, proto, port) in &kinds {
                let canonical = match host {
                    Some(name) if flags & AI_CANONNAME != 0 && list.is_empty() => name.to_owned(),
                    _ => String::new(),
                };
                list.push(AddrInfo {
                    family: if ip.is_ipv4() { abi::AF_INET } else { abi::AF_INET6 },
                    kind: *kind,
                    proto: *proto,
                    canonical,
                    addr: Address::from_std(SocketAddr::new(ip, *port)),
                });
            }
        }
        Ok(list)
    }

    fn addresses(&self, host_name: Option<&str>, question: Question<'_>) -> Result<Vec<IpAddr>, i32> {
        let fits = |ip: &IpAddr| match question.family {
            abi::AF_INET => ip.is_ipv4(),
            abi::AF_INET6 => ip.is_ipv6(),
            _ => true,
        };
        let all: Vec<IpAddr> = match host_name {
            None if question.flags & AI_PASSIVE != 0 => {
                vec![Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
            }
            None => LOOPBACK.to_vec(),
            Some(name) => match number(name) {
                Some(IpAddr::V4(ip))
                    if question.family == abi::AF_INET6 && question.flags & AI_V4MAPPED != 0 =>
                {
                    vec![ip.to_ipv6_mapped().into()]
                }
                Some(ip) => vec![ip],
                None if question.flags & AI_NUMERICHOST != 0 => return Err(NO_NAME),
                None => self.host(name).ok_or(NO_NAME)?.into_owned(),
            },
        };
        let list: Vec<IpAddr> = all.into_iter().filter(fits).collect();
        if list.is_empty() {
            Err(OTHER_FAMILY)
        } else {
            Ok(list)
        }
    }
}

/// Kind, protocol and port of each kind of socket that the question allows.
fn kinds(question: Question<'_>) -> Result<Vec<(i32, i32, u16)>, i32> {
    const KINDS: [(i32, i32); 3] = [
        (abi::SOCK_STREAM, abi::IPPROTO_TCP),
        (abi::SOCK_DGRAM, abi::IPPROTO_UDP),
        (abi::SOCK_RAW, 0),
    ];
    let wanted: Vec<(i32, i32)> = KINDS
        .into_iter()
        .filter(|(kind, proto)| {
            let raw = *kind == abi::SOCK_RAW;
            let kind_fits = question.kind == 0 || question.kind == *kind;
            kind_fits && (question.proto == 0 || question.proto == *proto || raw)
        })
        .map(|(kind, proto)| (kind, if proto == 0 { question.proto } else { proto }))
        .collect();
    // A protocol of 6 or 17 alone does not ask for raw sockets.
    let named = [abi::IPPROTO_TCP, abi::IPPROTO_UDP].contains(&question.proto) && question.kind == 0;
    let wanted: Vec<(i32, i32)> = wanted
        .into_iter()
        .filter(|(kind, _)| !named || *kind != abi::SOCK_RAW)
        .collect();
    if wanted.is_empty() {
        return Err(BAD_KIND);
    }
    let Some(service) = question.service.filter(|s| !s.is_empty()) else {
        return Ok(wanted.into_iter().map(|(kind, proto)| (kind, proto, 0)).collect());
    };
    if let Ok(port) = service.trim_start().parse::<u64>() {
        // glibc cuts a number that is too large to 16 bits, as htons() does.
        let port = (port & 0xffff) as u16;
        return Ok(wanted
            .into_iter()
            .map(|(kind, proto)| (kind, proto, port))
            .collect());
    }
    if question.flags & AI_NUMERICSERV != 0 {
        return Err(NO_NAME);
    }
    let found: Vec<(i32, i32, u16)> = SERVICES
        .iter()
        .filter(|(name, ..)| *name == service)
        .flat_map(|(_, port, tcp, udp)| {
            let port = *port;
            wanted.iter().filter_map(move |(kind, proto)| match *kind {
                abi::SOCK_STREAM if *tcp => Some((*kind, *proto, port)),
                abi::SOCK_DGRAM if *udp => Some((*kind, *proto, port)),
                _ => None,
            })
        })
        .collect();
    if found.is_empty() {
        Err(BAD_SERVICE)
    } else {
        Ok(found)
    }
}

/// An address written as a number, also in inet_aton(3)'s short forms (`127.1`, `0x7f000001`).
fn number(text: &str) -> Option<IpAddr> {
    if let Ok(ip) = text.parse::<IpAddr>() {
        return Some(ip);
    }
    let mut parts = Vec::new();
    for part in text.split('.') {
        let (digits, radix) = match part.strip_prefix("0x").or_else(|| part.strip_prefix("0X")) {
            Some(hex) => (hex, 16),
            None if part.len() > 1 && part.starts_with('0') => (&part[1..], 8),
            None => (part, 10),
        };
        if !digits.chars().all(|c| c.is_digit(radix)) {
            return None;
        }
        parts.push(u64::from_str_radix(digits, radix).ok()?);
    }
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|byte| *byte > 0xff) {
        return None;
    }
    let room = 8 * (4 - first.len() as u32);
    if *last >= 1 << room {
        return None;
    }
    let high = first
        .iter()
        .enumerate()
        .fold(0, |sum, (i, byte)| sum | byte << (24 - 8 * i));
    Some(Ipv4Addr::from(u32::try_from(high | last).ok()?).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_calls() {
        let table = Table::single();
        let v4 = |name| table.resolve(name, abi::AF_INET);
        assert_eq!(v4("localhost"), Ok(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(v4("WireLab"), Ok(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(v4(""), Ok(Ipv4Addr::UNSPECIFIED.into()));
        assert_eq!(v4("<broadcast>"), Ok(Ipv4Addr::BROADCAST.into()));
        assert_eq!(v4("10.0.0.7"), Ok(Ipv4Addr::new(10, 0, 0, 7).into()));
        assert_eq!(v4("127.1"), Ok(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(v4("0x7f000001"), Ok(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(v4("256.0.0.1"), Err(NO_NAME));
        assert_eq!(v4("example.org"), Err(NO_NAME));
        assert_eq!(v4("::1"), Err(OTHER_FAMILY));
        assert_eq!(
            table.resolve("localhost", abi::AF_INET6),
            Ok(Ipv6Addr::LOCALHOST.into())
        );
        assert_eq!(table.resolve("127.0.0.1", abi::AF_INET6), Err(OTHER_FAMILY));
    }
    #[test]
    fn several_hosts_have_names_and_addresses() {
        let of = |n: u8| IpAddr::V4(Ipv4Addr::new(10, 0, 0, n));
        let six: IpAddr = "fd00::2".parse().unwrap();
        let table = Table::several(vec![
            ("client".into(), vec![of(1)]),
            ("server".into(), vec![of(2), six]),
        ]);
        assert_eq!(table.resolve("Server", abi::AF_INET), Ok(of(2)));
        assert_eq!(table.resolve("server", abi::AF_INET6), Ok(six));
        assert_eq!(table.resolve("client", abi::AF_INET6), Err(OTHER_FAMILY));
        assert_eq!(table.resolve(HOSTNAME, abi::AF_INET), Err(NO_NAME));
        assert_eq!(table.host_by_name("localhost"), Ok(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(table.name_of(six), Ok("server"));
        assert_eq!(table.name_of(of(3)), Err(NO_NAME));
        assert_eq!(table.hostname(HostId(1)), "server");
    }
}
