//! `_struct`: packing and unpacking below `struct`; and `_codecs`, what works on bytes for `binascii`, `hashlib`, `codecs`.

use crate::program::builtins::args::arity;
use crate::program::builtins::bytes::bytes_like;
use crate::program::exceptions::{raise, type_error, value_error};
use crate::program::modules::NativeModule;
use crate::program::pure::digest;
use crate::program::pure::packing::{Given, Item, Layout, PackError, Wants, pack_field, unpack_field, wants};
use crate::program::types::type_name;
use crate::program::value::func::Native;
use crate::program::value::{Args, Name, Value};
use crate::program::vm::{Res, Vm};

/// `_struct`
pub const STRUCT: NativeModule = NativeModule {
    name: "_struct",
    functions: FUNCTIONS,
    init: |_, _| Ok(()),
};

/// `_codecs`
pub const CODECS: NativeModule = NativeModule {
    name: "_codecs",
    functions: CODEC_FUNCTIONS,
    init: |_, _| Ok(()),
};

/// The functions of `_struct`. ValueError stands for `struct.error`, which struct.py raises.
static FUNCTIONS: &[Native] = &[
    Native::function("layout", |_, a| {
        // -> size, number of values
        let layout = layout(&a)?;
        Ok(Value::tuple(vec![
            Value::from(layout.size),
            Value::from(layout.fields.len()),
        ]))
    }),
    Native::function("pack", pack),
    Native::function("unpack", unpack),
];

fn layout(a: &Args<'_>) -> Res<Layout> {
    let format = match a.all.first() {
        Some(v) if v.as_str().is_some() => v.as_str().unwrap_or_default().to_owned(),
        Some(v) => match bytes_like(v.inner()) {
            Some(bytes) => bytes.iter().map(|b| *b as char).collect(),
            None => {
                return type_error(format!(
                    "Struct() argument 1 must be a str or bytes object, not {}",
                    type_name(v)
                ));
            }
        },
        None => return type_error("Struct() missing required argument 'format' (pos 1)"),
    };
    Layout::parse(&format).map_err(|words| raise("ValueError", words))
}

fn pack(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "pack", 0, 2, 2)?;
    let layout = layout(&a)?;
    let Value::Tuple(values) = &a.all[1] else {
        return type_error("a tuple is wanted");
    };
    vm.claim(layout.size)?;
    let mut out = vec![0; layout.size];
    for (field, value) in layout.fields.iter().zip(values.iter()) {
        let bytes;
        let given = match wants(field.code) {
            Wants::Bool => Given::Bool(vm.truth(value)?),
            Wants::Float => match vm.float_arg(value) {
                Ok(x) => Given::Float(x),
                Err(_) => Given::Other,
            },
            Wants::Bytes => match bytes_like(value.inner()) {
                Some(data) => {
                    bytes = data;
                    Given::Bytes(&bytes)
                }
                None => Given::Other,
            },
            Wants::Int => match value.inner() {
                Value::Int(_) | Value::Big(_) | Value::Bool(_) => Given::Int(vm.big_arg(value)?),
                _ if vm.dunder(value, &Name::new("__index__")).is_some() => Given::Int(vm.big_arg(value)?),
                _ => Given::Other,
            },
        };
        pack_field(&layout, field, given, &mut out).map_err(|e| match e {
            PackError::Struct(words) => raise("ValueError", words),
            PackError::Overflow(words) => raise("OverflowError", words),
        })?;
    }
    Ok(Value::bytes(out))
}

/// format, data, offset -> tuple
fn unpack(vm: &mut Vm, a: Args<'_>) -> Res<Value> {
    arity(&a, "unpack", 0, 3, 3)?;
    let layout = layout(&a)?;
    let Some(data) = bytes_like(a.all[1].inner()) else {
        return type_error(format!(
            "a bytes-like object is required, not '{}'",
            type_name(&a.all[1])
        ));
    };
    let start = usize::try_from(vm.int_arg(&a.all[2])?).unwrap_or(usize::MAX);
    let end = start.checked_add(layout.size);
    let Some(part) = end.and_then(|end| data.get(start..end)) else {
        return value_error("short buffer");
    };
    let values = layout
        .fields
        .iter()
        .map(|field| match unpack_field(field, layout.little, part) {
            Item::Int(n) => Value::int(n),
            Item::Float(x) => Value::Float(x),
            Item::Bool(b) => Value::Bool(b),
            Item::Bytes(bytes) => Value::bytes(bytes),
        });
    Ok(Value::tuple(values.collect()))
}

/// The functions of `_codecs`.
static CODEC_FUNCTIONS: &[Native] = &[
    Native::function("crc32", |vm, a| {
        arity(&a, "crc32", 0, 1, 2)?;
        let data = data(&a)?;
        let before = match a.pos().get(1) {
            Some(v) => (vm.int_arg(v)? & 0xFFFF_FFFF) as u32,
            None => 0,
        };
        vm.charge(data.len());
        Ok(Value::from(digest::crc32(&data, before)))
    }),
    Native::function("digest", |vm, a| {
        // data, algorithm -> bytes
        arity(&a, "digest", 0, 2, 2)?;
        let data = data(&a)?;
        vm.charge(data.len());
        Ok(Value::bytes(match a.all[1].as_str().unwrap_or_default() {
            "md5" => digest::md5(&data).to_vec(),
            "sha1" => digest::sha1(&data).to_vec(),
            "sha224" => digest::sha224(&data),
            "sha256" => digest::sha256(&data),
            "sha384" => digest::sha384(&data),
            "sha512" => digest::sha512(&data),
            other => return value_error(format!("unsupported hash type {other}")),
        }))
    }),
    Native::function("lookup", |_, a| {
        // The codec's name if there is such a codec.
        let name = a.all.first().and_then(Value::as_str).unwrap_or_default();
        crate::program::text::codec::lookup(name)?;
        Ok(Value::Bool(true))
    }),
];

fn data(a: &Args<'_>) -> Res<Vec<u8>> {
    let v = a.all.first().unwrap_or(&Value::None);
    match bytes_like(v.inner()) {
        Some(data) => Ok(data.to_vec()),
        None => type_error(format!("a bytes-like object is required, not '{}'", type_name(v))),
    }
}
