//! Answers and events that the page has not acknowledged yet.

use crate::net::budget::{Budget, Held};
use protocol::bounds;
use std::collections::VecDeque;
use tokio_tungstenite::tungstenite::Message;

/// Messages by `seq`, oldest first. A message's bytes are shared with the connection that sends it.
pub(super) struct Store {
    messages: VecDeque<(u64, Message)>,
    held: Held,
}

impl Store {
    /// An empty one.
    pub(super) fn new(budget: &Budget) -> Self {
        Self {
            messages: VecDeque::new(),
            held: budget.hold(0),
        }
    }

    /// Keeps a message.
    pub(super) fn push(&mut self, seq: u64, message: Message) {
        self.held.add(message.len());
        self.messages.push_back((seq, message));
    }

    /// Everything up to `seq` has arrived.
    pub(super) fn acknowledge(&mut self, seq: u64) {
        while let Some((first, message)) = self.messages.front()
            && *first <= seq
        {
            self.held.give_back(message.len());
            self.messages.pop_front();
        }
        if self.messages.is_empty() && self.messages.capacity() > 64 {
            self.messages = VecDeque::new();
        }
    }

    /// No more until something is acknowledged.
    pub(super) fn is_full(&self) -> bool {
        self.messages.len() >= bounds::UNACKNOWLEDGED_COUNT || !self.held.has_room(bounds::UNACKNOWLEDGED)
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
        let mut store = Store::new(&Budget::new(usize::MAX));
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
        assert_eq!(store.held.bytes(), 0);
    }
}
