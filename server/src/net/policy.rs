//! What labs on the live network may reach: the server's owner says so with `--allow`. Empty by default.
//!
//! A rule is asked with the very address that bind(2), connect(2) or sendto(2) gets, every time; a name that a rule has is
//! resolved here, beforehand, and programs get the addresses that it has now. So an answer of the name server that changes
//! changes what may be reached, and never what was checked.

use super::lock;
use engine::net::names::Others;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::sync::Mutex;

/// One `--allow HOST|CIDR:PORTS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    who: Who,
    ports: Vec<RangeInclusive<u16>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Who {
    /// Addresses that begin with so many bits of this one.
    Net(IpAddr, u8),
    Name(String),
}

/// Not a rule: one plain sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not HOST:PORTS, such as example.org:80, 192.168.1.0/24:1-1023,8080 or [::1]:8080")]
pub struct NotARule(String);

impl FromStr for Allow {
    type Err = NotARule;

    fn from_str(text: &str) -> Result<Self, NotARule> {
        let wrong = || NotARule(text.to_owned());
        let (host, ports) = text.rsplit_once(':').ok_or_else(wrong)?;
        let ports: Option<Vec<_>> = ports.split(',').map(port_range).collect();
        let ports = ports.ok_or_else(wrong)?;
        let bare = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let who = net(bare.unwrap_or(host)).or_else(|| {
            let is_name = !host.is_empty()
                && bare.is_none()
                && host.chars().any(|c| c.is_ascii_alphabetic())
                && host
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-._".contains(c));
            is_name.then(|| Who::Name(host.to_ascii_lowercase()))
        });
        let who = who.ok_or_else(wrong)?;
        // Without brackets nobody can tell where an IPv6 address ends.
        if bare.is_none() && matches!(who, Who::Net(IpAddr::V6(_), _)) {
            return Err(wrong());
        }
        Ok(Self { who, ports })
    }
}

fn port_range(text: &str) -> Option<RangeInclusive<u16>> {
    if text == "*" {
        return Some(0..=u16::MAX);
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last): (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(first..=last)
}

fn net(text: &str) -> Option<Who> {
    let (ip, bits) = match text.split_once('/') {
        Some((ip, bits)) => (ip, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let ip: IpAddr = ip.parse().ok()?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(most);
    (bits <= most).then_some(Who::Net(ip, bits))
}

/// All rules, and what their names mean now.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    rules: Vec<Allow>,
    names: Mutex<HashMap<String, Vec<IpAddr>>>,
}

impl Others for Policy {
    /// The addresses of a name that a rule has.
    fn addresses(&self, name: &str) -> Option<Vec<IpAddr>> {
        let found = lock(&self.names).get(&name.to_ascii_lowercase()).cloned();
        found.filter(|all| !all.is_empty())
    }
}

impl Policy {
    pub(crate) fn new(rules: Vec<Allow>) -> Self {
        let names = Mutex::default();
        Self { rules, names }
    }

    /// Asks the machine's resolver for the rules' names; blocks.
    pub(crate) fn resolve(&self) {
        for rule in &self.rules {
            let Who::Name(name) = &rule.who else { continue };
            let found = (name.as_str(), 0).to_socket_addrs();
            let mut found: Vec<IpAddr> = found.map(|all| all.map(|a| a.ip()).collect()).unwrap_or_default();
            found.dedup();
            lock(&self.names).insert(name.clone(), found);
        }
    }

    /// Has a rule a name, whose meaning may change?
    pub(crate) fn has_names(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.who, Who::Name(_)))
    }

    /// May this be reached, or listened on?
    pub(crate) fn allows(&self, address: SocketAddr) -> bool {
        let ip = address.ip().to_canonical();
        self.rules.iter().any(|rule| {
            let who = match &rule.who {
                Who::Net(net, bits) => {
                    // The ones that must not be reached by accident: only a rule for this very address says that it is meant.
                    let literal = *net == ip && *bits == if ip.is_ipv4() { 32 } else { 128 };
                    literal || (begins_with(ip, *net, *bits) && !is_delicate(ip))
                }
                Who::Name(name) => {
                    !is_delicate(ip) && self.addresses(name).is_some_and(|all| all.contains(&ip))
                }
            };
            who && rule.ports.iter().any(|ports| ports.contains(&address.port()))
        })
    }
}

