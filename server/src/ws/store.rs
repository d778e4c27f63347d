//! Answers and events that the page has not acknowledged yet.

use protocol::bounds;
use std::collections::VecDeque;
use tokio_tungstenite::tungstenite::Message;

/// Messages by `seq`, oldest first. A message's bytes are shared with the connection that sends it.
#[derive(Default)]
pub(super) struct Store {
    messages: VecDeque<(u64, Message)>,
    bytes: usize,
}

impl Store {
    /// Keeps a message.
    pub(super) fn push(&mut self, seq: u64, message: Message) {
        self.bytes += message.len();
        self.messages.push_back((seq, message));
    }

    /// Everything up to `seq` has arrived.
    pub(super) fn acknowledge(&mut self, seq: u64) {
        while let Some((first, message)) = self.messages.front()
            && *first <= seq
        {
            self.bytes -= message.len();
            self.messages.pop_front();
        }
    }

    /// No more until something is acknowledged.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= bounds::UNACKNOWLEDGED || self.messages.len() >= bounds::UNACKNOWLEDGED_COUNT
    }

    /// What is kept, oldest first.
    pub(super) fn messages(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().map(|(_, message)| message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acknowledged_messages_make_room() {
        let mut store = Store::default();
        let half = bounds::UNACKNOWLEDGED / 2;
        for seq in 1..=2 {
            assert!(!store.is_full());
            store.push(seq, Message::binary(vec![0; half]));
        }
        assert!(store.is_full());
        store.acknowledge(1);
        assert!(!store.is_full());
        assert_eq!(store.messages().count(), 1);
        store.acknowledge(1);
        store.acknowledge(9);
        assert_eq!(store.bytes, 0);
    }
}
