//! `derive(Read)` and `derive(Write)` against their judges, serde's own derives: the same types with the same attributes,
//! once by each, must take the same texts to the same values, refuse the same texts, and write the same.
#![allow(clippy::unwrap_used)]

use protocol::read::from_json;
use protocol::write::to_json;
use std::fmt::Debug;

/// Types with every attribute that derive(Read) knows, read by `$read`, written by `$write`.
macro_rules! types {
    ($module:ident: $read:path, $write:path) => {
        #[allow(dead_code)]
        mod $module {
            use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

            #[derive(Debug, $write, $read)]
            pub(crate) struct Whole {
                pub id: Id,
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub maybe: Option<u8>,
                pub nullable: Option<String>,
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub many: Vec<Case>,
                #[serde(default, skip_serializing_if = "std::ops::Not::not")]
                pub rare: bool,
                #[serde(rename = "other")]
                pub renamed: bool,
                #[serde(flatten)]
                pub kind: Kind,
            }

            #[derive(Debug, $write, $read)]
            #[serde(transparent)]
            pub(crate) struct Id(pub u32);

            #[derive(Debug, $write, $read)]
            #[serde(tag = "kind", rename_all = "snake_case")]
            pub(crate) enum Kind {
                Bare,
                WithFields {
                    number: i32,
                    wide: u64,
                    deep: Choice,
                },
                Float {
                    x: f64,
                },
                Keywords {
                    r#type: u8,
                    to: u8,
                },
            }

            #[derive(Debug, $write, $read)]
            #[serde(rename_all = "snake_case")]
            pub(crate) enum Choice {
                JustThis,
                Inner(u16),
                Ip {
                    four: Ipv4Addr,
                    six: Ipv6Addr,
                    any: IpAddr,
                },
            }

            #[derive(Debug, $write, $read)]
            #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
            pub(crate) enum Case {
                OneWord,
                #[serde(rename = "FIN-WAIT-1")]
                FinWait1,
                Plain,
            }

            #[derive(Debug, $write, $read)]
            #[serde(tag = "op", rename_all = "lowercase")]
            pub(crate) enum Lower {
                GetSockName { sock: i64 },
            }

            #[derive(Debug, $write, $read)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct Strict {
                pub name: String,
                #[serde(default)]
                pub rest: Vec<String>,
            }
        }
    };
}

types!(ours: protocol_derive::Read, protocol_derive::Write);
types!(judge: serde::Deserialize, serde::Serialize);

fn same<Ours, Judge>(texts: &[&str])
where
    Ours: protocol::read::Read + protocol::write::Write + Debug,
    Judge: serde::de::DeserializeOwned + serde::Serialize + Debug,
{
    for text in texts {
        let ours = from_json::<Ours>(text.as_bytes());
        let judge = serde_json::from_str::<Judge>(text);
        match (&ours, &judge) {
            (Ok(ours), Ok(judge)) => {
                assert_eq!(format!("{ours:?}"), format!("{judge:?}"), "{text}");
                assert_eq!(to_json(ours), serde_json::to_string(judge).unwrap(), "{text}");
            }
            (Err(_), Err(_)) => {}
            _ => panic!("{text}: {ours:?}, the judge {judge:?}"),
        }
    }
}

#[test]
fn structs_and_tagged_enums() {
    same::<ours::Whole, judge::Whole>(&[
        r#"{"id":1,"nullable":null,"other":true,"kind":"bare"}"#,
        r#"{"id":1,"other":true,"kind":"bare"}"#,
        r#"{"id":4294967296,"nullable":null,"other":true,"kind":"bare"}"#,
        r#"{"id":1,"maybe":255,"nullable":"x","many":["ONE-WORD","FIN-WAIT-1","PLAIN"],"rare":true,"other":false,"kind":"float","x":2}"#,
        r#"{"id":1,"maybe":256,"nullable":"x","other":false,"kind":"bare"}"#,
        r#"{"id":1,"maybe":null,"other":false,"kind":"bare","unknown":[1,{}]}"#,
        r#"{"id":1,"many":null,"other":false,"kind":"bare"}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":-1,"wide":18446744073709551615,"deep":"just_this"}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":-1,"wide":1,"deep":{"inner":65535}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":-1,"wide":1,"deep":{"inner":65536}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":-1,"wide":-1,"deep":{"inner":1}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":1.0,"wide":1,"deep":{"inner":1}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":1,"wide":1,"deep":"inner"}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":1,"wide":1,"deep":{"inner":1,"just_this":2}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":1,"wide":1,
            "deep":{"ip":{"four":"127.0.0.1","six":"::1","any":"::ffff:1.2.3.4"}}}"#,
        r#"{"id":1,"other":false,"kind":"with_fields","number":1,"wide":1,
            "deep":{"ip":{"four":"127.0.0.256","six":"::1","any":"::"}}}"#,
        r#"{"id":1,"other":false,"kind":"keywords","type":1,"to":2}"#,
        r#"{"id":1,"other":false,"kind":"no_such"}"#,
        r#"{"id":1,"other":false,"kind":7}"#,
        r#"{"id":1,"other":false}"#,
        r#"{"id":"1","other":false,"kind":"bare"}"#,
        r#"{"id":1,"other":1,"kind":"bare"}"#,
        "7",
        "null",
        "{",
        "",
    ]);
}

#[test]
fn words_and_strictness() {
    same::<ours::Lower, judge::Lower>(&[
        r#"{"op":"getsockname","sock":-9223372036854775808}"#,
        r#"{"op":"GetSockName","sock":1}"#,
    ]);
    same::<ours::Strict, judge::Strict>(&[
        r#"{"name":"x"}"#,
        r#"{"name":"x","rest":["a"]}"#,
        r#"{"name":"x","rest":["a"],"more":1}"#,
        r#"{"rest":[]}"#,
    ]);
}

#[test]
fn an_error_names_the_field_and_what_is_there() {
    let said = |text: &str| from_json::<ours::Whole>(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        said(r#"{"id":1,"other":false,"kind":"with_fields","number":1,"wide":1,"deep":{"inner":-1}}"#),
        "deep: expected a whole number from 0 to 65535, not -1"
    );
    assert_eq!(said(r#"{"other":false,"kind":"bare"}"#), "missing field `id`");
    assert_eq!(
        said(r#"{"id":1,"other":"a very long string that somebody has put here","kind":"bare"}"#),
        "other: expected true or false, not the string \"a very long string that somebody has put\""
    );
}
