//! A lab as a link: its programs lie in the address behind `#`, which browsers do not send to any server.

use engine::session::LabSpec;
use protocol::base64::{self, Alphabet};

/// The most characters of a link that every browser, chat and mail takes without cutting.
pub const LONGEST: usize = 30_000;
const MARK: &str = "lab=";

/// The fragment of a lab's link, without `#`.
///
/// # Errors
/// One sentence, when it would be too long.
pub fn fragment(spec: &LabSpec) -> Result<String, String> {
    let json = protocol::write::to_json(spec);
    let fragment = format!("{MARK}{}", base64::encode(json.as_bytes(), Alphabet::Url));
    if fragment.len() > LONGEST {
        return Err(format!(
            "These programs make a link of {} characters, and {LONGEST} are the most that travel well: save them as a file instead.",
            fragment.len()
        ));
    }
    Ok(fragment)
}

/// The lab of a fragment; `None` if it holds none.
///
/// # Errors
/// One sentence, for a link that is damaged.
pub fn lab(fragment: &str) -> Option<Result<LabSpec, String>> {
    let packed = fragment.trim_start_matches('#').strip_prefix(MARK)?;
    Some(unpack(packed))
}

fn unpack(packed: &str) -> Result<LabSpec, String> {
    let damaged = "This link is damaged: part of it is missing or was changed. Ask for it again.";
    let json = base64::decode(packed.trim_end_matches('='), Alphabet::Url).ok_or(damaged)?;
    let spec: LabSpec = protocol::read::from_json(&json).map_err(|_| damaged)?;
    spec.check()
        .map_err(|e| format!("This link's lab cannot be opened: {e}."))?;
    Ok(spec)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn spec(source: &str) -> LabSpec {
        LabSpec::from_programs([("a".into(), "a.py".into(), source.into())]).unwrap()
    }

    #[test]
    fn a_link_brings_the_programs() {
        let spec = spec("print('é', \"<b>\")\n");
        assert_eq!(lab(&format!("#{}", fragment(&spec).unwrap())), Some(Ok(spec)));
        assert_eq!(lab("#elsewhere"), None);
    }

    #[test]
    fn too_long_and_damaged_links_say_so() {
        assert!(
            fragment(&spec(&"x".repeat(LONGEST)))
                .unwrap_err()
                .contains("save them as a file")
        );
        let whole = fragment(&spec("print(1)")).unwrap();
        for cut in [MARK.len() + 1, whole.len() / 2, whole.len() - 1] {
            assert!(lab(&whole[..cut]).unwrap().is_err(), "cut to {cut}");
        }
        assert!(lab("lab=!!!").unwrap().is_err());
    }
}
