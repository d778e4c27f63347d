//! Captures as files: the pcapng format (draft-ietf-opsawg-pcapng), which Wireshark and tshark read.
//!
//! One section, an interface for each end of the wire, then a block for each packet with its comments. Times are
//! nanoseconds, packets begin with their IP header (LINKTYPE_RAW).

const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
/// <https://www.tcpdump.org/linktypes.html>: raw IPv4 or IPv6.
const LINKTYPE_RAW: u16 = 101;

/// Options of blocks.
mod opt {
    pub(super) const END: u16 = 0;
    pub(super) const COMMENT: u16 = 1;
    pub(super) const IF_NAME: u16 = 2;
    pub(super) const EPB_FLAGS: u16 = 2;
    pub(super) const SHB_USERAPPL: u16 = 4;
    pub(super) const IF_TSRESOL: u16 = 9;
}

/// Writes a capture into memory.
#[derive(Debug)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// A capture without packets. `interfaces`: the names of the wire's ends; a packet names its one by its place.
    pub fn new<'a>(interfaces: impl IntoIterator<Item = &'a str>) -> Self {
        let mut writer = Self { out: Vec::new() };
        writer.block(SECTION, |w| {
            w.u32(0x1a2b_3c4d);
            // Version 1.0.
            w.u16(1);
            w.u16(0);
            // The section's length is not told.
            w.out.extend([0xff; 8]);
            w.option(
                opt::SHB_USERAPPL,
                concat!("Wirelab ", env!("CARGO_PKG_VERSION")).as_bytes(),
            );
            w.option(opt::END, &[]);
        });
        for name in interfaces {
            writer.block(INTERFACE, |w| {
                w.u16(LINKTYPE_RAW);
                w.u16(0);
                // No limit: packets are whole.
                w.u32(0);
                w.option(opt::IF_NAME, name.as_bytes());
                // 10 to the power of minus 9 seconds.
                w.option(opt::IF_TSRESOL, &[9]);
                w.option(opt::END, &[]);
            });
        }
        writer
    }

    /// One packet, which the end `interface` sent at `at`: nanoseconds since 1970, UTC.
    pub fn packet(&mut self, interface: u32, at: u64, packet: &[u8], comments: &[String]) {
        // A packet has at most 64 KB.
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        self.block(ENHANCED_PACKET, |w| {
            w.u32(interface);
            w.u32((at >> 32) as u32);
            w.u32((at & 0xffff_ffff) as u32);
            w.u32(length);
            w.u32(length);
            w.padded(packet);
            for comment in comments {
                w.option(opt::COMMENT, comment.as_bytes());
            }
            // Outbound, as its sender sees it.
            w.option(opt::EPB_FLAGS, &2u32.to_le_bytes());
            w.option(opt::END, &[]);
        });
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    fn block(&mut self, kind: u32, body: impl FnOnce(&mut Self)) {
        let start = self.out.len();
        self.u32(kind);
        self.u32(0);
        body(self);
        // The length stands at both ends, so that a file can be read backwards.
        let length = u32::try_from(self.out.len() - start + 4).unwrap_or(u32::MAX);
        self.u32(length);
        self.out[start + 4..start + 8].copy_from_slice(&length.to_le_bytes());
    }

    fn option(&mut self, code: u16, value: &[u8]) {
        // An option has at most 65,535 bytes.
        let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
        self.u16(code);
        self.u16(length);
        self.padded(&value[..usize::from(length)]);
    }

    fn padded(&mut self, bytes: &[u8]) {
        self.out.extend_from_slice(bytes);
        let over = bytes.len() % 4;
        if over > 0 {
            self.out.extend(std::iter::repeat_n(0, 4 - over));
        }
    }

    fn u16(&mut self, n: u16) {
        self.out.extend(n.to_le_bytes());
    }

    fn u32(&mut self, n: u32) {
        self.out.extend(n.to_le_bytes());
    }
}