fn begins_with(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            let shift = 32 - u32::from(bits);
            u32::from(ip).checked_shr(shift).unwrap_or(0) == u32::from(net).checked_shr(shift).unwrap_or(0)
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            let shift = 128 - u32::from(bits);
            u128::from(ip).checked_shr(shift).unwrap_or(0) == u128::from(net).checked_shr(shift).unwrap_or(0)
        }
        _ => false,
    }
}

/// Link-local addresses, and those where clouds tell machines their secrets.
fn is_delicate(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local() || ip == Ipv4Addr::new(100, 100, 100, 200),
        IpAddr::V6(ip) => {
            ip.is_unicast_link_local() || ip == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn policy(rules: &[&str]) -> Policy {
        Policy::new(rules.iter().map(|rule| rule.parse().unwrap()).collect())
    }

    fn at(address: &str) -> SocketAddr {
        address.parse().unwrap()
    }

    #[test]
    fn rules_are_read() {
        for bad in [
            "",
            "example.org",
            "example.org:",
            "example.org:80-",
            "1.2.3.4/33:80",
            "::1:80",
            "[::1:80",
            ":80",
            "a b:80",
            "h:9-3",
            "1.2.3:80",
            "[host]:80",
            "host:65536",
        ] {
            assert!(bad.parse::<Allow>().is_err(), "{bad}");
        }
        assert!("192.168.1.0/24:1-1023,8080".parse::<Allow>().is_ok());
    }

    #[test]
    fn an_address_needs_a_rule_with_its_port() {
        let policy = policy(&[
            "127.0.0.1:8000-8010,9000",
            "192.168.0.0/16:*",
            "[2001:db8::/32]:443",
        ]);
        for good in [
            "127.0.0.1:8000",
            "127.0.0.1:9000",
            "192.168.77.1:1",
            "[2001:db8:1::2]:443",
            "[::ffff:127.0.0.1]:8005",
        ] {
            assert!(policy.allows(at(good)), "{good}");
        }
        for bad in [
            "127.0.0.1:8011",
            "127.0.0.2:8000",
            "192.169.0.1:1",
            "[2001:db9::1]:443",
            "[2001:db8::1]:80",
            "[::1]:8000",
        ] {
            assert!(!policy.allows(at(bad)), "{bad}");
        }
        assert!(!super::Policy::default().allows(at("127.0.0.1:80")));
    }

    #[test]
    fn delicate_addresses_must_be_named_literally() {
        let wide = policy(&["0.0.0.0/0:*", "[::/0]:*"]);
        assert!(wide.allows(at("8.8.8.8:53")) && wide.allows(at("[2001:db8::1]:53")));
        for delicate in [
            "169.254.169.254:80",
            "169.254.1.1:80",
            "100.100.100.200:80",
            "[fe80::1]:80",
            "[fd00:ec2::254]:80",
            "[::ffff:169.254.169.254]:80",
        ] {
            assert!(!wide.allows(at(delicate)), "{delicate}");
        }
        assert!(policy(&["169.254.169.254:80"]).allows(at("169.254.169.254:80")));
        assert!(!policy(&["169.254.0.0/16:80"]).allows(at("169.254.169.254:80")));
    }

    #[test]
    fn a_name_allows_what_it_means_now() {
        let policy = policy(&["Service.example:80"]);
        assert!(policy.has_names() && !policy.allows(at("192.0.2.1:80")));
        let means = |ip: &str| {
            lock(&policy.names).insert("service.example".into(), vec![ip.parse().unwrap()]);
        };
        means("192.0.2.1");
        assert!(policy.allows(at("192.0.2.1:80")) && !policy.allows(at("192.0.2.1:81")));
        means("192.0.2.2");
        assert!(!policy.allows(at("192.0.2.1:80")) && policy.allows(at("192.0.2.2:80")));
        // A name server that says so does not open the way to the machine's own secrets.
        means("169.254.169.254");
        assert!(!policy.allows(at("169.254.169.254:80")));
        assert_eq!(policy.addresses("other.example"), None);
    }
}
