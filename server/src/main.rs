//! `wirelab`: see `server/src/lib.rs`.

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Step network programs line by line, over real sockets.
#[derive(Parser)]
#[command(name = "wirelab", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages, the book and the bridge
    Serve(server::serve::ServeArgs),
    /// Run a lab without a browser; exit status 0, 1 (a program ended with an error), 2 (bad usage), 3 (still running
    /// at the timeout)
    Run(server::run::RunArgs),
    /// Run a real program (python3, nc, curl, ...) inside a host of a lab that a page of wirelab serve has open
    Exec(server::exec::ExecArgs),
    /// Say which networks work on this machine, and which call failed if one does not
    Check,
}

fn main() -> ExitCode {
    // Before any thread or runtime: the helper has one thread, for ever.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == server::net::HELPER_ARGUMENT)
    {
        return match server::net::run_helper() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        };
    }
    let cli = Cli::parse();
    if let Command::Exec(args) = &cli.command {
        // Before any other thread, too: this process goes into the lab and becomes the program.
        return server::exec::run(args);
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("wirelab: the runtime could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve(args) => server::serve::run(args).await.map(|()| ExitCode::SUCCESS),
            Command::Run(args) => server::run::run(&args).await,
            Command::Check => server::check::run().await,
            Command::Exec(args) => Ok(server::exec::run(&args)),
        }
    });
    // Connections end with the runtime; nothing is waited for.
    runtime.shutdown_background();
    done.unwrap_or_else(|error| {
        eprintln!("wirelab: {error:#}");
        ExitCode::from(2)
    })
}
