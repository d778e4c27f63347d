//! Every limit that a stranger could run into, in one place. A limit reached is a clear message, never a silent loss.

/// The largest WebSocket message from a page, bytes; a larger one is answered with Close 1009.
pub const MESSAGE_FROM_PAGE: usize = 1 << 20;
/// The largest WebSocket message from the server, bytes.
pub const MESSAGE_FROM_SERVER: usize = 2 << 20;
/// The most bytes that one recv() brings over the bridge; a program that asks for more gets at most so many, as the
/// kernel may always do.
pub const RECV: u64 = 1 << 20;
/// The most bytes that one send() takes over the bridge; the engine cuts larger ones into several sends.
pub const SEND: usize = 512 << 10;
/// How many bytes of a receive buffer a sample shows.
pub const PEEK: usize = 64;
/// Sockets open at once in one lab; `socket()` fails with EMFILE beyond.
pub const SOCKETS_PER_LAB: usize = 256;
/// Calls of one session that wait for their answer at once.
pub const CALLS_IN_FLIGHT: usize = 512;
/// Programs of one lab.
pub const PROGRAMS: usize = 16;
/// One program's source, bytes.
pub const SOURCE: usize = 256 << 10;
/// Answers and events that a session keeps until the page has acknowledged them, bytes; when they are more, the server
/// stops reading from that page.
pub const UNACKNOWLEDGED: usize = 4 << 20;
/// The same, counted.
pub const UNACKNOWLEDGED_COUNT: usize = 4096;
/// Requests that a session reads ahead when that store is full, bytes: the acknowledgement that makes room may lie behind them.
/// A page that sends more without acknowledging anything is not read from.
pub const READ_AHEAD: usize = 8 << 20;
/// How long a session without a connection is kept, seconds.
pub const RESUME_SECONDS: u64 = 60;
/// How long a session may be silent, seconds: after that it is closed.
pub const IDLE_SECONDS: u64 = 2 * 60 * 60;
/// Labs open at once in one session.
pub const LABS_PER_SESSION: usize = 16;
/// Bytes that a server holds for all its pages together: answers that were not acknowledged, requests that wait for room, what
/// waiting send() calls brought. When it is spent, pages that are behind wait.
pub const HELD: usize = 256 << 20;
/// Labs of one server.
pub const LABS: usize = 4000;
/// Sessions of one server.
pub const SESSIONS: usize = 2000;
/// Sessions of one address that is not loopback (a class behind one address has many).
pub const SESSIONS_PER_ADDRESS: usize = 200;
/// One lab's timeline, bytes; at the cap the lab pauses and offers to save or reset.
pub const TIMELINE: usize = 64 << 20;
/// Hosts of one lab.
pub const HOSTS: usize = 4;
/// Packets that wait on one lab's wire; what comes when it is full is lost, and said to be.
pub const PACKETS_HELD: usize = 1024;
/// Packets a second of one lab that are shown each by itself; the others are counted.
pub const PACKETS_PER_SECOND: u64 = 2000;
/// Rules of one wire.
pub const WIRE_RULES: usize = 32;
/// The longest delay of a packet, milliseconds.
pub const DELAY_MS: u32 = 600_000;
/// How long a packet that a rule puts behind the next one waits for it, milliseconds.
pub const BEHIND_MS: u32 = 200;
/// Published ports of one server.
pub const PUBLISHED: usize = 64;
