//! What to run: the command line of `wirelab run`.

use crate::net::Allow;
use anyhow::{Context as _, bail};
use engine::session::LabSpec;
use protocol::{Network, bounds};
use std::path::{Path, PathBuf};

/// The lab without a browser.
#[derive(clap::Args, Clone, Debug)]
pub struct RunArgs {
    /// A lab (`LAB.toml`), or programs: each file is one, named by its stem, or `NAME=FILE`.
    #[arg(required = true)]
    pub files: Vec<String>,
    /// With --network live: what the programs may reach and listen on (may be repeated).
    #[arg(long, value_name = "HOST:PORTS")]
    pub allow: Vec<Allow>,
    /// Where the sockets live: kernel (hosts on a wire, packets are seen), loopback, live (real addresses), simulated (no kernel at all: works
    /// everywhere, on a clock of its own). Without it, what the lab wishes for, else kernel where it works.
    #[arg(long, value_parser = network)]
    pub network: Option<Network>,
    /// Hosts of the lab: one for all programs, or one for each, with the program's name.
    #[arg(long, value_enum)]
    pub hosts: Option<Hosts>,
    /// How the wire begins, as JSON: {"held":true}, or {"rules":[{"which":"data","what":"lose"}],"seed":1}.
    #[arg(long, value_name = "FILE")]
    pub wire: Option<PathBuf>,
    /// One JSON array a line: ["start","server"], ["start","client","arg"], ["type","client","text"], ["sleep",0.5],
    /// ["interrupt","server"], ["eof","client"], ["wait","client",5], ["wire",{"wire":"deliver"}] (to the packet that waits
    /// first, unless "packet" names another one).
    #[arg(long)]
    pub script: Option<PathBuf>,
    /// Seconds after which what still runs is ended.
    #[arg(long, default_value_t = 60.0, value_parser = seconds)]
    pub timeout: f64,
    /// Write every event in words to this file (`-`: to stdout, instead of the programs' output).
    #[arg(long)]
    pub transcript: Option<PathBuf>,
    /// Write each program's output to NAME.stdout and NAME.stderr in this directory.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Write the timeline as JSON to this file.
    #[arg(long)]
    pub timeline: Option<PathBuf>,
    /// Write the packets that crossed the wire to this file, for Wireshark and tshark.
    #[arg(long, value_name = "FILE")]
    pub pcapng: Option<PathBuf>,
    /// The seed of the programs' randomness; without it, random.
    #[arg(long)]
    pub seed: Option<u64>,
}

/// Which hosts there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Hosts {
    /// One, where all programs run.
    One,
    /// One for each program.
    Each,
}

fn network(text: &str) -> Result<Network, String> {
    [
        Network::Kernel,
        Network::Loopback,
        Network::Live,
        Network::Simulated,
    ]
    .into_iter()
    .find(|network| network.name() == text)
    .ok_or_else(|| "not one of kernel, loopback, live, simulated".to_owned())
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if seconds.is_finite() && (0.0..=86_400.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("seconds from 0 to 86400".to_owned())
    }
}

impl RunArgs {
    /// The lab that the files make.
    ///
    /// # Errors
    /// One sentence: which file, and what is wrong.
    pub fn lab(&self) -> anyhow::Result<LabSpec> {
        let mut spec = self.spec()?;
        if self.network.is_some() {
            spec.network = self.network;
        }
        // Nobody is there to let packets go, unless somebody says so.
        spec.held = false;
        match self.hosts {
            None => {}
            Some(Hosts::One) => spec.hosts.clear(),
            Some(Hosts::Each) => {
                let programs = spec.programs.len();
                if !(2..=bounds::HOSTS).contains(&programs) {
                    bail!(
                        "--hosts each is for two to {} programs; this lab has {programs}",
                        bounds::HOSTS
                    );
                }
                spec.hosts = spec.names();
            }
        }
        Ok(spec)
    }

    fn spec(&self) -> anyhow::Result<LabSpec> {
        match self.files.as_slice() {
            [file] if Path::new(file).extension().is_some_and(|e| e == "toml") => lab_file(Path::new(file)),
            files => {
                let programs = files
                    .iter()
                    .map(|file| program(file))
                    .collect::<anyhow::Result<Vec<_>>>()?;
                Ok(LabSpec::from_programs(programs)?)
            }
        }
    }
}

fn lab_file(path: &Path) -> anyhow::Result<LabSpec> {
    let text = read(path)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let spec = LabSpec::from_toml(&text, |file| {
        if Path::new(file).components().count() != 1 {
            return Err(format!("{file:?} must be the name of a file beside lab.toml"));
        }
        read(&folder.join(file)).map_err(|e| format!("{e:#}"))
    });
    spec.with_context(|| path.display().to_string())
}

fn program(argument: &str) -> anyhow::Result<(String, String, String)> {
    let (name, file) = match argument.split_once('=') {
        Some((name, file)) => (Some(name), Path::new(file)),
        None => (None, Path::new(argument)),
    };
    let stem = file.file_stem().and_then(|s| s.to_str());
    let name = name
        .or(stem)
        .with_context(|| format!("{argument:?} does not name a file"))?
        .to_owned();
    let shown = file
        .file_name()
        .and_then(|s| s.to_str())
        .unwrap_or(&name)
        .to_owned();
    Ok((name, shown, read(file)?))
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
