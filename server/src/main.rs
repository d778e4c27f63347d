//! `wirelab`: see `server/src/lib.rs`.

fn main() -> anyhow::Result<()> {
    // Before any thread or runtime: the helper has one thread, for ever.
    if std::env::args_os()
        .nth(1)
        .is_some_and(|arg| arg == server::net::HELPER_ARGUMENT)
    {
        return server::net::run_helper();
    }
    Ok(())
}
