//! How a real program joins the lab: what its user types on the server's machine.

use super::Moment;
use engine::timeline::SocketState;
use protocol::TcpState;

/// The commands, one for each host of the lab that `number` names: those that reach who waits there now, if somebody does.
pub fn commands(moment: &Moment<'_>, number: u32) -> Vec<String> {
    let hosts = &moment.state.wire.hosts;
    let waits = moment.state.sockets.iter().find_map(|s| Some((s, door(s)?)));
    let visit = match waits {
        Some((socket, (tool, port))) => {
            let host = moment.host_of(socket.program);
            let host = host.map_or("localhost", |host| &host.name);
            format!("{tool} {host} {port}")
        }
        None => "python3 client.py".to_owned(),
    };
    if hosts.len() < 2 {
        return vec![format!("wirelab exec {number} -- {visit}")];
    }
    let of_host = |host: &protocol::wire::Host| format!("wirelab exec {number} {} -- {visit}", host.name);
    hosts.iter().map(of_host).collect()
}

/// Where a socket waits for whoever comes: what to come with, and its port.
fn door(socket: &SocketState) -> Option<(&'static str, u16)> {
    let sample = socket.sample.as_ref().filter(|_| socket.closed.is_none())?;
    let port = sample.local.as_ref()?.port().filter(|port| *port != 0)?;
    match sample.state {
        Some(TcpState::Listen) => Some(("nc", port)),
        None if sample.peer.is_none() => Some(("nc -u", port)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::story::{self, Story};
    use crate::model::tests::at;

    #[test]
    fn the_command_goes_to_who_listens() {
        let story = story::echo_in_flight();
        let typed = at(&story, u64::MAX, |m| commands(m, 3));
        assert_eq!(typed, ["wirelab exec 3 -- nc localhost 8888"]);
        let nobody = at(&Story::new(), 0, |m| commands(m, 7));
        assert_eq!(nobody, ["wirelab exec 7 -- python3 client.py"]);
    }
}
