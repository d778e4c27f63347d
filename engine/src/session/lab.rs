//! What a lab is made of: the file `lab.toml` and its programs.
//!
//! ```toml
//! version = 1
//! title = "TCP echo"
//! about = "What one program sends, the other sends back."
//! network = "kernel"               # optional: the wish of the lab
//! hosts = ["client", "server"]     # optional: several hosts (else one, where all programs run)
//! held = true                      # optional: every packet waits on the wire from the beginning
//!
//! [[program]]                      # in the order in which Next starts them
//! name = "server"
//! file = "server.py"
//! side = "right"                   # optional: "left" or "right" lane
//!
//! [[program]]
//! name = "client"
//! file = "client.py"
//! args = ["hello"]                 # optional: sys.argv[1:]
//! input = ["20"]                   # optional: lines to suggest when the program asks
//!
//! [[data]]                         # optional: files that the programs find in their directory
//! name = "names.txt"
//! text = "one\ntwo\n"
//! ```

use crate::program::text::quote::str_repr;
use crate::program::text::unicode;
use protocol::read::{Read as _, from_json};
use protocol::{HostId, Network, Plan, bounds};
use protocol_derive::{Read, Write};

/// The longest name of a host.
const HOST_NAME: usize = 15;

/// A lab before it runs.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
#[serde(deny_unknown_fields)]
pub struct LabSpec {
    /// The format's version: 1.
    pub version: u32,
    /// A few words.
    pub title: String,
    /// One sentence.
    #[serde(default)]
    pub about: String,
    /// The network that the lab wishes for.
    #[serde(default)]
    pub network: Option<Network>,
    /// The hosts' names, two to four; none: one host, where all programs run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hosts: Vec<String>,
    /// Every packet waits on the wire from the beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// The programs, in the order in which Next goes through them.
    #[serde(default, rename = "program")]
    pub programs: Vec<ProgramSpec>,
    /// Files that every program finds in its directory.
    #[serde(default, rename = "data")]
    pub files: Vec<FileSpec>,
}

/// A program before it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Read, Write)]
#[serde(deny_unknown_fields)]
pub struct ProgramSpec {
    /// What pages and scripts call it.
    pub name: String,
    /// Its file, as tracebacks show it.
    #[serde(default)]
    pub file: String,
    /// Its source; in lab.toml it stands in the file beside.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// sys.argv[1:].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Lines that a page suggests when the program asks for input.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub input: Vec<String>,
    /// The host that it runs on, by name; none: the host with the program's own name, else the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host: Option<String>,
    /// The lane it is drawn in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<Side>,
    /// A `>>>` prompt instead of a file.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prompt: bool,
}

/// Left or right of the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Read, Write)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The client's place.
    Left,
    /// The server's place.
    Right,
}

/// A file that programs find in their directory.
#[derive(Clone, Debug, PartialEq, Eq, Read, Write)]
#[serde(deny_unknown_fields)]
pub struct FileSpec {
    /// Its name, without directories.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Why a lab cannot be opened: one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct LabError(pub String);

impl LabSpec {
    /// Reads `lab.toml`; `read` brings the text of a program's file (its name as in the lab).
    ///
    /// # Errors
    /// One sentence: what, where, and the way out.
    pub fn from_toml(
        text: &str,
        mut read: impl FnMut(&str) -> Result<String, String>,
    ) -> Result<Self, LabError> {
        let unread = |e: String| LabError(format!("lab.toml cannot be read: {e}"));
        // As a JSON value, which labs are read from elsewhere too: one reader of the fields, not two.
        let mut value = super::toml::read(text).map_err(unread)?;
        let mut spec = Self::read(&mut value).map_err(|e| unread(e.to_string()))?;
        for program in &mut spec.programs {
            if program.source.is_empty() && !program.prompt {
                program.source = read(&program.file).map_err(LabError)?;
            }
        }
        spec.check()?;
        Ok(spec)
    }

    /// Reads a lab from JSON with the same names, sources and all, unchecked.
    ///
    /// # Errors
    /// What does not fit, and in which field.
    pub fn from_json(json: &str) -> Result<Self, String> {
        from_json(json.as_bytes()).map_err(|e| e.to_string())
    }

