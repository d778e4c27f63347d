//! Two runs laid side by side: what is the same in both, and where they differ first.
//!
//! ```text
//! story.rs   a timeline as the items that are compared: calls, answers, output, packets that arrive or are lost
//! align.rs   which items of two lists are the same
//! mod.rs     both runs in one list of rows, and their first difference
//! ```
//!
//! A run is several strands: each thread of each program, each terminal, each direction of the wire. Two runs are compared
//! strand by strand, so that it does not matter in what order things happened that have nothing to do with each other.
//!
//! Not compared, because it may differ between two runs of the same story: times, ports that the kernel picked, lines (a lab
//! that runs at full speed tells of none), buffers and states between two calls, sequence numbers, windows, and ACKs
//! without data that arrive.

mod align;
mod story;

use super::Timeline;
use super::words::Names;
pub use story::{Item, Strand};

/// At most so many items of each run are compared.
pub const MOST: usize = 10_000;

/// One of the two runs.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// What happened.
    pub timeline: &'a Timeline,
    /// Who is who. Programs with the same name are compared, wherever they stand.
    pub names: Names<'a>,
}

/// One place of the two stories.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The item of the first run: its place in [`Comparison::a`].
    pub a: Option<usize>,
    /// The item of the second run: its place in [`Comparison::b`].
    pub b: Option<usize>,
    /// Both did the same; else each did something else, or only one did anything.
    pub same: bool,
}

/// Where two runs part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The row that shows it.
    pub row: usize,
    /// In which strand.
    pub strand: Strand,
    /// What the first run did there; `None`: nothing.
    pub a: Option<usize>,
    /// What the second run did there; `None`: nothing.
    pub b: Option<usize>,
}

/// Two runs side by side.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// The first run's items in their order.
    pub a: Vec<Item>,
    /// The second run's.
    pub b: Vec<Item>,
    /// Both in one list: in the order of the first run, what only one of them did at its time.
    pub rows: Vec<Row>,
    /// Their first difference; `None`: they tell the same story.
    pub first: Option<Difference>,
    /// One of them is longer than [`MOST`] items: its end was not compared.
    pub cut: bool,
}

impl Comparison {
    /// Compares two runs.
    pub fn of(a: Run<'_>, b: Run<'_>) -> Self {
        let same_name = |(place, name): (usize, &String)| {
            let place = a
                .names
                .programs
                .iter()
                .position(|n| n == name)
                .unwrap_or(a.names.programs.len() + place);
            u16::try_from(place).unwrap_or(u16::MAX)
        };
        let of_a: Vec<u16> = a.names.programs.iter().enumerate().map(same_name).collect();
        let of_b: Vec<u16> = b.names.programs.iter().enumerate().map(same_name).collect();
        let ((a, cut_a), (b, cut_b)) = (story::items(a, &of_a), story::items(b, &of_b));
        let (with_a, with_b) = align::pairs(&a, &b);
        let rows = rows((&a, &with_a), (&b, &with_b));
        let first = rows.iter().position(|row| !row.same).and_then(|row| {
            let Row { a: one, b: other, .. } = rows[row];
            let (strand, met) = match (one, other) {
                (Some(i), _) => (a[i].strand, met(&a, &with_a, i)),
                (None, Some(j)) => (b[j].strand, met(&b, &with_b, j)),
                (None, None) => return None,
            };
            Some(Difference {
                row,
                strand,
                a: one.or_else(|| parted(&a, &with_a, strand, met)),
                b: other.or_else(|| parted(&b, &with_b, strand, met)),
            })
        });
        Self {
            a,
            b,
            rows,
            first,
            cut: cut_a || cut_b,
        }
    }
}

/// How many items of the strand that item `at` belongs to have met their partners before it.
fn met(items: &[Item], with: &[Option<usize>], at: usize) -> usize {
    let before = (0..at).filter(|i| items[*i].strand == items[at].strand);
    before.filter(|i| with[*i].is_some()).count()
}

/// The first item of a strand without a partner, if it stands behind so many that have one.
fn parted(items: &[Item], with: &[Option<usize>], strand: Strand, behind: usize) -> Option<usize> {
    let first = (0..items.len()).find(|i| items[*i].strand == strand && with[*i].is_none())?;
    (met(items, with, first) == behind).then_some(first)
}

/// Both runs in one list.
fn rows((a, with_a): (&[Item], &[Option<usize>]), (b, with_b): (&[Item], &[Option<usize>])) -> Vec<Row> {
    let mut rows = Vec::with_capacity(a.len().max(b.len()));
    let (mut i, mut j) = (0, 0);
    // Items of the second run that stand already beside one of the first.
    let mut placed = vec![false; b.len()];
    while i < a.len() || j < b.len() {
        if placed.get(j) == Some(&true) {
            j += 1;
            continue;
        }
        let partner = with_a.get(i).copied().flatten();
        let (left, right) = match (a.get(i), b.get(j)) {
            // The second run's waits for its partner: the first run goes on until there.
            (Some(_), Some(_)) if with_b[j].is_some() => (Some(i), partner),
            (Some(_), Some(_)) if partner.is_some() => (None, Some(j)),
            (Some(one), Some(other)) if one.strand == other.strand => (Some(i), Some(j)),
            (Some(one), Some(other)) if other.t < one.t => (None, Some(j)),
            (Some(_), _) => (Some(i), partner),
            (None, _) => (None, Some(j)),
        };
        // What only the second run did before that stands before it, if its own strand has come so far.
        for before in j..left.and(partner).unwrap_or(j) {
            let waits = (j..before).any(|k| !placed[k] && b[k].strand == b[before].strand);
            if !placed[before] && with_b[before].is_none() && !waits {
                placed[before] = true;
                rows.push(Row {
                    a: None,
                    b: Some(before),
                    same: false,
                });
            }
        }
        i += usize::from(left.is_some());
        if let Some(place) = right.and_then(|j| placed.get_mut(j)) {
            *place = true;
        }
        rows.push(Row {
            a: left,
            b: right,
            same: left.is_some() && partner.is_some(),
        });
    }
    rows
}
