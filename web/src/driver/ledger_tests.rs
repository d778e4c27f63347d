//! What the ledger must not lose, and not do twice.

use super::*;
use protocol::{Call, Network};

fn welcome(resumed: bool) -> FromServer {
    FromServer::Welcome {
        version: VERSION,
        session: SessionId(7),
        secret: "00".repeat(16),
        resumed,
        networks: Vec::new(),
        can_publish: false,
    }
}

fn reply(seq: u64, id: u64) -> FromServer {
    let (id, at, order, outcome, samples) = (CallId(id), 1, 1, Outcome::Done, Vec::new());
    FromServer::Reply {
        seq,
        id,
        at,
        order,
        outcome,
        samples,
    }
}

fn call(id: u64) -> Effect {
    Effect::Call {
        id: CallId(id),
        host: protocol::HostId(0),
        call: Call::GetHostName,
    }
}

fn open(ledger: &mut Ledger, labs: u32) {
    for _ in 0..labs {
        ledger.open(Plan::simple(Network::Loopback));
    }
    ledger.hello();
    assert_eq!(ledger.receive(welcome(false)).len(), labs as usize);
}

#[test]
fn answers_find_the_lab_that_asked() {
    let mut ledger = Ledger::default();
    open(&mut ledger, 2);
    // Both labs call their call number 1.
    assert!(matches!(
        ledger.effect(1, call(1)),
        Some(FromPage::Call {
            id: CallId(3),
            lab: 1,
            ..
        })
    ));
    assert!(matches!(
        ledger.effect(2, call(1)),
        Some(FromPage::Call {
            id: CallId(4),
            lab: 2,
            ..
        })
    ));
    let confirm = Effect::Confirm {
        id: CallId(2),
        calls: vec![CallId(1)],
    };
    let Some(FromPage::Confirm { calls, .. }) = ledger.effect(2, confirm) else {
        panic!()
    };
    assert_eq!(calls, [CallId(4)]);
    let news = ledger.receive(reply(1, 4));
    assert!(matches!(
        news[..],
        [News::Lab(2, Input::Reply { id: CallId(1), .. })]
    ));
    let news = ledger.receive(reply(2, 3));
    assert!(matches!(
        news[..],
        [News::Lab(1, Input::Reply { id: CallId(1), .. })]
    ));
}

#[test]
fn a_lost_connection_loses_and_doubles_nothing() {
    let mut ledger = Ledger::default();
    open(&mut ledger, 1);
    let sent = [
        ledger.effect(1, call(1)).unwrap(),
        ledger.effect(1, call(2)).unwrap(),
    ];
    assert_eq!(ledger.receive(reply(1, 2)).len(), 1);
    ledger.disconnected();
    // Asked while there is no connection: kept.
    assert_eq!(ledger.effect(1, call(3)), None);
    let FromPage::Hello {
        resume: Some(resume), ..
    } = ledger.hello()
    else {
        panic!()
    };
    assert_eq!(resume.received, 1);
    let news = ledger.receive(welcome(true));
    let again: Vec<u64> = news
        .iter()
        .filter_map(|n| match n {
            News::Send(m) => m.id().map(|id| id.0),
            _ => None,
        })
        .collect();
    // Open (1) was never answered, call 2 was; calls 3 and 4 are open.
    assert_eq!(again, [1, 3, 4]);
    assert_eq!(news[1], News::Send(sent[1].clone()));
    assert_eq!(ledger.receive(reply(1, 2)), [], "said before");
    assert_eq!(ledger.receive(reply(2, 3)).len(), 1);
    assert_eq!(ledger.unacknowledged(), 2);
    assert_eq!(ledger.acknowledge(), Some(FromPage::Ack { seq: 2 }));
    assert_eq!(ledger.acknowledge(), None);
}

#[test]
fn a_session_that_is_gone_is_told_to_each_lab_and_reset_opens_it_again() {
    let mut ledger = Ledger::default();
    open(&mut ledger, 1);
    ledger.effect(1, call(1));
    ledger.disconnected();
    ledger.hello();
    let news = ledger.receive(welcome(false));
    assert!(matches!(
        news[..],
        [News::Lab(1, Input::Trouble { lost: true, .. })]
    ));
    assert!(matches!(
        ledger.effect(1, Effect::Reset),
        Some(FromPage::Open { lab: 1, .. })
    ));
    assert!(matches!(
        ledger.effect(1, Effect::Reset),
        Some(FromPage::Reset { lab: 1, .. })
    ));
    assert_eq!(ledger.close(1), Some(FromPage::CloseLab { lab: 1 }));
    assert!(!ledger.is_needed());
}

#[test]
fn after_a_reset_nothing_old_comes_back() {
    let mut ledger = Ledger::default();
    open(&mut ledger, 1);
    ledger.effect(1, call(1));
    assert!(matches!(
        ledger.effect(1, Effect::Reset),
        Some(FromPage::Reset { id: CallId(3), .. })
    ));
    assert_eq!(
        ledger.receive(reply(1, 2)),
        [],
        "an answer to a call before the reset"
    );
    let opened = |seq, id| FromServer::Opened {
        seq,
        id: CallId(id),
        lab: 1,
        network: Network::Loopback,
        private: true,
        hosts: Vec::new(),
        number: None,
    };
    assert_eq!(ledger.receive(opened(2, 1)), [], "the reset is still under way");
    assert!(matches!(
        ledger.receive(opened(3, 3))[..],
        [News::Lab(1, Input::Opened { .. })]
    ));
}

#[test]
fn another_version_stops_and_offers_to_reload() {
    let mut ledger = Ledger::default();
    ledger.hello();
    let mut message = welcome(false);
    if let FromServer::Welcome { version, .. } = &mut message {
        *version += 1;
    }
    assert!(matches!(
        ledger.receive(message)[..],
        [News::Fatal { reload: true, .. }]
    ));
}