    /// A lab of loose programs, in their order: name, file, source.
    ///
    /// # Errors
    /// As [`LabSpec::check`].
    pub fn from_programs(
        programs: impl IntoIterator<Item = (String, String, String)>,
    ) -> Result<Self, LabError> {
        let programs = programs
            .into_iter()
            .map(|(name, file, source)| ProgramSpec {
                name,
                file,
                source,
                ..ProgramSpec::default()
            })
            .collect();
        let spec = Self {
            version: 1,
            title: "Lab".into(),
            about: String::new(),
            network: None,
            hosts: Vec::new(),
            held: false,
            programs,
            files: Vec::new(),
        };
        spec.check()?;
        Ok(spec)
    }

    /// Is everything within bounds and named once?
    ///
    /// # Errors
    /// One sentence: what, where, and the way out.
    pub fn check(&self) -> Result<(), LabError> {
        let fail = |text: String| Err(LabError(text));
        if self.version != 1 {
            return fail(format!(
                "this lab has version {}, and this Wirelab reads version 1: reload the page or update it",
                self.version
            ));
        }
        if self.programs.len() > bounds::PROGRAMS {
            return fail(format!(
                "a lab has at most {} programs, this one has {}",
                bounds::PROGRAMS,
                self.programs.len()
            ));
        }
        if self.hosts.len() == 1 || self.hosts.len() > bounds::HOSTS {
            return fail(format!(
                "a lab names two to {} hosts, or none for a single one; this one names {}",
                bounds::HOSTS,
                self.hosts.len()
            ));
        }
        for (i, host) in self.hosts.iter().enumerate() {
            let fits = host.starts_with(|c: char| c.is_ascii_lowercase())
                && host.len() <= HOST_NAME
                && host
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if !fits || host == "localhost" {
                return fail(format!(
                    "{} cannot name a host: use 1 to 15 small letters, digits or '-', beginning with a letter",
                    str_repr(host)
                ));
            }
            if self.hosts[..i].contains(host) {
                return fail(format!(
                    "two hosts are called '{host}': give each a name of its own"
                ));
            }
        }
        for (i, program) in self.programs.iter().enumerate() {
            let name = &program.name;
            let fits = !name.is_empty()
                && name.chars().count() <= 32
                && name.chars().all(|c| unicode::is_alnum(c) || "_-. ".contains(c));
            if !fits {
                return fail(format!(
                    "{} cannot name a program: use 1 to 32 letters, digits, '-' or '_'",
                    str_repr(name)
                ));
            }
            if self.programs[..i].iter().any(|other| other.name == *name) {
                return fail(format!(
                    "two programs are called '{name}': give each a name of its own"
                ));
            }
            if let Some(host) = program.host.as_ref().filter(|host| !self.hosts.contains(host)) {
                return fail(format!(
                    "'{name}' runs on host {}, which the lab does not have: name it in hosts",
                    str_repr(host)
                ));
            }
            if program.source.len() > bounds::SOURCE {
                return fail(format!(
                    "'{name}' is longer than {} KiB, the most that a lab takes",
                    bounds::SOURCE >> 10
                ));
            }
        }
        Ok(())
    }

    /// What the lab asks of a server: the kernel's network, unless it wishes for another one.
    pub fn plan(&self) -> Plan {
        Plan {
            network: self.network.unwrap_or(Network::Kernel),
            hosts: self.hosts.clone(),
            held: self.held,
        }
    }

    /// All programs on one host, as the tutorials assume.
    pub fn on_one_host(&mut self) {
        self.hosts.clear();
        for program in &mut self.programs {
            program.host = None;
        }
    }

