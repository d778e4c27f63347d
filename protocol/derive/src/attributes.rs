//! What serde's attributes on a type, a variant or a field say.

use syn::{Attribute, Error, Field, LitStr, Path, Result, Variant};

/// What the attributes of a type, a variant or a field say.
#[derive(Default)]
pub(crate) struct Said {
    pub(crate) tag: Option<String>,
    pub(crate) rename: Option<String>,
    pub(crate) rename_all: Option<String>,
    pub(crate) default: bool,
    pub(crate) skip_if: Option<Path>,
    pub(crate) flatten: bool,
    pub(crate) transparent: bool,
    pub(crate) deny_unknown_fields: bool,
}

impl Said {
    pub(crate) fn by(attributes: &[Attribute]) -> Result<Self> {
        let mut said = Self::default();
        for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
            attribute.parse_nested_meta(|meta| {
                let name = meta.path.get_ident().map(ToString::to_string).unwrap_or_default();
                let text =
                    || -> Result<Option<String>> { Ok(Some(meta.value()?.parse::<LitStr>()?.value())) };
                match name.as_str() {
                    "tag" => said.tag = text()?,
                    "rename" => said.rename = text()?,
                    "rename_all" => said.rename_all = text()?,
                    "skip_serializing_if" => said.skip_if = Some(meta.value()?.parse::<LitStr>()?.parse()?),
                    "default" => said.default = true,
                    "flatten" => said.flatten = true,
                    "transparent" => said.transparent = true,
                    "deny_unknown_fields" => said.deny_unknown_fields = true,
                    _ => return Err(meta.error("derive(Read, Write) does not know this attribute")),
                }
                Ok(())
            })?;
        }
        Ok(said)
    }

    /// The name in JSON of the variant `name`.
    pub(crate) fn name(&self, variant: &Variant, said: &Self) -> Result<String> {
        let name = variant.ident.to_string();
        if let Some(given) = &said.rename {
            return Ok(given.clone());
        }
        let words = |between: char| {
            let mut out = String::new();
            for (i, c) in name.char_indices() {
                if c.is_uppercase() && i > 0 {
                    out.push(between);
                }
                out.push(c);
            }
            out
        };
        match self.rename_all.as_deref() {
            None => Ok(name),
            Some("lowercase") => Ok(name.to_lowercase()),
            Some("snake_case") => Ok(words('_').to_lowercase()),
            Some("SCREAMING-KEBAB-CASE") => Ok(words('-').to_uppercase()),
            Some(_) => Err(Error::new_spanned(
                variant,
                "derive(Read, Write) does not know this rename_all",
            )),
        }
    }
}

/// The name in JSON of a field that says `said`.
pub(crate) fn field_name(field: &Field, said: &Said) -> String {
    said.rename.clone().unwrap_or_else(|| own_name(field))
}

/// A field's name, without the `r#` of a keyword.
pub(crate) fn own_name(field: &Field) -> String {
    let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
    name.trim_start_matches("r#").to_owned()
}
