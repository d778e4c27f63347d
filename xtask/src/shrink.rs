//! Fewer bytes on the way to a browser, with nothing left out that runs: what stands in the pages' wasm and JavaScript is put
//! in another order and named with fewer letters. It comes after wasm-bindgen (web.rs) and before the site is put together.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use wasm_encoder::reencode::{Reencode, utils};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, ExportSection, FunctionSection,
    GlobalSection, ImportSection, MemorySection, Module, StartSection, TableSection, TypeSection,
};
use wasmparser::{FunctionBody, Parser, Payload};

/// The JavaScript that wasm-bindgen makes calls wasm, and is called by it, under names with a hash of sixteen digits. Both
/// files get short ones.
///
/// # Errors
/// When a file cannot be read or written, or is not what wasm-bindgen makes.
pub(crate) fn names(wasm: &Path, script: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    let mut short = HashMap::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        let mut note = |name: &str| {
            if has_hash(name) {
                let next = format!("_{:x}", short.len());
                short.entry(name.to_owned()).or_insert(next);
            }
        };
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    note(import?.name);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    note(export?.name);
                }
            }
            _ => {}
        }
    }
    let text = fs::read_to_string(script)?;
    let mut renamed = String::with_capacity(text.len());
    for word in words(&text) {
        ensure!(
            !short.values().any(|name| name == word),
            "{} has a name {word} already",
            script.display()
        );
        renamed.push_str(short.get(word).map_or(word, String::as_str));
    }
    fs::write(script, renamed)?;
    fs::write(wasm, again(&bytes, &short, false)?)?;
    Ok(())
}

/// wasm-bindgen's hash at the end of a name, or within the names of closures.
fn has_hash(name: &str) -> bool {
    name.split('_')
        .any(|part| part.len() == 16 && part.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// A text's identifiers, and what stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let named = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    text.split_inclusive(move |c: char| !named(c))
        .flat_map(move |piece| {
            let end = piece.trim_end_matches(|c: char| !named(c)).len();
            [&piece[..end], &piece[end..]]
        })
}

/// Sorts a wasm's functions by what they are called with and then by their code. Functions that are alike stand beside each
/// other then, which is what a compressor looks for: brotli makes two percent less of it.
///
/// # Errors
/// When the file cannot be read or written, or is not wasm.
pub(crate) fn order(wasm: &Path) -> Result<()> {
    let bytes = fs::read(wasm)?;
    fs::write(wasm, again(&bytes, &HashMap::new(), true)?).with_context(|| wasm.display().to_string())
}

/// What refers to functions by their numbers gets the new ones.
struct Renumbered(Vec<u32>);

impl Reencode for Renumbered {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, old: u32) -> Result<u32, wasm_encoder::reencode::Error<Self::Error>> {
        Ok(self.0.get(old as usize).copied().unwrap_or(old))
    }
}