    /// A host for each program, called as the program where that can name a host.
    ///
    /// # Errors
    /// One sentence, for too few or too many programs.
    pub fn on_a_host_each(&mut self) -> Result<(), LabError> {
        let count = self.programs.len();
        if !(2..=bounds::HOSTS).contains(&count) {
            let most = bounds::HOSTS;
            return Err(LabError(format!(
                "a host each is for 2 to {most} programs, and this lab has {count}"
            )));
        }
        self.hosts.clear();
        for (i, program) in self.programs.iter_mut().enumerate() {
            let mut name: String = program.name.to_ascii_lowercase();
            name.retain(|c| c.is_ascii_alphanumeric() || c == '-');
            name.truncate(HOST_NAME);
            let fits = name.starts_with(|c: char| c.is_ascii_lowercase()) && name != "localhost";
            if !fits || self.hosts.contains(&name) {
                name = format!("host{}", i + 1);
            }
            program.host = (name != program.name).then(|| name.clone());
            self.hosts.push(name);
        }
        self.check()
    }

    /// The host that the `i`th program runs on.
    pub fn host_of(&self, i: usize) -> HostId {
        let Some(program) = self.programs.get(i) else {
            return HostId(0);
        };
        let wanted = program.host.as_ref().unwrap_or(&program.name);
        let at = self.hosts.iter().position(|host| host == wanted).unwrap_or(0);
        HostId(u8::try_from(at).unwrap_or(0))
    }

    /// The host of each program.
    pub fn hosts_of(&self) -> Vec<HostId> {
        (0..self.programs.len()).map(|i| self.host_of(i)).collect()
    }

    /// The programs' names in order.
    pub fn names(&self) -> Vec<String> {
        self.programs.iter().map(|p| p.name.clone()).collect()
    }

    /// The lane of each program: as the lab says, else clients left and the first of the others right.
    pub fn sides(&self) -> Vec<Side> {
        let guess = |i: usize, p: &ProgramSpec| {
            let client = p.name.contains("client")
                || p.name.contains("visitor")
                || (i > 0 && !p.name.contains("server"));
            if client { Side::Left } else { Side::Right }
        };
        self.programs
            .iter()
            .enumerate()
            .map(|(i, p)| p.side.unwrap_or_else(|| guess(i, p)))
            .collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ECHO: &str = r#"
        version = 1
        title = "TCP echo"
        [[program]]
        name = "server"
        file = "server.py"
        [[program]]
        name = "client"
        file = "client.py"
        args = ["hello"]
    "#;

    #[test]
    fn a_lab_is_read_with_its_programs() {
        let spec = LabSpec::from_toml(ECHO, |file| Ok(format!("# {file}"))).unwrap();
        assert_eq!(spec.names(), ["server", "client"]);
        assert_eq!(spec.programs[0].source, "# server.py");
        assert_eq!(spec.sides(), [Side::Right, Side::Left]);
    }

    #[test]
    fn programs_get_a_host_each_and_one_again() {
        let mut spec = LabSpec::from_toml(ECHO, |_| Ok(String::new())).unwrap();
        spec.programs[0].name = "Über server".into();
        spec.on_a_host_each().unwrap();
        assert_eq!(spec.hosts, ["berserver", "client"]);
        assert_eq!((spec.host_of(0), spec.host_of(1)), (HostId(0), HostId(1)));
        spec.programs[1].name = "1".into();
        spec.on_a_host_each().unwrap();
        assert_eq!(spec.hosts[1], "host2");
        spec.on_one_host();
        assert_eq!(spec.plan().hosts, Vec::<String>::new());
        assert_eq!(spec.host_of(1), HostId(0));
        spec.programs.truncate(1);
        assert!(spec.on_a_host_each().unwrap_err().0.contains("has 1"));
    }

    #[test]
    fn what_does_not_fit_is_refused_in_a_sentence() {
        let twice = ECHO.replace("\"client\"", "\"server\"");
        let error = LabSpec::from_toml(&twice, |_| Ok(String::new())).unwrap_err();
        assert!(error.0.contains("two programs"), "{error}");
        let error = LabSpec::from_toml("version = 1\ntitle = 3", |_| Ok(String::new())).unwrap_err();
        assert!(error.0.starts_with("lab.toml cannot be read"), "{error}");
        let newer = ECHO.replace("version = 1", "version = 2");
        assert!(LabSpec::from_toml(&newer, |_| Ok(String::new())).is_err());
    }
}
