//! What the panels show of a whole conversation.

use super::moment::Moment;
use super::story::{self, CLIENT, SERVER, Story};
use super::{advice, caption, details, lane, lit, sockets, states, steps, words};
use crate::diagram::Diagram;
use engine::session::Rest;
use protocol::{EventKind, TcpState, WireNews};

/// Reads a story at event `seq`.
pub(super) fn at<R>(story: &Story, seq: u64, read: impl FnOnce(&Moment<'_>) -> R) -> R {
    let state = story.timeline.at(seq);
    read(&Moment {
        spec: &story.spec,
        names: &story.names,
        sides: &story.sides,
        timeline: &story.timeline,
        state: &state,
        rest: &story.rest,
        replay: false,
    })
}

const LIVE: u64 = u64::MAX;

#[test]
fn a_lane_says_where_its_program_stands() {
    let story = story::echo_in_flight();
    let server = at(&story, LIVE, |m| lane::lane(m, SERVER));
    assert_eq!(
        (server.head.as_str(), server.next, server.can_step),
        ("line 12 is next", true, true)
    );
    assert_eq!(server.socket, Some("ESTABLISHED"));
    let client = at(&story, LIVE, |m| lane::lane(m, CLIENT));
    assert_eq!((client.head.as_str(), client.next), ("at line 11", false));
    // Before the client came, the server was blocked; nothing can be stepped in the past.
    let waiting = story
        .timeline
        .events()
        .iter()
        .find(|e| matches!(e.kind, EventKind::Waiting { .. }));
    let seq = waiting.map_or(0, |e| e.seq);
    let past = at(&story, seq, |m| lane::lane(m, SERVER));
    assert_eq!(past.status, "blocked in accept()");
    assert!(!past.can_step && !past.next && past.marks[0].waits.is_some());
    assert_eq!(at(&story, 0, |m| lane::lane(m, SERVER)).status, "not started");
}

#[test]
fn buffers_show_the_bytes_that_the_kernel_told_of() {
    let story = story::echo_in_flight();
    let arrived = lit::Related {
        receives: vec![story::sock(SERVER, 1)],
        ..lit::Related::default()
    };
    let cards = at(&story, LIVE, |m| sockets::cards(m.state, SERVER, 0, &arrived));
    let (listener, conn) = (&cards[0], &cards[1]);
    assert_eq!(listener.state, "LISTEN");
    assert_eq!(
        listener.queue,
        Some(sockets::Queue {
            queued: 0,
            backlog: 1,
            half_open: 0
        })
    );
    assert!(listener.receive.is_none(), "a listening socket carries no data");
    let buffer = conn.receive.as_ref();
    assert_eq!(
        buffer.map(|b| (b.len, b.text.as_str(), b.lit)),
        Some((22, "This is a test message", true))
    );
    assert_eq!(
        (conn.fd.as_str(), conn.peer.as_deref()),
        ("fd 4", Some("127.0.0.1:41234"))
    );
    // A socket of which the kernel has not spoken has no state and no buffers.
    let client = at(&story, LIVE, |m| m.state.socket(story::sock(CLIENT, 0)).is_some());
    assert!(client);
    let early = story
        .timeline
        .events()
        .iter()
        .find(|e| e.program == Some(CLIENT) && matches!(e.kind, EventKind::Returned { .. }));
    let cards = at(&story, early.map_or(0, |e| e.seq), |m| {
        sockets::cards(m.state, CLIENT, 0, &lit::Related::default())
    });
    assert_eq!((cards[0].state.as_str(), &cards[0].receive), ("new", &None));
}

#[test]
fn closed_sockets_stay_as_the_kernel_keeps_them() {
    let story = story::echo_whole();
    let cards = at(&story, LIVE, |m| {
        sockets::cards(m.state, CLIENT, 0, &lit::Related::default())
    });
    assert_eq!(
        (cards[0].fd.as_str(), cards[0].state.as_str()),
        ("fd closed", "FIN-WAIT-2")
    );
    assert_eq!(cards[0].look, sockets::Look::NoDescriptor);
    let cards = at(&story, LIVE, |m| {
        sockets::cards(m.state, SERVER, 0, &lit::Related::default())
    });
    assert!(cards.iter().all(|c| c.look == sockets::Look::Gone));
}

#[test]
fn the_caption_tells_the_step_and_what_next_does() {
    let story = story::echo_in_flight();
    let said = at(&story, LIVE, caption::caption);
    assert!(
        said.what.contains("sendall()") && said.more.contains("22 bytes to read"),
        "{said:?}"
    );
    assert_eq!(
        (said.next.as_str(), said.can_next, said.bad),
        ("server runs line 12, line_12()", true, false)
    );
    let past = at(&story, 5, caption::caption);
    assert!(
        past.next.ends_with("(nothing is sent)") && past.can_next,
        "{past:?}"
    );
    let refused = story::refused();
    let said = at(&refused, LIVE, caption::caption);
    assert!(said.bad && said.next == "server starts", "{said:?}");
    let whole = story::echo_whole();
    let said = at(&whole, LIVE, caption::caption);
    assert!(
        !said.can_next && said.what == "All programs have ended.",
        "{said:?}"
    );
}

#[test]
fn a_refused_connection_says_what_to_try() {
    let mut story = story::refused();
    story.spec.programs[0].source = "s.listen(1)\n".into();
    let advice = at(&story, LIVE, |m| lane::lane(m, CLIENT).error);
    let Some(advice) = advice else {
        panic!("the client has failed")
    };
    assert_eq!((advice.name.as_str(), advice.line), ("ECONNREFUSED", 6));
    assert_eq!(advice.what, "Nothing listens on 127.0.0.1 port 8888.");
    assert_eq!(
        advice.actions,
        [advice::Action::RunToListen(SERVER), advice::Action::Again(CLIENT)]
    );
}

#[test]
fn back_and_next_in_the_past_stop_where_programs_came_to_rest() {
    let story = story::echo_whole();
    let events = story.timeline.events();
    let mut stops = vec![events.len() as u64];
    while let Some(&last) = stops.last().filter(|s| **s > 0) {
        stops.push(steps::before(events, last));
    }
    stops.reverse();
    for pair in stops.windows(2) {
        assert_eq!(steps::after(events, pair[0]), pair[1]);
    }
    assert!(stops.len() > 15 && stops[0] == 0);
}

#[test]
fn what_belongs_together_is_the_line_its_call_and_the_buffer() {
    let story = story::echo_in_flight();
    let mut diagram = Diagram::new(&story.names, &story.sides);
    diagram.extend(story.timeline.events());
    let last = steps::before(story.timeline.events(), story.timeline.len());
    let Some(chain) = at(&story, LIVE, |m| lit::chain(m, diagram.marks())) else {
        panic!("22 bytes have arrived after event {last}")
    };
    assert_eq!(
        (chain.program, chain.line, chain.to),
        (CLIENT, 9, story::sock(SERVER, 1))
    );
    // One step earlier nothing had arrived.
    assert_eq!(at(&story, last, |m| lit::chain(m, diagram.marks())), None);
}

#[test]
fn a_click_on_a_line_a_state_or_a_buffer_lights_up_the_others() {
    let story = story::packets_whole();
    let (conn, client) = (story::sock(SERVER, 1), story::sock(CLIENT, 0));
    let lit = |seq: Option<u64>| {
        let events = story.timeline.related(seq.unwrap_or(0));
        at(&story, LIVE, |m| lit::related(m, &events))
    };
    // sendall() in line 9: its buffer, and the one that the bytes came to.
    let by_line = lit(at(&story, LIVE, |m| lit::of_line(m, CLIENT, 9)));
    assert_eq!(by_line.lines, [(CLIENT, 9)]);
    assert_eq!(by_line.sends, [client]);
    assert!(by_line.receives.contains(&conn), "{by_line:?}");
    let by_buffer = lit(at(&story, LIVE, |m| lit::of_receive_buffer(m, conn)));
    assert!(by_buffer.lines.contains(&(CLIENT, 9)), "{by_buffer:?}");
    assert!(by_buffer.lines.contains(&(SERVER, 12)), "{by_buffer:?}");
    let by_send = at(&story, LIVE, |m| lit::of_send_buffer(m, client));
    assert_eq!(by_send, at(&story, LIVE, |m| lit::of_line(m, CLIENT, 9)));
    let by_state = lit(at(&story, LIVE, |m| lit::of_state(m, client)));
    assert_eq!(by_state.states, [client]);
    // close() in line 11 has brought the other end to CLOSE-WAIT; a line that has made no call lights up nothing else, and
    // one that was never reached chooses nothing.
    let by_close = lit(at(&story, LIVE, |m| lit::of_line(m, CLIENT, 11)));
    assert_eq!(by_close.states, [conn]);
    assert_eq!(
        lit(at(&story, LIVE, |m| lit::of_line(m, SERVER, 18))),
        lit::Related::default()
    );
    assert_eq!(at(&story, LIVE, |m| lit::of_line(m, CLIENT, 2)), None);
}

#[test]
fn a_state_of_the_diagram_chooses_what_brought_a_socket_there() {
    let story = story::packets_whole();
    let chosen = |state| at(&story, LIVE, |m| lit::of_tcp_state(m, state));
    let told = chosen(TcpState::Established);
    let events = story.timeline.related(told.unwrap_or(0));
    let related = at(&story, LIVE, |m| lit::related(m, &events));
    assert!(related.reached.contains(&TcpState::Established), "{related:?}");
    let closing = chosen(TcpState::CloseWait).unwrap_or(0);
    let events = story.timeline.related(closing);
    assert_eq!(chosen(TcpState::Closing), None, "nobody was there");
    assert_eq!(at(&story, 0, |m| lit::of_tcp_state(m, TcpState::Listen)), None);
    let words = at(&story, LIVE, |m| lit::in_words(m, closing, &events));
    assert!(words.contains(" events belong together; "), "{words}");
    // Before accept() the connection is the kernel's: its SYN has brought it there.
    let held = story::handshake_held();
    let syn = at(&held, LIVE, |m| lit::of_tcp_state(m, TcpState::SynReceived));
    let is_sent = syn.and_then(|seq| held.timeline.event(seq)).map(|e| &e.kind);
    assert!(
        matches!(is_sent, Some(EventKind::Wire { news: WireNews::Sent { packet, .. }, .. }) if packet.0 == 1),
        "{is_sent:?}"
    );
    let Some(ways) = at(&held, LIVE, states::ways) else {
        panic!("there are TCP sockets")
    };
    let text = states::button_text(&ways, TcpState::SynReceived);
    assert_eq!(text.as_deref(), Some("SYN-RECEIVED, now: server"));
    assert_eq!(states::button_text(&ways, TcpState::TimeWait), None);
    let drawn = states::draw(&ways, &[TcpState::SynReceived], states::Room::Wide);
    assert_eq!(drawn.matches(" lit\"").count(), 1);
}

#[test]
fn words_stand_around_the_cursor_and_count_the_others() {
    let mut story = story::echo_whole();
    for _ in 0..500 {
        story.line(SERVER, 1);
    }
    let len = story.timeline.len();
    for centre in [0, 1, 250, len] {
        let shown = at(&story, centre, |m| words::window(m, centre, &[], words::WINDOW));
        assert_eq!(shown.before + shown.rows.len() as u64 + shown.behind, len);
        assert!(shown.rows.len() as u64 <= words::WINDOW);
        assert!(
            centre == 0 || shown.rows.iter().any(|r| r.here && r.seq == centre),
            "{centre}"
        );
    }
    let glance = at(&story, LIVE, |m| words::window(m, len, &[], words::GLANCE));
    assert_eq!(glance.rows.len() as u64, words::GLANCE);
    assert!(glance.rows.last().is_some_and(|r| r.here && r.seq == len));
}

#[test]
fn a_call_is_told_in_full_as_far_as_the_cursor_knows() {
    let story = story::echo_in_flight();
    let call = at(&story, LIVE, |m| details::details(m, LIVE));
    let Some(call) = call else {
        panic!("there were calls")
    };
    assert_eq!(
        (call.title.as_str(), call.place.as_str()),
        ("sendall(b'This is a test message')", "client, line 9")
    );
    assert_eq!(call.bytes.len(), 3);
    let early = at(&story, call.seq, |m| details::details(m, m.seq()));
    let answer = early.and_then(|d| d.fields.into_iter().find(|f| f.name == "Answer"));
    assert_eq!(answer.map(|f| f.value), Some("none yet".into()));
}

#[test]
fn only_states_that_were_seen_are_marked() {
    let story = story::echo_in_flight();
    let Some([client, server]) = at(&story, LIVE, states::ways) else {
        panic!("there are TCP sockets")
    };
    assert_eq!(
        (client.now, server.now),
        (Some(TcpState::Established), Some(TcpState::Established))
    );
    assert!(!client.seen.contains(&TcpState::SynSent), "nobody saw it");
    assert!(server.steps.contains(&(TcpState::Closed, TcpState::Listen)));
    let drawn = states::draw(&[client, server], &[], states::Room::Middle);
    assert_eq!(drawn.matches("class=\"nd v here\"").count(), 1);
    assert_eq!(at(&Story::new(), 0, states::ways), None);
}

#[test]
fn an_empty_lab_has_a_caption_and_no_errors() {
    let mut story = Story::new();
    story.rest = Rest::Opening;
    let said = at(&story, 0, caption::caption);
    assert!(!said.can_next && !said.bad && !said.what.is_empty());
    assert_eq!(at(&story, 0, |m| details::details(m, 0)), None);
    assert_eq!(
        at(&story, 0, |m| words::window(m, 0, &[], words::WINDOW)).rows,
        []
    );
}

#[test]
fn a_half_open_connection_stands_beside_its_listener_until_it_is_a_socket() {
    let story = story::handshake_held();
    let cards = at(&story, LIVE, |m| {
        sockets::cards(m.state, SERVER, 0, &lit::Related::default())
    });
    assert_eq!(
        cards.iter().map(|c| c.state.as_str()).collect::<Vec<_>>(),
        ["LISTEN", "SYN-RECEIVED"]
    );
    assert_eq!(cards[0].queue.map(|q| q.half_open), Some(1));
    assert_eq!(cards[1].look, sockets::Look::NoDescriptor);
    assert!(cards[1].timer.is_some_and(|(what, _)| what == "sends again in"));
    let ways = at(&story, LIVE, states::ways).map(|w| w.map(|w| w.now));
    assert_eq!(ways, Some([Some(TcpState::SynSent), Some(TcpState::SynReceived)]));
    let story = story::packets_whole();
    let states = |cards: Vec<sockets::SocketCard>| cards.into_iter().map(|c| c.state).collect::<Vec<_>>();
    let server = at(&story, LIVE, |m| {
        sockets::cards(m.state, SERVER, 0, &lit::Related::default())
    });
    assert_eq!(states(server), ["LISTEN", "CLOSED"]);
    // The closed connection is the kernel's until TIME-WAIT is over: 59 s from when it was told.
    let client = at(&story, LIVE, |m| {
        sockets::cards(m.state, CLIENT, 0, &lit::Related::default())
    });
    let told = at(&story, LIVE, |m| {
        m.state.sockets_of(CLIENT).last().map(|s| s.sampled_at)
    });
    assert_eq!(
        client[0].timer,
        told.map(|t| ("TIME-WAIT ends in", t + 59_000_000_000))
    );
}

#[test]
fn next_in_the_past_goes_from_packet_to_packet() {
    let story = story::handshake_held();
    let events = story.timeline.events();
    let delivered = events
        .iter()
        .find(|e| {
            matches!(
                &e.kind,
                EventKind::Wire {
                    news: WireNews::Now { .. },
                    ..
                }
            )
        })
        .map(|e| e.seq);
    assert_eq!(Some(steps::before(events, story.timeline.len()) + 1), delivered);
}

#[test]
fn the_last_transition_is_told_with_its_reason() {
    let story = story::packets_whole();
    let said = at(&story, LIVE, states::last_step).unwrap_or_default();
    assert!(
        said.starts_with("Last: the client's socket, FIN-WAIT-2 to TIME-WAIT."),
        "{said}"
    );
}
