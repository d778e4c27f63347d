// Is this site served by a Wirelab server? The folder that `cargo xtask site` writes says no: there, labs run on the
// simulated network, in the page.
export const server = true;
export const kept = undefined;
