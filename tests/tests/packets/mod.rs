//! Packets of many kinds for the judge: each kind of header, and conversations in which everything happens that happens to
//! segments. The same every time.

use etherparse::{
    IpFragOffset, IpHeaders, IpNumber, Ipv4Extensions, Ipv4Header, Ipv6Extensions, Ipv6FlowLabel,
    Ipv6FragmentHeader, Ipv6Header, Ipv6RawExtHeader, PacketBuilder, TcpHeader, TcpOptionElement, UdpHeader,
};

/// A packet and when it was sent, nanoseconds.
pub(crate) struct Sent {
    pub(crate) at: u64,
    /// The server sends it.
    pub(crate) back: bool,
    pub(crate) packet: Vec<u8>,
}

/// Numbers that look random.
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

const V4: ([u8; 4], [u8; 4]) = ([10, 0, 0, 1], [10, 0, 0, 2]);
const V6: ([u8; 16], [u8; 16]) = (
    [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
    [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
);

/// What is around a TCP header: IPv4 or IPv6, one way or the other.
fn tcp_packet(six: bool, back: bool, header: TcpHeader, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    let ip = if six {
        let (a, b) = if back { (V6.1, V6.0) } else { V6 };
        PacketBuilder::ipv6(a, b, 64)
    } else {
        let (a, b) = if back { (V4.1, V4.0) } else { V4 };
        PacketBuilder::ipv4(a, b, 64)
    };
    ip.tcp_header(header)
        .write(&mut packet, payload)
        .expect("a packet");
    packet
}

/// Every kind of header, in several sizes.
pub(crate) fn many_kinds() -> Vec<Sent> {
    let mut numbers = Numbers(1);
    let mut packets = Vec::new();
    for round in 0..12 {
        let text = &b"GET /index.html HTTP/1.1\r\nHost: example.org\r\nContent-Length: 5\r\n\r\nhello"[..];
        let payloads: [&[u8]; 6] = [
            b"",
            b"hello\nworld\n",
            b"\x00\xff\x80binary",
            text,
            b"HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n",
            "d\u{e9}j\u{e0} vu".as_bytes(),
        ];
        for (n, payload) in payloads.iter().enumerate() {
            for six in [false, true] {
                packets.push(tcp_packet(six, false, random_tcp(&mut numbers, n == 0), payload));
                packets.push(udp_packet(&mut numbers, six, 5000 + round, 7, payload));
            }
        }
        packets.push(udp_packet(&mut numbers, round % 2 == 1, 40000, 53, &dns_query()));
        packets.push(udp_packet(&mut numbers, round % 2 == 1, 53, 40000, &dns_answer()));
        packets.extend(icmp(&mut numbers));
        packets.extend(fragments(&mut numbers));
        packets.extend(extensions());
    }
    // Damage: every twelfth packet has a byte turned over, some are cut.
    for n in (5..packets.len()).step_by(12) {
        let at = 24 + numbers.below(8) as usize;
        if let Some(byte) = packets[n].get_mut(at) {
            *byte ^= 0x41;
        }
    }
    let sent = packets.into_iter().enumerate();
    sent.map(|(n, packet)| Sent {
        at: n as u64 * 1_000_000,
        back: n % 2 == 1,
        packet,
    })
    .collect()
}

fn random_tcp(numbers: &mut Numbers, syn: bool) -> TcpHeader {
    // A conversation of its own for each.
    let source = 20_000 + numbers.below(40_000) as u16;
    let mut header = TcpHeader::new(
        source,
        8080,
        numbers.below(1 << 32) as u32,
        numbers.below(65_536) as u16,
    );
    header.syn = syn;
    header.ack = !syn || numbers.below(2) == 0;
    header.acknowledgment_number = numbers.below(1 << 32) as u32;
    header.psh = numbers.below(2) == 0;
    header.fin = !syn && numbers.below(4) == 0;
    header.rst = !syn && numbers.below(6) == 0;
    header.urg = numbers.below(8) == 0;
    header.ece = numbers.below(8) == 0;
    header.cwr = numbers.below(8) == 0;
    header.urgent_pointer = if header.urg { 1 } else { 0 };
    let n = |numbers: &mut Numbers| numbers.below(1 << 32) as u32;
    let options = if syn {
        vec![
            TcpOptionElement::MaximumSegmentSize(1460),
            TcpOptionElement::SelectiveAcknowledgementPermitted,
            TcpOptionElement::Timestamp(n(numbers), 0),
            TcpOptionElement::Noop,
            TcpOptionElement::WindowScale(numbers.below(15) as u8),
        ]
    } else {
        match numbers.below(4) {
            0 => vec![],
            1 => vec![
                TcpOptionElement::Noop,
                TcpOptionElement::Noop,
                TcpOptionElement::Timestamp(n(numbers), n(numbers)),
            ],
            _ => {
                let edge = n(numbers);
                let next = (edge.wrapping_add(100), edge.wrapping_add(200));
                vec![
                    TcpOptionElement::Noop,
                    TcpOptionElement::SelectiveAcknowledgement(
                        (edge, edge.wrapping_add(50)),
                        [Some(next), None, None],
                    ),
                ]
            }
        }
    };
    header.set_options(&options).expect("they fit");
    header
}

fn udp_packet(numbers: &mut Numbers, six: bool, source: u16, target: u16, payload: &[u8]) -> Vec<u8> {
    let mut packet = Vec::new();
    if six {
        let mut header = Ipv6Header {
            traffic_class: numbers.below(256) as u8,
            flow_label: Ipv6FlowLabel::try_new(numbers.below(1 << 20) as u32).expect("20 bits"),
            hop_limit: numbers.below(255) as u8 + 1,
            source: V6.0,
            destination: V6.1,
            ..Ipv6Header::default()
        };
        header.next_header = IpNumber::UDP;
        let ip = IpHeaders::Ipv6(header, Ipv6Extensions::default());
        PacketBuilder::ip(ip)
            .udp(source, target)
            .write(&mut packet, payload)
            .expect("a packet");
    } else {
        let mut header =
            Ipv4Header::new(0, numbers.below(255) as u8 + 1, IpNumber::UDP, V4.0, V4.1).expect("it fits");
        header.identification = numbers.below(65_536) as u16;
        header.dont_fragment = numbers.below(2) == 0;
        let ip = IpHeaders::Ipv4(header, Ipv4Extensions::default());
        PacketBuilder::ip(ip)
            .udp(source, target)
            .write(&mut packet, payload)
            .expect("a packet");
    }
    packet
}

fn icmp(numbers: &mut Numbers) -> Vec<Vec<u8>> {
    use etherparse::{Icmpv4Type, Icmpv6Type, icmpv4, icmpv6};
    let (id, seq) = (numbers.below(65_536) as u16, numbers.below(65_536) as u16);
    let original4 = udp_packet(numbers, false, 4000, 9, b"lost");
    let original6 = udp_packet(numbers, true, 4000, 9, b"lost");
    let mut packets = Vec::new();
    let mut four = |kind: Icmpv4Type, payload: &[u8]| {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(V4.1, V4.0, 64)
            .icmpv4(kind)
            .write(&mut packet, payload)
            .expect("a packet");
        packets.push(packet);
    };
    four(
        Icmpv4Type::EchoRequest(etherparse::IcmpEchoHeader { id, seq }),
        b"ping of 16 bytes",
    );
    four(
        Icmpv4Type::EchoReply(etherparse::IcmpEchoHeader { id, seq }),
        b"ping of 16 bytes",
    );
    four(
        Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Port),
        &original4,
    );
    four(
        Icmpv4Type::DestinationUnreachable(icmpv4::DestUnreachableHeader::Host),
        &original4[..28],
    );
    four(
        Icmpv4Type::TimeExceeded(icmpv4::TimeExceededCode::TtlExceededInTransit),
        &original4[..28],
    );
    let mut six = |kind: Icmpv6Type, payload: &[u8]| {
        let mut packet = Vec::new();
        PacketBuilder::ipv6(V6.1, V6.0, 64)
            .icmpv6(kind)
            .write(&mut packet, payload)
            .expect("a packet");
        packets.push(packet);
    };
    six(
        Icmpv6Type::EchoRequest(etherparse::IcmpEchoHeader { id, seq }),
        b"ping6",
    );
    six(
        Icmpv6Type::EchoReply(etherparse::IcmpEchoHeader { id, seq }),
        b"ping6",
    );
    six(
        Icmpv6Type::DestinationUnreachable(icmpv6::DestUnreachableCode::Port),
        &original6,
    );
    six(Icmpv6Type::PacketTooBig { mtu: 1280 }, &original6);
    six(
        Icmpv6Type::TimeExceeded(icmpv6::TimeExceededCode::HopLimitExceeded),
        &original6,
    );
    packets
}

fn fragments(numbers: &mut Numbers) -> Vec<Vec<u8>> {
    let id = numbers.below(65_536) as u16;
    let mut datagram = Vec::new();
    let udp = UdpHeader::with_ipv4_checksum(
        7000,
        7001,
        &Ipv4Header::new(40, 64, IpNumber::UDP, V4.0, V4.1).expect("it fits"),
        &[b'x'; 32],
    )
    .expect("a header");
    udp.write(&mut datagram).expect("a header");
    datagram.extend([b'x'; 32]);
    let mut packets = Vec::new();
    for (offset, more) in [(0u16, true), (2, false)] {
        let piece = if more { &datagram[..16] } else { &datagram[16..] };
        let mut four = Ipv4Header::new(0, 64, IpNumber::UDP, V4.0, V4.1).expect("it fits");
        four.identification = id;
        four.dont_fragment = false;
        four.more_fragments = more;
        four.fragment_offset = IpFragOffset::try_new(offset).expect("small");
        let mut packet = Vec::new();
        PacketBuilder::ip(IpHeaders::Ipv4(four, Ipv4Extensions::default()))
            .write(&mut packet, IpNumber::UDP, piece)
            .expect("a packet");
        packets.push(packet);
        let extensions = Ipv6Extensions {
            fragment: Some(Ipv6FragmentHeader::new(
                IpNumber::UDP,
                IpFragOffset::try_new(offset).expect("small"),
                more,
                id.into(),
            )),
            ..Ipv6Extensions::default()
        };
        packets.push(with_extensions(extensions, IpNumber::UDP, piece));
    }
    packets
}

fn extensions() -> Vec<Vec<u8>> {
    // PadN with four bytes.
    let pad = Ipv6RawExtHeader::new_raw(IpNumber::UDP, &[1, 4, 0, 0, 0, 0]).expect("eight bytes");
    let mut udp = UdpHeader {
        source_port: 1,
        destination_port: 2,
        length: 11,
        checksum: 0,
    };
    let six = Ipv6Header {
        source: V6.0,
        destination: V6.1,
        ..Ipv6Header::default()
    };
    udp.checksum = udp.calc_checksum_ipv6(&six, b"abc").expect("a checksum");
    let mut bytes = udp.to_bytes().to_vec();
    bytes.extend(b"abc");
    let hop = Ipv6Extensions {
        hop_by_hop_options: Some(pad.clone()),
        ..Ipv6Extensions::default()
    };
    let target = Ipv6Extensions {
        destination_options: Some(pad),
        ..hop.clone()
    };
    vec![
        with_extensions(hop, IpNumber::UDP, &bytes),
        with_extensions(target, IpNumber::UDP, &bytes),
    ]
}

fn with_extensions(extensions: Ipv6Extensions, inside: IpNumber, payload: &[u8]) -> Vec<u8> {
    let header = Ipv6Header {
        hop_limit: 64,
        source: V6.0,
        destination: V6.1,
        ..Ipv6Header::default()
    };
    let mut packet = Vec::new();
    PacketBuilder::ip(IpHeaders::Ipv6(header, extensions))
        .write(&mut packet, inside, payload)
        .expect("a packet");
    packet
}

fn dns_query() -> Vec<u8> {
    let mut bytes = vec![0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    bytes.extend(b"\x07example\x03org\x00\x00\x01\x00\x01");
    bytes
}

fn dns_answer() -> Vec<u8> {
    let mut bytes = dns_query();
    bytes[2] = 0x81;
    bytes[3] = 0x80;
    bytes[7] = 2;
    // A pointer to the name, then CNAME, then A.
    bytes.extend(b"\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x06\x03www\xc0\x0c");
    bytes.extend(b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x0a\x00\x00\x02");
    bytes
}

/// Conversations in which segments are lost, come again, overtake each other, windows close, peers probe. What one side
/// does is drawn by lot, with the numbers that a TCP would use or nearly so.
pub(crate) fn conversations(count: u64) -> Vec<Sent> {
    let mut all = Vec::new();
    let mut at = 0;
    for n in 0..count {
        conversation(n, &mut at, &mut all);
    }
    all
}

struct Talk<'a> {
    six: bool,
    port: u16,
    at: &'a mut u64,
    all: &'a mut Vec<Sent>,
}

impl Talk<'_> {
    fn send(&mut self, back: bool, set: impl FnOnce(&mut TcpHeader), payload: &[u8]) {
        let (source, target) = if back {
            (8080, self.port)
        } else {
            (self.port, 8080)
        };
        let mut header = TcpHeader::new(source, target, 0, 500);
        set(&mut header);
        self.all.push(Sent {
            at: *self.at,
            back,
            packet: tcp_packet(self.six, back, header, payload),
        });
    }
}

fn conversation(n: u64, at: &mut u64, all: &mut Vec<Sent>) {
    let mut numbers = Numbers(n * 77 + 5);
    // Some begin just before the numbers start again from 0; every fifth uses the last one's ports again.
    let near = |numbers: &mut Numbers| {
        if n.is_multiple_of(3) {
            u32::MAX - numbers.below(2000) as u32
        } else {
            numbers.below(1 << 32) as u32
        }
    };
    let mut next = [near(&mut numbers), near(&mut numbers)];
    let port = 30_000 + (n - u64::from(n % 5 == 4)) as u16;
    let six = n % 2 == 1 && n % 5 != 4 && n % 5 != 3;
    let mut talk = Talk { six, port, at, all };
    let scale = (n % 4 != 3).then_some((n % 8) as u8);
    let handshake = n % 7 != 6;
    if handshake {
        for (back, again) in [(false, n % 6 == 1), (true, n % 6 == 2)] {
            for _ in 0..=u8::from(again) {
                *talk.at += 1_000_000 * (1 + numbers.below(5));
                let seq = next[usize::from(back)];
                let ack = next[0].wrapping_add(1);
                talk.send(
                    back,
                    |h| {
                        h.sequence_number = seq;
                        h.syn = true;
                        h.ack = back;
                        h.acknowledgment_number = if back { ack } else { 0 };
                        let mut options = vec![TcpOptionElement::MaximumSegmentSize(1460)];
                        options.extend(scale.map(TcpOptionElement::WindowScale));
                        h.set_options(&options).expect("they fit");
                    },
                    b"",
                );
            }
        }
        next = next.map(|n| n.wrapping_add(1));
    }
    // What each side has acknowledged, and its window.
    let mut acked = [next[1], next[0]];
    let mut window = [500u16, 500];
    for _ in 0..60 {
        *talk.at += match numbers.below(5) {
            0 => 200_000_000 + numbers.below(1_000_000_000),
            1 => 10_000_000 + numbers.below(20_000_000),
            _ => 50_000 + numbers.below(900_000),
        };
        let back = numbers.below(2) == 0;
        let (me, you) = (usize::from(back), usize::from(!back));
        let (seq, ack, win) = (next[me], acked[me], window[me]);
        let mut plain = |seq: u32, ack: u32, win: u16, payload: &[u8]| {
            talk.send(
                back,
                |h| {
                    h.sequence_number = seq;
                    h.ack = true;
                    h.acknowledgment_number = ack;
                    h.window_size = win;
                },
                payload,
            );
        };
        let data = vec![b'd'; 1 + numbers.below(200) as usize];
        let length = data.len() as u32;
        let drawn = numbers.below(16);
        // Every other conversation has no probes, of a closed window or of a silent peer.
        let drawn = if n.is_multiple_of(2) && matches!(drawn, 11 | 12 | 14) {
            6
        } else {
            drawn
        };
        match drawn {
            0..=3 => {
                plain(seq, ack, win, &data);
                next[me] = seq.wrapping_add(length);
            }
            // An acknowledgment of everything.
            4 | 5 => {
                acked[me] = next[you];
                plain(seq, acked[me], win, b"");
            }
            // The same again.
            6 | 7 => plain(seq, ack, win, b""),
            // Sent again, whole or in part.
            8 => plain(seq.wrapping_sub(length), ack, win, &data),
            9 => plain(
                acked[you],
                ack,
                win,
                &data[..data.len().min(seq.wrapping_sub(acked[you]) as usize)],
            ),
            // One was not seen.
            10 if numbers.below(2) == 0 => {
                let hole = 1 + numbers.below(300) as u32;
                plain(seq.wrapping_add(hole), ack, win, &data);
                next[me] = seq.wrapping_add(hole + length);
            }
            // A keep-alive, with a byte or without.
            11 => plain(seq.wrapping_sub(1), ack, win, &data[..numbers.below(2) as usize]),
            12 => {
                window[me] = if win == 0 {
                    300 + numbers.below(300) as u16
                } else {
                    0
                };
                plain(seq, ack, window[me], b"");
            }
            13 => {
                window[me] = 200 + numbers.below(600) as u16;
                plain(seq, ack, window[me], b"");
            }
            // A probe of a closed window.
            14 => plain(seq, ack, win, b"p"),
            // As far as the window goes.
            15 if handshake => {
                let shift = scale.unwrap_or(0);
                let edge = acked[you].wrapping_add(u32::from(window[you]) << shift);
                let room = edge.wrapping_sub(seq);
                if (1..1400).contains(&room) {
                    plain(seq, ack, win, &vec![b'f'; room as usize]);
                    next[me] = edge;
                }
            }
            // An acknowledgment of what was not seen.
            _ => {
                acked[me] = next[you].wrapping_add(if numbers.below(6) == 0 { 100 } else { 0 });
                plain(seq, acked[me], win, b"");
            }
        }
    }
    let end = numbers.below(3);
    let (seq, ack) = (next[0], acked[0]);
    talk.send(
        false,
        |h| {
            h.sequence_number = seq;
            h.ack = true;
            h.acknowledgment_number = ack;
            h.fin = end != 0;
            h.rst = end == 0;
        },
        b"",
    );
}
