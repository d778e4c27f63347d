//! Holds the place of the VM until it lands, so that the parts around it compile. Replaced by the `vm` branch.
#![allow(missing_docs, unreachable_pub)]
use super::host::*;
use protocol::*;
pub struct Vm;
pub enum Feed {
    Incomplete,
    Ready,
    Error,
}
pub struct CompileError {
    pub raised: Raised,
    pub output: Vec<Output>,
}
pub struct ThreadView {
    pub id: ThreadId,
    pub name: String,
}
impl Vm {
    pub fn new(_: Config) -> Result<Vm, CompileError> {
        Ok(Vm)
    }
    pub fn run(&mut self, _: u64, _: bool) -> Stop {
        Stop::Blocked
    }
    pub fn answer(&mut self, _: Token, _: HostAnswer) {}
    pub fn interrupt(&mut self) {}
    pub fn take_cancelled(&mut self) -> Vec<Token> {
        vec![]
    }
    pub fn take_output(&mut self) -> Vec<Output> {
        vec![]
    }
    pub fn threads(&self) -> Vec<ThreadView> {
        vec![]
    }
    pub fn frames(&self, _: ThreadId) -> Vec<FrameView> {
        vec![]
    }
    pub fn raised(&self) -> Option<Raised> {
        None
    }
    pub fn fd_of(&self, _: SocketId) -> Option<i32> {
        None
    }
    pub fn next_socket(&self) -> u32 {
        0
    }
    pub fn ticks(&self) -> u64 {
        0
    }
    pub fn lines(&self) -> u64 {
        0
    }
    pub fn run_until(&mut self, _: u64) -> Option<Stop> {
        None
    }
    pub fn current_line(&self, _: ThreadId) -> Option<u32> {
        None
    }
    pub fn deadlocked(&self) -> bool {
        false
    }
    pub fn feed(&mut self, _: &str) -> Feed {
        Feed::Ready
    }
    pub fn wants_source(&self) -> bool {
        false
    }
    pub fn snapshot(&self) -> Vm {
        Vm
    }
    pub fn size(&self) -> usize {
        0
    }
    pub fn locals(&self, _: ThreadId) -> Vec<(String, u64)> {
        vec![]
    }
    pub fn asker(&self, _: Token) -> Option<ThreadId> {
        None
    }
}