/// The same module with these names in the place of others, its functions sorted if that is wished. Sections that do not run
/// (names, producers) are kept only where the order is.
fn again(bytes: &[u8], short: &HashMap<String, String>, sorted: bool) -> Result<Vec<u8>> {
    let functions = Functions::of(bytes)?;
    let order = functions.order(sorted);
    let mut numbers = Renumbered(functions.numbers(&order));
    let mut module = Module::new();
    let mut has_code = false;
    let named = |name: &str| short.get(name).cloned().unwrap_or_else(|| name.to_owned());
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::TypeSection(from) => {
                let mut to = TypeSection::new();
                utils::parse_type_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::ImportSection(from) => {
                let mut to = ImportSection::new();
                for import in from.into_imports() {
                    let import = import?;
                    to.import(
                        import.module,
                        &named(import.name),
                        numbers.entity_type(import.ty)?,
                    );
                }
                module.section(&to);
            }
            Payload::FunctionSection(_) => {
                let mut to = FunctionSection::new();
                for old in &order {
                    to.function(functions.types[*old]);
                }
                module.section(&to);
            }
            Payload::TableSection(from) => {
                let mut to = TableSection::new();
                utils::parse_table_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::MemorySection(from) => {
                let mut to = MemorySection::new();
                utils::parse_memory_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::GlobalSection(from) => {
                let mut to = GlobalSection::new();
                utils::parse_global_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::ExportSection(from) => {
                let mut to = ExportSection::new();
                for export in from {
                    let export = export?;
                    let (kind, index) = (export.kind, export.index);
                    to.export(
                        &named(export.name),
                        numbers.export_kind(kind)?,
                        numbers.external_index(kind, index)?,
                    );
                }
                module.section(&to);
            }
            Payload::StartSection { func, .. } => {
                let function_index = numbers.function_index(func)?;
                module.section(&StartSection { function_index });
            }
            Payload::ElementSection(from) => {
                let mut to = ElementSection::new();
                utils::parse_element_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::DataCountSection { count, .. } => {
                module.section(&DataCountSection { count });
            }
            Payload::CodeSectionEntry(_) if !has_code => {
                has_code = true;
                let mut to = CodeSection::new();
                for old in &order {
                    utils::parse_function_body(&mut numbers, &mut to, functions.bodies[*old].clone())?;
                }
                module.section(&to);
            }
            Payload::DataSection(from) => {
                let mut to = DataSection::new();
                utils::parse_data_section(&mut numbers, &mut to, from)?;
                module.section(&to);
            }
            Payload::CustomSection(from) if !sorted => {
                module.section(&wasm_encoder::CustomSection {
                    name: from.name().into(),
                    data: from.data().into(),
                });
            }
            Payload::Version { .. }
            | Payload::CodeSectionStart { .. }
            | Payload::CodeSectionEntry(_)
            | Payload::CustomSection(_)
            | Payload::End(_) => {}
            other => bail!("a section of the wasm is not known here: {other:?}"),
        }
    }
    Ok(module.finish())
}

/// The functions of a module: those it imports have the first numbers, then come its own.
struct Functions<'a> {
    imported: u32,
    /// Of each of its own: the number of its type.
    types: Vec<u32>,
    bodies: Vec<FunctionBody<'a>>,
}

impl<'a> Functions<'a> {
    fn of(bytes: &'a [u8]) -> Result<Self> {
        let mut all = Self {
            imported: 0,
            types: Vec::new(),
            bodies: Vec::new(),
        };
        for payload in Parser::new(0).parse_all(bytes) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        all.imported += u32::from(matches!(import?.ty, wasmparser::TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(types) => {
                    all.types = types.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => all.bodies.push(body),
                _ => {}
            }
        }
        ensure!(
            all.types.len() == all.bodies.len(),
            "the wasm has {} functions and code for {}",
            all.types.len(),
            all.bodies.len()
        );
        Ok(all)
    }

    /// Which of the module's own functions stands where.
    fn order(&self, sorted: bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.bodies.len()).collect();
        if sorted {
            order.sort_by_key(|at| (self.types[*at], self.bodies[*at].as_bytes()));
        }
        order
    }

    /// The new number of each function, by its old one.
    fn numbers(&self, order: &[usize]) -> Vec<u32> {
        let mut numbers: Vec<u32> = (0..self.imported).collect();
        numbers.resize(numbers.len() + order.len(), 0);
        for (new, old) in (self.imported..).zip(order) {
            numbers[self.imported as usize + old] = new;
        }
        numbers
    }
}

/// JavaScript or CSS without the lines that are comments, and without indentation. Line breaks stay, since some end a
/// statement; text between backquotes stays as it is.
pub(crate) fn lean(text: &str) -> String {
    let (mut out, mut comment, mut quoted) = (String::with_capacity(text.len()), false, false);
    for mut line in text.lines() {
        let within = quoted;
        if !within {
            line = line.trim();
            if comment || line.starts_with("/*") {
                let behind = line.split_once("*/").map(|(_, behind)| behind.trim());
                comment = behind.is_none();
                line = behind.unwrap_or_default();
            }
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
        }
        quoted ^= line.matches('`').count() % 2 == 1;
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use super::*;

    #[test]
    fn lean_text_says_the_same() {
        let text = "/**\n * A comment.\n */\nlet a = 1 /* stays */\n\n  // gone\n  /* gone */ b()\n  f(`a\n    // b\n  `)\n  .c { x: y }\n";
        let lean = lean(text);
        assert_eq!(
            lean,
            "let a = 1 /* stays */\nb()\nf(`a\n    // b\n  `)\n.c { x: y }\n"
        );
    }

    #[test]
    fn words_are_the_whole_text() {
        let text = "a.b_1($c => 'é')";
        let all: Vec<&str> = words(text).collect();
        assert_eq!(all.concat(), text);
        assert!(all.contains(&"b_1") && all.contains(&"$c"));
    }

    #[test]
    fn only_hashes_are_hashes() {
        assert!(has_hash("__wbg_call_a410eb4b59ed5965"));
        assert!(has_hash(
            "wasm_bindgen_aa576559a90a49b8___convert__closures_____invoke_______true_"
        ));
        assert!(!has_hash("__wbindgen_malloc") && !has_hash("labhandle_next"));
    }

    /// One imported function; three own ones, 1 to 3, all of them in the table: 9 as an i64; what 3 answers, exported; 7.
    fn module() -> Vec<u8> {
        use wasm_encoder::{
            ConstExpr, Elements, EntityType, ExportKind, Function, Instruction, RefType, TableType, ValType,
        };
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I64]);
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("m", "f_0123456789abcdef", EntityType::Function(0));
        let mut functions = FunctionSection::new();
        functions.function(1).function(1).function(1);
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 3,
            maximum: None,
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export("g_fedcba9876543210", ExportKind::Func, 2);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions([1, 2, 3].as_slice().into()),
        );
        let mut code = CodeSection::new();
        for instruction in [
            Instruction::I32Const(9),
            Instruction::Call(3),
            Instruction::I32Const(7),
        ] {
            let mut body = Function::new([]);
            body.instruction(&instruction).instruction(&Instruction::End);
            code.function(&body);
        }
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&tables);
        module.section(&exports).section(&elements).section(&code);
        module.finish()
    }

    /// What a function of a module does: its constant, or that of the function it calls.
    fn answer(functions: &Functions<'_>, number: u32) -> i32 {
        let body = &functions.bodies[(number - functions.imported) as usize];
        match body.get_operators_reader().unwrap().read().unwrap() {
            wasmparser::Operator::I32Const { value } => value,
            wasmparser::Operator::Call { function_index } => answer(functions, function_index),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn sorted_functions_are_found_by_all_that_refer_to_them() {
        let bytes = module();
        let short = HashMap::from([("g_fedcba9876543210".to_owned(), "_0".to_owned())]);
        let sorted = again(&bytes, &short, true).unwrap();
        wasmparser::validate(&sorted).unwrap();
        let functions = Functions::of(&sorted).unwrap();
        // They are in another order than they were.
        assert_ne!(functions.order(true), Functions::of(&bytes).unwrap().order(true));
        let mut seen = 0;
        for payload in Parser::new(0).parse_all(&sorted) {
            match payload.unwrap() {
                Payload::ExportSection(exports) => {
                    let export = exports.into_iter().next().unwrap().unwrap();
                    assert_eq!((export.name, answer(&functions, export.index)), ("_0", 7));
                    seen += 1;
                }
                Payload::ElementSection(elements) => {
                    let first = elements.into_iter().next().unwrap().unwrap();
                    let wasmparser::ElementItems::Functions(items) = first.items else {
                        panic!()
                    };
                    let answers = items
                        .into_iter()
                        .map(|number| answer(&functions, number.unwrap()));
                    assert!(answers.eq([9, 7, 7]));
                    seen += 1;
                }
                _ => {}
            }
        }
        assert_eq!(seen, 2);
    }
}
